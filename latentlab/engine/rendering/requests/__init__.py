"""The window's requests to the renderer, each beside its reply; a file for each subject."""
