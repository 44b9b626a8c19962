"""The dialogs that save pictures, encodings and tapes."""
