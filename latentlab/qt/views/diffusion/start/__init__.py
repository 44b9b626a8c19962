"""Diffusion that starts from a picture."""
