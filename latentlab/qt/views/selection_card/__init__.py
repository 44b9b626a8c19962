"""The selected picture."""
