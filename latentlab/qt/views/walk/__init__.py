"""Walks between pins."""
