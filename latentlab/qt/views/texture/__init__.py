"""Textures of one picture, drawn by its spectrum."""
