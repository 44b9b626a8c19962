"""Folders and zips: their pictures, and what the names of folders and members mean."""
