"""What the decoder is told."""
