"""Reads pictures of more than 8 bits: Pillow keeps all bits for grey, but only the upper half for colours."""

from __future__ import annotations

import sys
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.pictures.formats import FORMATS
from latentlab.data.pictures.white import one_plane, why_no_levels
from latentlab.data.source import PictureError

# Pillow's raw modes of 16 bits for each colour, and the same with the two bytes swapped.
_NATIVE, _FOREIGN = ("L", "B") if sys.byteorder == "little" else ("B", "L")
_EXCHANGED = {"B": "L", "L": "B", "N": _FOREIGN}
_BOTH = "I;32B"
_OPAQUE = 65_535


def do_nothing() -> None:
    pass


def deep_grey(image: Image.Image) -> NDArray[Any] | None:
    """Levels of grey of more than 8 bits."""
    if not (image.mode.startswith("I;16") or image.mode in ("I", "F")):
        return None
    return _checked(np.array(image))


def deep_ppm(image: Image.Image, stream: IO[bytes]) -> NDArray[Any] | None:
    """Colours of 16 bits in a PPM, of which Pillow itself gives only 8."""
    tile = next(iter(getattr(image, "tile", [])), None)
    if image.format != "PPM" or image.mode != "RGB" or tile is None or tile.codec_name != "ppm":
        return None
    white = int(tile.args[1])
    if white < 256:
        return None
    width, height = image.size
    stream.seek(tile.offset)
    content = stream.read(width * height * 6)
    if len(content) < width * height * 6:
        raise PictureError("damaged (truncated)")
    values = np.frombuffer(content, ">u2").reshape(height, width, 3)
    # This format declares its white level; for grey, Pillow scales it to 16 bits.
    return one_plane(np.rint(values * (_OPAQUE / white)).clip(0, _OPAQUE).astype(np.uint16))


def exchanged_tiles(image: Image.Image) -> list[Any] | None:
    """The tiles of the lower bytes of each colour, if there are 16 bits of each; Pillow reads the upper ones.

    For grey with alpha, both together are one number of 32 bits.
    """
    tiles = []
    for tile in getattr(image, "tile", []):
        several = isinstance(tile.args, tuple)
        raw = tile.args[0] if several and tile.args else tile.args
        if not isinstance(raw, str) or raw[:-1] not in ("RGB;16", "RGBA;16", "LA;16"):
            return None
        lower = _BOTH if raw == "LA;16B" else raw[:-1] + _EXCHANGED[raw[-1]]
        tiles.append(tile._replace(args=(lower, *tile.args[1:]) if several else lower))
    return tiles or None


def deep_colours(image: Image.Image, stream: IO[bytes], exchanged: list[Any]) -> NDArray[Any] | None:
    """Colours of 16 bits, of which Pillow gives only the upper 8; None if some of it is transparent."""
    upper = np.asarray(image).astype(np.uint16)
    both = exchanged[0].args == _BOTH
    stream.seek(0)
    with Image.open(stream, formats=FORMATS) as again:
        again.tile = exchanged
        if both:
            again._mode = "I"
        if again.format == "TIFF":
            again.load_end = do_nothing  # type: ignore[method-assign]
        again.load()
        lower = np.asarray(again.copy())
    if both:
        values = lower.astype(np.uint32).view(np.uint16).reshape(*lower.shape, 2)
        values = values[..., ::-1] if sys.byteorder == "little" else values
    else:
        values = (upper << 8) | lower
    if values.shape[-1] in (2, 4) and (values[..., -1] != _OPAQUE).any():
        return None
    return one_plane(values[..., : 1 if both else 3])


def _checked(values: NDArray[Any]) -> NDArray[Any]:
    reason = why_no_levels(values)
    if reason is not None:
        raise PictureError(reason)
    return values.astype(values.dtype.newbyteorder("="), copy=False)
