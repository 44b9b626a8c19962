"""A folder of files: its pictures, and the other files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO
from unicodedata import is_normalized, normalize

import numpy as np

from latentlab.data.files import open_listed, open_to_read
from latentlab.data.folders.tree import FileSorter, is_passed_over, note_passed_over
from latentlab.data.pictures.decoding import decode
from latentlab.data.pictures.formats import HEAD_BYTES
from latentlab.data.pictures.white import AnyPicture
from latentlab.data.report import Notebook
from latentlab.data.source import PictureError
from latentlab.errors import LabError

_FAR_TOO_MANY = 2_000_000
# Checking more files than this takes a moment (50,000: 0.2 s), so it is not repeated at once: data are
# requested several times in a row, to train, to test, to show them.
_MANY, _PAUSE_S = 5000, 2.0


class FilePictures:
    """Picture files under one folder, by their names relative to it, with "/" between.

    `real` has the names on disk where they differ.
    """

    def __init__(self, root: Path, names: Sequence[str], real: Mapping[str, str] | None = None) -> None:
        self.root, self.names, self._real = root, names, real or {}
        self._folder = os.path.join(root, "")
        self._looked = 0.0
        # A stamp for each read file that shows later changes; 0 for unread ones.
        self._stamps = np.zeros(len(names), np.int64)

    def __len__(self) -> int:
        return len(self.names)

    def name(self, index: int) -> str:
        return self.names[index]

    def image(self, index: int, enough: int) -> AnyPicture:
        try:
            with open_listed(self._path(index)) as stream:
                self._stamps[index] = _stamp(os.fstat(stream.fileno()))
                return decode(stream, enough)
        except FileNotFoundError:
            raise PictureError("disappeared while the folder was being read") from None
        except OSError as error:
            raise PictureError(error.strerror or str(error)) from None

    def watch(self) -> Callable[[], bool]:
        self._looked = time.monotonic()
        return self._changed

    def _changed(self) -> bool:
        now = time.monotonic()
        if len(self.names) > _MANY and now - self._looked < _PAUSE_S:
            return False
        self._looked = now
        read = np.flatnonzero(self._stamps).tolist()
        known = self._stamps[read].tolist()
        try:
            return any(
                stamp != _stamp(os.stat(self._path(index))) for index, stamp in zip(read, known, strict=True)
            )
        except OSError:
            return True

    def close(self) -> None:
        pass

    def _path(self, index: int) -> str:
        name = self.names[index]
        return f"{self._folder}{self._real.get(name, name)}"


class FolderTree:
    """The files under a folder (see `tree.Tree`).

    Symbolic links are followed, each folder is entered once. The book records folders that may not be
    entered, and files in unsupported picture formats.

    Args:
        root: the folder.
        book: records problems.
        deep: whether subfolders are entered.

    Raises:
        LabError: if the folder itself cannot be read.
    """

    kind = "folder"

    def __init__(self, root: Path, book: Notebook, *, deep: bool = True) -> None:
        self.path = root
        # For "." and "..": the name of the folder they stand for.
        self.name = root.resolve().name if root.name in ("", "..") else root.name
        self._real: dict[str, str] = {}
        self._sorter = FileSorter(book)
        self._passed_over: list[str] = []
        self.watched = tuple(self._walk(book, deep))
        note_passed_over(self._passed_over, book)
        self._sorter.tell()
        self.pictures, self.others = sorted(self._sorter.pictures), sorted(self._sorter.others)

    def read(self, name: str, limit: int) -> bytes:
        return read_whole(self.path / self.on_disc(name), limit)

    def open(self, name: str) -> IO[bytes]:
        try:
            return open_to_read(self.path / self.on_disc(name))
        except OSError as error:
            raise PictureError(error.strerror or str(error)) from None

    def on_disc(self, name: str) -> str:
        """The name of a file on disk, relative to the folder."""
        return self._real.get(name, name)

    def chosen(self, names: Sequence[str]) -> FilePictures:
        return FilePictures(self.path, names, self._real)

    def close(self) -> None:
        pass

    def _walk(self, book: Notebook, deep: bool) -> list[Path]:
        """Puts every file into the sorter; returns the folders that were entered."""
        folders: list[Path] = []
        seen: set[tuple[int, int]] = set()
        waiting = [""]
        while waiting:
            prefix = waiting.pop()
            folder = self.path / prefix
            try:
                about = folder.stat()
                if (about.st_dev, about.st_ino) in seen:
                    continue
                seen.add((about.st_dev, about.st_ino))
                with os.scandir(folder) as entries:
                    for entry in entries:
                        self._take_in(entry, prefix, waiting)
            except OSError as error:
                reason = error.strerror or str(error)
                if not prefix:
                    raise LabError(f"the folder cannot be read ({reason})", self.path) from None
                book.skip(prefix, f"the folder cannot be read ({reason})")
                continue
            folders.append(folder)
            if not deep:
                break
            if len(self._sorter.pictures) + len(self._sorter.others) > _FAR_TOO_MANY:
                raise LabError(f"holds over {_FAR_TOO_MANY:,} files; choose a folder inside it", self.path)
        return folders

    def _take_in(self, entry: os.DirEntry[str], prefix: str, waiting: list[str]) -> None:
        """A file goes to the sorter, a folder to those to be entered."""
        try:
            folder, file = entry.is_dir(), entry.is_file()
            # A broken link is tried and reported; a pipe or a device might block.
            file = file or (entry.is_symlink() and not os.path.exists(entry.path))
        except OSError:
            folder, file = False, True
        if is_passed_over(entry.name):
            if folder:
                self._passed_over.append(entry.name)
        elif folder:
            waiting.append(f"{prefix}{entry.name}/")
        elif file:
            self._sorter.put(self._name(prefix + entry.name), lambda: _head(entry.path))

    def _name(self, real: str) -> str:
        """The normalised name of a file, given the one on disk."""
        if is_normalized("NFC", real):
            return real
        name = normalize("NFC", real)
        # Two files may differ only in normalisation: then one of them keeps its name.
        if name in self._real or os.path.exists(os.path.join(self.path, name)):
            return real
        self._real[name] = real
        return name


def list_pictures(root: Path, book: Notebook) -> tuple[list[str], tuple[Path, ...]]:
    """The picture files under a folder, by their names on disk, and the folders that were entered.

    Raises:
        LabError: if the folder itself cannot be read.
    """
    tree = FolderTree(root, book)
    return [tree.on_disc(name) for name in tree.pictures], tree.watched


def read_whole(path: Path, limit: int) -> bytes:
    """The contents of a file.

    Raises:
        PictureError: with the reason why it cannot be read; also if it is larger than the limit.
    """
    try:
        with open_to_read(path) as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from None
    if len(content) > limit:
        raise PictureError(f"is over the limit of {limit // 2**20} MiB")
    return content


def _stamp(about: os.stat_result) -> int:
    """A number, never 0, that changes when a file is edited or replaced."""
    return hash((about.st_mtime_ns, about.st_size, about.st_ino)) or 1


def _head(path: str) -> bytes:
    try:
        with open_to_read(path) as stream:
            return stream.read(HEAD_BYTES)
    except OSError:
        return b""
