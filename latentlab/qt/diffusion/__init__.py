"""The diffusion view: its desk and its parts."""
