"""Reads the orientation of a picture from EXIF or XMP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_TELL_ORIENTATION = frozenset(("exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"))
ON_ITS_SIDE = (5, 6, 7, 8)


def orientation_of(image: Image.Image) -> int:
    """The orientation by EXIF or XMP: 1 to 8; 1 where there is no valid one."""
    if image.format != "TIFF" and _TELL_ORIENTATION.isdisjoint(image.info):
        return 1
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    # Damage here does not concern the pixels.
    except Exception:
        return 1
    return said if isinstance(said, int) and said in TURNS else 1


def turned_values(values: NDArray[Any], turn: Image.Transpose) -> NDArray[Any]:
    numbers = np.arange(values.shape[0] * values.shape[1], dtype=np.int32).reshape(values.shape[:2])
    turned = np.asarray(Image.fromarray(numbers).transpose(turn))
    found: NDArray[Any] = values.reshape(-1, *values.shape[2:])[turned]
    return found
