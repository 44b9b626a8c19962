"""The attribute board."""
