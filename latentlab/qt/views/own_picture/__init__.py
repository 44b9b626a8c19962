"""A picture of one's own."""
