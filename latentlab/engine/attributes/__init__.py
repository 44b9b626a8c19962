"""Attributes of pictures: conditions, directions, steering, and how far to trust them."""
