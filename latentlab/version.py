"""The version of LatentLab, written into every file it makes."""

__version__ = "0.1.0"
