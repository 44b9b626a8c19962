"""Exports walks as animations: lossless WebP, GIF and APNG, which loop or play once, and films.

Every pixel of WebP and APNG is exact, and so is a grey GIF; a GIF in colour has 256 colours a frame.
Formats measure time in whole milliseconds (GIF: in hundredths of a second), so frame i ends at the
rounded value of i / rate, and rounding never adds up. Equal frames in a row may be stored as one that
stays longer; if all are equal, the file is a still picture. Films are made in `latentlab.engine.files.video`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import MAX_PIXELS, Picture, check_size, enlarge, require_alike
from latentlab.engine.files.provenance import Provenance, save_options
from latentlab.engine.files.video import VIDEO_SUFFIX, film, require_video
from latentlab.errors import LabError

# Suffix -> Pillow's name of the format, or that of a film.
ANIMATION_FORMATS = {".webp": "WEBP", ".gif": "GIF", ".apng": "PNG", VIDEO_SUFFIX: "MP4", ".png": "PNG"}
MIN_RATE, MAX_RATE = 0.5, 100.0
# Browsers slow a GIF down to 10 frames a second if a frame lasts less than 20 ms.
_MAX_GIF_RATE = 50.0
# Measured on walks: bytes of a film for each pixel before it is enlarged, and how much larger a frame of a
# WebP animation is than a picture. And how many pictures an estimate encodes.
_FILM_BYTES_A_PIXEL, _FRAME_OF_WEBP, _SAMPLED = 2, 2, 3
_TICK_MS = {"WEBP": 1, "PNG": 1, "GIF": 10}
_OPTIONS: dict[str, dict[str, Any]] = {
    "WEBP": {"lossless": True},
    "PNG": {},
    "GIF": {"disposal": 1, "optimize": False},
}


def save_animation(
    path: str | Path,
    pictures: Sequence[Picture],
    *,
    frames_per_second: float,
    scale: int = 1,
    provenance: Provenance,
    overwrite: bool = False,
    once: bool = False,
) -> Path:
    """Writes pictures as a loop, in the format of the path's ending.

    Args:
        path: the file, ending in one of ANIMATION_FORMATS (.png is written as APNG).
        pictures: N >= 1 of one shape, uint8 (H, W) or (H, W, 3).
        frames_per_second: MIN_RATE to MAX_RATE, for a GIF at most 50.
        scale: each pixel becomes scale x scale equal pixels.
        provenance: what the pictures show; `read_provenance` reads it back.
        overwrite: whether an existing file may be replaced.
        once: whether it stops at its end, instead of beginning anew.

    Raises:
        LabError: for an unknown ending, pictures that do not go together or are too many, a rate out of
            range, or a file that cannot be written; an existing one is then intact.
    """
    height, width = require_alike(pictures)[:2]
    path = check_animation(
        path, len(pictures), (height, width), frames_per_second, scale=scale, overwrite=overwrite
    )
    kind = ANIMATION_FORMATS[path.suffix.lower()]
    if kind == "MP4":
        content = film(pictures, frames_per_second, scale, provenance, once)
        return write_atomically(path, content, overwrite=overwrite)
    frames = [Image.fromarray(enlarge(picture, scale)) for picture in pictures]
    durations = _durations(len(frames), frames_per_second, _TICK_MS[kind])
    stream = io.BytesIO()
    frames[0].save(
        stream,
        kind,
        save_all=True,
        append_images=frames[1:],
        duration=durations if len(frames) > 1 else durations[0],
        **_loop(kind, once),
        **_OPTIONS[kind],
        **save_options(kind, provenance),
    )
    return write_atomically(path, stream.getvalue(), overwrite=overwrite)


def check_animation(
    path: str | Path,
    count: int,
    size: tuple[int, int],
    frames_per_second: float,
    *,
    scale: int = 1,
    overwrite: bool = False,
) -> Path:
    """The path, if `count` pictures of `size` (H, W) can be saved there; checked before they are made.

    Raises:
        LabError: as `save_animation`.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=ANIMATION_FORMATS)
    kind = ANIMATION_FORMATS[path.suffix.lower()]
    if kind == "MP4":
        require_video()
    highest = _MAX_GIF_RATE if kind == "GIF" else MAX_RATE
    if not MIN_RATE <= frames_per_second <= highest:
        raise LabError(f"{frames_per_second:g} frames per second, expected {MIN_RATE:g} to {highest:g}", path)
    height, width = size[0] * scale, size[1] * scale
    check_size(width, height, kind, path)
    if count * width * height > 4 * MAX_PIXELS:
        raise LabError(
            f"{count} frames of {width} x {height} pixels are too many",
            path,
            "Use fewer steps or a smaller scale",
        )
    return path


def estimated_bytes(suffix: str, pictures: Sequence[Picture], picks: Sequence[int], scale: int = 1) -> int:
    """About how large the file of a film gets that shows these of the pictures, from a few of them."""
    kind = ANIMATION_FORMATS[suffix]
    changes: int = 1 + sum(before != after for before, after in pairwise(picks))
    if kind == "MP4":
        return changes * _FILM_BYTES_A_PIXEL * int(np.prod(pictures[0].shape[:2]))
    some = [pictures[len(pictures) * part // _SAMPLED] for part in range(_SAMPLED)]
    size = 0
    for picture in some:
        stream = io.BytesIO()
        Image.fromarray(enlarge(picture, scale)).save(
            stream, kind, **(_OPTIONS[kind] if kind == "WEBP" else {})
        )
        size += stream.tell()
    return changes * size * (_FRAME_OF_WEBP if kind == "WEBP" else 1) // _SAMPLED


def _loop(kind: str, once: bool) -> dict[str, int]:
    """How often it plays: 0 is for ever. A GIF that plays once says nothing."""
    return {} if once and kind == "GIF" else {"loop": int(once)}


def _durations(count: int, rate: float, tick: int) -> list[int]:
    """The duration of each frame in milliseconds: differences of rounded times, whole multiples of `tick`."""
    ends = [round(1000.0 * number / rate / tick) * tick for number in range(count + 1)]
    return [after - before for before, after in pairwise(ends)]
