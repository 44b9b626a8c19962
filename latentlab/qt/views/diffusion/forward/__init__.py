"""The forward process: from picture to noise."""
