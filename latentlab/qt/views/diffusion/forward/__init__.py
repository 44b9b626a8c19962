"""The forward process: a picture into noise."""
