"""Fits any picture to a square of the requested side.

Two ways: "crop" fills the square and cuts off what hangs over, evenly on both sides; "pad" shows all of the
picture and fills what stays free with the mean colour of the picture's border. Black bars would be the
strongest thing in the picture, and a model would spend its latents on them.

Pixels are never blurred without need: a picture of the right size is left alone, and a whole-numbered ratio
(pixel art stored at twice its size) goes by area or by nearest pixel, which invents no colours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.keys import all_grey
from latentlab.data.limits import LARGEST_SIDE, SMALLEST_SIDE
from latentlab.data.pictures.white import Deep
from latentlab.data.source import PictureError
from latentlab.data.spec import ReadingOptions

# The largest of these that needs no enlarging; for the smallest pictures the side of MNIST.
_SIDES = (28, 32, 64)


def choose_side(sizes: Sequence[tuple[int, int]], options: ReadingOptions) -> int:
    """The requested side; else the one all pictures have; else 28, 32 or 64 by their usual size.

    Args:
        sizes: (width, height) of some of the pictures, at least one.
        options: how they are to be read.
    """
    if options.side is not None:
        return options.side
    if options.fit == "pairs":
        sizes = [(width // 2, height) for width, height in sizes]
    side = sizes[0][0]
    if all(size == (side, side) for size in sizes) and SMALLEST_SIDE <= side <= LARGEST_SIDE:
        return side
    measure = max if options.fit == "pad" else min
    usual = float(np.median([measure(size) for size in sizes]))
    return max((side for side in _SIDES if side <= usual), default=_SIDES[0])


def fit(image: Image.Image, side: int, how: str) -> Image.Image:
    """The picture as a square of `side` pixels, or, by "pairs", as two; `how` is one of the ways to fit.

    Raises:
        PictureError: if a pair has no two halves.
    """
    width, height = image.size
    if how == "pairs":
        return _fit_pair(image, side)
    if (width, height) == (side, side):
        return image
    if how == "crop":
        edge = min(width, height)
        left, top = (width - edge) / 2, (height - edge) / 2
        return resize(image, (side, side), (left, top, left + edge, top + edge))
    edge = max(width, height)
    shape = (max(1, round(width * side / edge)), max(1, round(height * side / edge)))
    whole = resize(image, shape, (0, 0, width, height))
    ground = Image.new(whole.mode, (side, side), border_colour(whole))
    ground.paste(whole, ((side - shape[0]) // 2, (side - shape[1]) // 2))
    return ground


def _fit_pair(image: Image.Image, side: int) -> Image.Image:
    width, height = image.size
    if (width, height) == (2 * side, side):
        return image
    if width % 2:
        raise PictureError(f"is {width} pixels wide, and so no pair of two halves of one size")
    pair = Image.new(image.mode, (2 * side, side))
    for left in (0, 1):
        half = image.crop((left * width // 2, 0, (left + 1) * width // 2, height))
        pair.paste(fit(half, side, "crop"), (left * side, 0))
    return pair


def resize(image: Image.Image, shape: tuple[int, int], box: tuple[float, float, float, float]) -> Image.Image:
    """The contents of `box` (left, top, right, bottom) as a picture of `shape` (width, height)."""
    width, height = box[2] - box[0], box[3] - box[1]
    if width % shape[0] == 0 and height % shape[1] == 0 and box[0] % 1 == 0 and box[1] % 1 == 0:
        return image.resize(shape, Image.Resampling.BOX, box)
    if shape[0] % width == 0 and shape[1] % height == 0:
        return image.resize(shape, Image.Resampling.NEAREST, box)
    # Lanczos widens with the ratio, which avoids aliasing; the reducing gap only saves work on large
    # photographs.
    return image.resize(shape, Image.Resampling.LANCZOS, box, reducing_gap=3.0)


def fit_deep(picture: Deep, side: int, how: str) -> Deep:
    """A picture of more than 8 bits, fitted as `fit` does; of whole numbers it takes 16 bits if it can."""
    values = picture.values
    bands = [values] if picture.grey else [values[..., band] for band in range(values.shape[2])]
    fitted = [np.asarray(fit(Image.fromarray(band.astype(np.float32)), side, how)) for band in bands]
    levels = fitted[0] if picture.grey else np.stack(fitted, axis=-1)
    if picture.whole:
        # Lanczos overshoots the range.
        levels = np.rint(levels.clip(0, picture.largest))
        levels = levels.astype(np.uint16 if picture.largest <= 65_535 else np.uint32)
    return Deep(levels)


def border_colour(image: Image.Image) -> float | tuple[int, ...]:
    """The mean colour along the four edges."""
    pixels = np.asarray(image)
    edges = (pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1])
    mean = np.concatenate(edges).mean(axis=0)
    if image.mode == "F":
        return float(mean)
    mean = np.rint(mean).astype(int)
    return int(mean) if mean.ndim == 0 else tuple(map(int, mean))


def planes(image: Image.Image, grey: bool) -> NDArray[np.uint8]:
    """uint8 (C, H, W), one plane or three."""
    pixels = np.asarray(image.convert("L" if grey else "RGB"))
    return pixels[None] if grey else pixels.transpose(2, 0, 1)


def is_grey(image: Image.Image) -> bool:
    """Whether it has no colour, whatever its mode."""
    if image.mode == "L":
        return True
    return all_grey(np.asarray(image))
