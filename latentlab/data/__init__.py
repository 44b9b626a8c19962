"""Data sets and their readers. Independent of models."""
