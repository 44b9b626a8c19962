"""The user's own picture."""
