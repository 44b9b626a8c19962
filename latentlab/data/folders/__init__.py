"""Folders and zips: the pictures in them, and what the names of folders and members say."""
