"""The dialog through which data enter."""
