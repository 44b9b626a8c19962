"""Reusable widgets, images and colours. They know nothing of models."""
