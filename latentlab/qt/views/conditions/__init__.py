"""The condition of the decoder."""
