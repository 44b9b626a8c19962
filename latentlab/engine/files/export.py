"""Exports pictures and encodings: atomic writes, unblurred pixels, provenance inside.

A picture is uint8, (H, W) for grey or (H, W, 3) for colour. Enlarging repeats pixels and never mixes them.
Nothing is overwritten unless the caller says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.report import shown
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.provenance import Provenance, save_options
from latentlab.errors import LabError

Picture = NDArray[np.uint8]

# Suffix -> Pillow's name of the format.
PICTURE_FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
ENCODING_SUFFIXES = (".npz", ".csv")
MAX_SCALE = 64
# Pillow and other programs warn of larger pictures.
MAX_PIXELS = 80_000_000
_MAX_SIDE = {"PNG": 2**31 - 1, "WEBP": 16_383, "JPEG": 65_500, "GIF": 65_535, "MP4": 4096}
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": False},
    "WEBP": {"lossless": True},
    "JPEG": {"quality": 95, "subsampling": 0},
}
_CSV_ROWS = 1000


def save_picture(
    path: str | Path,
    picture: Picture,
    *,
    provenance: Provenance,
    scale: int = 1,
    overwrite: bool = False,
) -> Path:
    """Writes a picture as PNG, lossless WebP or JPEG, by the ending of `path`.

    Args:
        path: the file, ending in one of PICTURE_FORMATS.
        picture: uint8 (H, W) or (H, W, 3).
        provenance: what the picture shows; `read_provenance` reads it back.
        scale: each pixel becomes scale x scale equal pixels; 1 to MAX_SCALE.
        overwrite: whether an existing file may be replaced.

    Raises:
        LabError: for an unknown ending, a picture of another type or too large for its format, or a
            file that cannot be written; an existing one is then intact.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=PICTURE_FORMATS)
    kind = PICTURE_FORMATS[path.suffix.lower()]
    image = Image.fromarray(enlarge(picture, scale))
    check_size(image.width, image.height, kind, path)
    content = io.BytesIO()
    image.save(content, kind, **_OPTIONS[kind], **save_options(kind, provenance))
    return write_atomically(path, content.getvalue(), overwrite=overwrite)


def enlarge(picture: Picture, scale: int) -> Picture:
    """The picture with each pixel repeated `scale` times both ways; (H, W[, 3]) -> (sH, sW[, 3]).

    Raises:
        LabError: if it is no picture, or the scale is not a whole number from 1 to MAX_SCALE.
    """
    _require_picture(picture)
    if not isinstance(scale, int) or not 1 <= scale <= MAX_SCALE:
        raise LabError(f"the scale is {scale}, expected a whole number from 1 to {MAX_SCALE}")
    if picture.shape[0] * picture.shape[1] * scale * scale > MAX_PIXELS:
        raise LabError(_too_large(picture.shape[1] * scale, picture.shape[0] * scale))
    return np.ascontiguousarray(picture.repeat(scale, axis=0).repeat(scale, axis=1))


def check_size(width: int, height: int, kind: str, path: Path) -> None:
    """Refuses a size that the file format cannot hold, naming the file."""
    if width * height > MAX_PIXELS:
        raise LabError(_too_large(width, height), path)
    limit = _MAX_SIDE[kind]
    if max(width, height) > limit:
        raise LabError(
            f"{width} x {height} pixels are too many for {kind}, whose sides end at {limit}",
            path,
            "Make it smaller, or save it as .png",
        )


def sheet(pictures: Sequence[Picture], columns: int, gap: int = 0, background: int = 0) -> Picture:
    """Pictures row by row as one; the last row is filled up with `background`.

    Args:
        pictures: N >= 1 of one shape, (H, W) or (H, W, 3).
        columns: pictures a row.
        gap: pixels of `background` (0 black to 255 white) between neighbours.

    Returns:
        (R * H + (R - 1) * gap, columns * W + (columns - 1) * gap[, 3]) with R = ceil(N / columns).

    Raises:
        LabError: if there are no pictures, their shapes differ, or a number is out of range.
    """
    shape = require_alike(pictures)
    if columns < 1 or gap < 0 or not 0 <= background <= 255:
        raise LabError(f"no sheet has {columns} columns, a gap of {gap} and a background of {background}")
    height, width = shape[:2]
    rows = -(-len(pictures) // columns)
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap)
    if size[0] * size[1] > MAX_PIXELS:
        raise LabError(_too_large(size[1], size[0]))
    page = np.full((*size, *shape[2:]), background, dtype=np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        top, left = row * (height + gap), column * (width + gap)
        page[top : top + height, left : left + width] = picture
    return page


def strip(pictures: Sequence[Picture], gap: int = 0) -> Picture:
    """Pictures side by side, from left to right; see `sheet`."""
    return sheet(pictures, columns=max(1, len(pictures)), gap=gap)


def require_alike(pictures: Sequence[Picture]) -> tuple[int, ...]:
    """The common shape of all pictures.

    Raises:
        LabError: if there are none, one is no picture, or their shapes differ.
    """
    if not len(pictures):
        raise LabError("there are no pictures to export")
    for picture in pictures:
        _require_picture(picture)
        if picture.shape != pictures[0].shape:
            raise LabError(f"pictures of shapes {pictures[0].shape} and {picture.shape} cannot be combined")
    return tuple(pictures[0].shape)


@dataclass(frozen=True)
class Origins:
    """The origin of each of N rows: file below the data's root, split, class ("": none)."""

    file: Sequence[str] = ()
    split: Sequence[str] = ()
    class_name: Sequence[str] = ()

    def columns(self) -> dict[str, Sequence[str]]:
        """The columns that are known, by their names in a file."""
        named = {"file": self.file, "split": self.split, "class": self.class_name}
        return {name: values for name, values in named.items() if len(values)}


def save_encodings(
    path: str | Path,
    mean: NDArray[np.float32],
    sigma: NDArray[np.float32],
    label: NDArray[np.int64],
    origins: Origins = Origins(),
    *,
    overwrite: bool = False,
) -> Path:
    """Writes the encodings of N pictures; row i belongs to picture i of the split.

    `.npz` holds float32 `z` and `sigma` (N, D), int64 `label` and `index` (N,), text `files`, `split` and
    `class` (N,), and is opened by `np.load` without pickle. `.csv` has the columns index, file, split, class,
    label, z0 .. z(D-1), sigma0 .. sigma(D-1), with digits enough to give the same float32 back; before a name
    that a spreadsheet would take for a formula stands an apostrophe there.

    Args:
        path: the file, ending in .npz or .csv.
        mean, sigma: of the posteriors, (N, D).
        label: the number of each picture's class (N,), -1 where there is none.
        origins: the origin of each row; columns that are not known are left out.
        overwrite: whether an existing file may be replaced.

    Raises:
        LabError: for an unknown ending, shapes that do not fit, or a file that cannot be written.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=ENCODING_SUFFIXES)
    z, sigma = np.asarray(mean, dtype=np.float32), np.asarray(sigma, dtype=np.float32)
    label = np.asarray(label, dtype=np.int64)
    if z.ndim != 2 or sigma.shape != z.shape or label.shape != z.shape[:1]:
        raise LabError(f"means {z.shape}, sigmas {sigma.shape} and labels {label.shape} do not fit", path)
    names = origins.columns()
    if any(len(values) != len(z) for values in names.values()):
        raise LabError(f"names that are not one for each of the {len(z):,} pictures", path)
    formats: dict[str, Callable[..., bytes]] = {".npz": _as_npz, ".csv": _as_csv}
    content = formats[path.suffix.lower()](z, sigma, label, names)
    return write_atomically(path, content, overwrite=overwrite)


_OF_FILES = "files"
_Names = Mapping[str, Sequence[str]]


def _as_npz(
    z: NDArray[np.float32], sigma: NDArray[np.float32], label: NDArray[np.int64], names: _Names
) -> bytes:
    content = io.BytesIO()
    index = np.arange(len(z), dtype=np.int64)
    # Fixed-width text; undecodable bytes of a file name cannot be text.
    texts: dict[str, Any] = {
        # numpy reserves the name "file".
        _OF_FILES if name == "file" else name: np.array([shown(value) for value in values], np.str_)
        for name, values in names.items()
    }
    np.savez_compressed(content, allow_pickle=False, z=z, sigma=sigma, label=label, index=index, **texts)
    return content.getvalue()


def _as_csv(
    z: NDArray[np.float32], sigma: NDArray[np.float32], label: NDArray[np.int64], names: _Names
) -> bytes:
    numbered = [f"{name}{axis}" for name in ("z", "sigma") for axis in range(z.shape[1])]
    page = io.StringIO(newline="")
    table = csv.writer(page, lineterminator="\n")
    table.writerow(["index", *names, "label", *numbered])
    for first in range(0, len(z), _CSV_ROWS):
        rows = slice(first, first + _CSV_ROWS)
        # float32 as text is the shortest that reads back as the same float32.
        numbers = np.hstack([z[rows], sigma[rows]]).astype(np.str_).tolist()
        told = [[spreadsheet_cell(shown(value)) for value in values[rows]] for values in names.values()]
        for place, (kind, texts) in enumerate(zip(label[rows].tolist(), numbers, strict=True)):
            table.writerow([first + place, *(column[place] for column in told), kind, *texts])
    return page.getvalue().encode("utf-8")


def spreadsheet_cell(name: str) -> str:
    """A name escaped so that a spreadsheet shows it as text.

    One that begins with = or @ is a formula, which may fetch a page or start a program. One that begins with
    a sign is dangerous only with a call, a program or a sheet in it; -1.png stays -1.png.
    """
    first = name.lstrip()[:1]
    formula = first in ("=", "@") or (first in ("+", "-") and any(letter in name for letter in "(|!"))
    return f"'{name}" if formula else name


def _require_picture(picture: Picture) -> None:
    shape, kind = np.shape(picture), getattr(picture, "dtype", None)
    grey_or_colour = len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
    if kind != np.uint8 or not grey_or_colour or 0 in shape:
        raise LabError(
            f"a {kind} array of shape {shape} is not a picture; expected uint8 (H, W) or (H, W, 3)"
        )


def _too_large(width: int, height: int) -> str:
    return f"{width:,} x {height:,} pixels are over the limit of {MAX_PIXELS:,}; make it smaller"
