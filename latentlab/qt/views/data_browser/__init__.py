"""The data browser: a grid of all pictures, sorted and filtered."""
