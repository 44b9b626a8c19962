"""Converts pictures to the shape that a denoiser takes, and formats shapes as text."""

from __future__ import annotations

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import data_picture

Shape = tuple[int, int, int]


def shape_of(picture: Picture) -> Shape:
    """(C, H, W) of a uint8 picture (H, W) or (H, W, 3)."""
    return (1 if picture.ndim == 2 else picture.shape[2], picture.shape[0], picture.shape[1])


def in_shape(picture: Picture, shape: Shape, fitting: Fitting | None = None) -> Picture:
    """A picture (H', W') or (H', W', 3) fitted to a model of (C, H, W): (H, W) or (H, W, 3).

    Raises:
        LabError: for a model whose pictures are neither grey nor in three colours.
    """
    fitting = fitting or Fitting()
    if fitting == Fitting() and shape_of(picture) == shape:
        return picture
    # Imported here: it needs torch, which is loaded once a model is open.
    from latentlab.engine.rendering.own_picture import fitted

    return data_picture(fitted(picture, fitting, shape)[None], 0)


def shape_in_words(shape: Shape) -> str:
    """A text such as "28 × 28, grey"."""
    colour = {1: "grey", 3: "in colour"}.get(shape[0], f"of {shape[0]} channels")
    return f"{shape[2]} × {shape[1]}, {colour}"
