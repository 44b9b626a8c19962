"""Finds the palette and the pixel size of pixel art."""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.errors import LabError

MOST_COLOURS = 256
# The share of pixels that the palette must cover; the others get the nearest colour.
_COVERED, _ALIKE = 0.98, 0.999
_LARGEST_PIXEL = 16


def palette_of(images: Tensor) -> tuple[tuple[str, ...], int]:
    """The colours of uint8 pictures (N, C, H, W), the most frequent first, and the side of a drawn pixel.

    A colour is a byte for each channel in hexadecimal digits, such as "ffcc00".

    Raises:
        LabError: if the pictures have too many colours for a palette.
    """
    pixel = pixel_of(images)
    drawn = images[..., ::pixel, ::pixel].movedim(1, -1).flatten(0, -2).to(torch.int64)
    channels = drawn.shape[-1]
    shifts = torch.tensor([256 ** (channels - 1 - channel) for channel in range(channels)])
    codes, counts = (drawn * shifts).sum(-1).unique(return_counts=True)
    order = counts.argsort(descending=True, stable=True)[:MOST_COLOURS]
    if counts[order].sum() < _COVERED * counts.sum():
        raise LabError(
            f"the pictures have {len(codes):,} colours, too many for a palette of {MOST_COLOURS}",
            hint="Choose another likelihood, such as gaussian",
        )
    if len(order) < 2:
        raise LabError("the pictures are all of one colour, so there is nothing to learn")
    return tuple(f"{code:0{2 * channels}x}" for code in codes[order].tolist()), pixel


def pixel_of(images: Tensor) -> int:
    """The side of the largest squares that nearly all pictures are made of."""
    height, width = images.shape[-2:]
    for side in range(_LARGEST_PIXEL, 1, -1):
        if height % side or width % side:
            continue
        squares = images.unflatten(-1, (-1, side)).unflatten(-3, (-1, side))
        if (squares == squares[..., :1, :, :1]).float().mean() >= _ALIKE:
            return side
    return 1
