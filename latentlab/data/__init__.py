"""Data sets and their readers. Knows nothing of models."""
