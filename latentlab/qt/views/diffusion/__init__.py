"""Diffusion: forward, reverse, and from a start."""
