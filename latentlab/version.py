"""The version of LatentLab, written into every file it makes."""

__version__ = "0.2.0.dev0"
