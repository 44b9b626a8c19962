"""The names of the sources that a picture can be translated from, and their shapes. Torch-free."""

from __future__ import annotations

SOURCES = ("outline", "half", "grey", "low", "pairs")

Shape = tuple[int, int, int]


def source_shape(name: str, picture: Shape) -> Shape:
    """(C', H, W) of the source called `name`, one of `SOURCES`, of a picture (C, H, W) of the data."""
    channels, height, width = picture
    match name:
        case "outline" | "grey":
            return 1, height, width
        case "pairs":
            return channels, height, width // 2
    return picture


def target_shape(name: str, picture: Shape) -> Shape:
    """(C, H, W) of what is to be made of that source."""
    channels, height, width = picture
    return (channels, height, width // 2) if name == "pairs" else picture
