"""A folder of pictures, with folders of classes in it or without."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.decoding import decode, looks_like_a_picture
from latentlab.data.report import Notebook
from latentlab.data.source import PictureError
from latentlab.data.white import AnyPicture
from latentlab.errors import LabError

_FAR_TOO_MANY = 2_000_000


class FilePictures:
    """Picture files under one folder, by their names relative to it, with "/" between."""

    def __init__(self, root: Path, names: list[str]) -> None:
        self.root, self.names = root, names

    def __len__(self) -> int:
        return len(self.names)

    def name(self, index: int) -> str:
        return self.names[index]

    def image(self, index: int, enough: int) -> AnyPicture:
        try:
            with open(self.root / self.names[index], "rb") as stream:
                return decode(stream, enough)
        except FileNotFoundError:
            raise PictureError("vanished while the folder was read") from None
        except OSError as error:
            raise PictureError(error.strerror or str(error)) from None

    def chosen(self, indices: NDArray[np.intp]) -> FilePictures:
        return FilePictures(self.root, [self.names[index] for index in indices])

    def close(self) -> None:
        pass


def list_pictures(root: Path, book: Notebook) -> tuple[list[str], tuple[Path, ...]]:
    """The names of the picture files under a folder, sorted, and the folders they were found in.

    Links are followed, each folder is entered once, hidden folders are passed over. Folders that may not be
    entered are noted in the book.

    Raises:
        LabError: if the folder itself cannot be read.
    """
    names: list[str] = []
    folders: list[Path] = []
    seen: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        folder = root / prefix
        try:
            about = folder.stat()
            if (about.st_dev, about.st_ino) in seen:
                continue
            seen.add((about.st_dev, about.st_ino))
            with os.scandir(folder) as entries:
                for entry in entries:
                    _sort_in(entry, prefix, names, waiting)
        except OSError as error:
            reason = error.strerror or str(error)
            if not prefix:
                raise LabError(f"the folder cannot be read ({reason})", root) from None
            book.skip(prefix, f"the folder cannot be read ({reason})")
            continue
        folders.append(folder)
        if len(names) > _FAR_TOO_MANY:
            raise LabError(f"holds over {_FAR_TOO_MANY:,} pictures; choose a folder inside it", root)
    return sorted(names), tuple(folders)


def _sort_in(entry: os.DirEntry[str], prefix: str, names: list[str], waiting: list[str]) -> None:
    """A picture to the names, a folder to those to be entered."""
    if entry.name.startswith(".") or entry.name == "__MACOSX":
        return
    try:
        folder, file = entry.is_dir(), entry.is_file()
        # A link to nothing is tried and reported; a pipe or a device would never come to an end.
        file = file or (entry.is_symlink() and not os.path.exists(entry.path))
    except OSError:
        folder, file = False, True
    if folder:
        waiting.append(f"{prefix}{entry.name}/")
    elif file and looks_like_a_picture(entry.name):
        names.append(prefix + entry.name)
