"""The nearest pictures."""
