"""The parts of the attribute board: a row for each attribute, and the table of how far to trust them."""
