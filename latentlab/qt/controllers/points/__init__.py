"""What is known of each point of the data: columns, colours, filters, and what is looked for."""
