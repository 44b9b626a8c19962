"""Diffusion sampling step by step: recipes, the runner, tapes and their files."""
