"""Reads the user's picture files like those of a data set, in the shape that a model takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.folders.folder import FilePictures, list_pictures
from latentlab.data.image_set import ImageSet
from latentlab.data.pictures.decoding import quiet
from latentlab.data.pictures.fitting import fit, planes
from latentlab.data.pictures.white import plain
from latentlab.data.report import Notebook, shown
from latentlab.data.source import PictureError
from latentlab.errors import LabError

Shape = tuple[int, int, int]


def read_picture(path: str | Path, shape: Shape) -> ImageSet:
    """A picture file as a data set of one, fitted to `shape` (C, H, W) by filling it.

    Raises:
        LabError: naming the file, and why it cannot be read.
    """
    path = require_picture_file(path)
    try:
        return _as_set(path.name, [_prepared(FilePictures(path.parent, [path.name]), 0, shape)])
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", shown(path)) from None


def require_picture_file(path: str | Path) -> Path:
    """The path, if a picture may be read from that file.

    Raises:
        LabError: naming the path, and what is there instead.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise LabError("is a folder; a picture was expected", shown(path))
        if not path.exists():
            raise LabError("there is no such file", shown(path))
        if not path.is_file():  # a pipe would wait for ever
            raise LabError("is not a regular file", shown(path))
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror or error})", shown(path)) from None
    return path


def names_in(folder: str | Path, book: Notebook | None = None) -> list[str]:
    """The picture files under a folder, as relative names with "/" between; sorted.

    Pictures in unsupported formats are noted in the book.

    Raises:
        LabError: if the folder cannot be read, or holds none.
    """
    book = Notebook() if book is None else book
    names, _ = list_pictures(Path(folder), book)
    if not names:
        reasons = "".join(f"; {reason.in_words(2)}" for reason in book.reasons[:3])
        raise LabError(f"holds no pictures{reasons}", shown(folder))
    return names


def read_some(
    folder: str | Path, names: list[str], shape: Shape, book: Notebook, chunk: int = 250
) -> Iterator[tuple[list[str], ImageSet]]:
    """Pictures of a folder, `chunk` files at a time, with the names of those that could be read.

    The others are noted in the book.
    """
    pictures = FilePictures(Path(folder), names)
    for first in range(0, len(names), chunk):
        fine, found = [], []
        for index in range(first, min(first + chunk, len(names))):
            try:
                found.append(_prepared(pictures, index, shape))
            except PictureError as error:
                book.skip(names[index], str(error))
            else:
                fine.append(names[index])
        if fine:
            yield fine, _as_set(Path(folder).name, found)


def _prepared(pictures: FilePictures, index: int, shape: Shape) -> NDArray[np.uint8]:
    channels, height, width = shape
    if channels not in (1, 3):
        raise LabError(f"the model's pictures have {channels} channels; picture files have 1 or 3")
    with quiet():
        image = plain(pictures.image(index, max(height, width)))
        return planes(_fitted(image, height, width), grey=channels == 1)


def _fitted(image: Image.Image, height: int, width: int) -> Image.Image:
    if height == width:
        return fit(image, height, "crop")
    if image.size != (width, height):  # data are always squares; such a model gives no aspect ratio to fit to
        raise PictureError(f"{image.width} x {image.height} pixels; the model takes {width} x {height}")
    return image


def _as_set(name: str, found: list[NDArray[np.uint8]]) -> ImageSet:
    return ImageSet(shown(name) or "pictures", "all", torch.from_numpy(np.stack(found)))
