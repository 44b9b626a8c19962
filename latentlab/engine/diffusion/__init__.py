"""Diffusion that is watched: recipes, the runner, its tapes and their files."""
