"""The dialog that imports the user's own data."""
