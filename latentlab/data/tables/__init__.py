"""Tables beside pictures: their text, their columns, and the matching of their rows to pictures."""
