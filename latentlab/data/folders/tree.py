"""The files under one root, a folder or a zip, with a common interface.

Names are relative to the root, with "/" between, in normal form (NFC). Hidden files and folders, and those
that operating systems create, are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

from latentlab.data.pictures.formats import looks_like_a_picture, needs_a_look, why_passed_over
from latentlab.data.report import Notebook, some_shown
from latentlab.data.source import Pictures

_OF_SYSTEMS = frozenset(
    (
        "__macosx",
        "$recycle.bin",
        "recycler",
        "system volume information",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "#recycle",
        "#snapshot",
        "lost+found",
        "lost.dir",
        "found.000",
        "__pycache__",
        "network trash folder",
        "temporary items",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
    )
)
_LISTED = 4


class Tree(Protocol):
    """Files under a root."""

    @property
    def path(self) -> Path:
        """The folder or the archive."""
        ...

    @property
    def name(self) -> str:
        """The name of a data set in it."""
        ...

    @property
    def kind(self) -> str:
        """ "folder" or "zip"."""
        ...

    @property
    def pictures(self) -> Sequence[str]:
        """The names of the files that may be pictures, sorted."""
        ...

    @property
    def others(self) -> Sequence[str]:
        """The names of all other files, sorted."""
        ...

    @property
    def watched(self) -> tuple[Path, ...]:
        """Files and folders whose change means that it has to be read again."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """The contents of a file.

        Raises:
            PictureError: with the reason why it cannot be read; also if it is larger than the limit.
        """
        ...

    def open(self, name: str) -> IO[bytes]:
        """Opens a file for reading.

        Raises:
            PictureError: with the reason why it cannot be read.
        """
        ...

    def chosen(self, names: Sequence[str]) -> Pictures:
        """The files of these names as pictures."""
        ...

    def close(self) -> None:
        """Closes open files."""
        ...


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or created by an operating system."""
    return name.startswith(".") or name.casefold() in _OF_SYSTEMS


def note_passed_over(folders: Iterable[str], book: Notebook) -> None:
    """Notes folders that are hidden or an operating system's."""
    names = sorted(set(folders))
    if names:
        listed = some_shown(names, _LISTED)
        book.note(f"Hidden and system folders were skipped: {listed}")


class FileSorter:
    """Separates files into pictures and others, by name or else by first bytes; notes unsupported formats."""

    def __init__(self, book: Notebook) -> None:
        self.pictures: list[str] = []
        self.others: list[str] = []
        self._book = book
        self._by_content: list[str] = []
        self._foreign: list[tuple[str, str]] = []

    def put(self, name: str, head: Callable[[], bytes]) -> None:
        """Adds a file, with a function for its first bytes, which is called only where its name is not
        enough.
        """
        if looks_like_a_picture(name):
            self.pictures.append(name)
            return
        first = head() if needs_a_look(name) else None
        if first is not None and looks_like_a_picture(name, first):
            self.pictures.append(name)
            self._by_content.append(name)
            return
        self.others.append(name)
        reason = why_passed_over(name, first)
        if reason is not None:
            self._foreign.append((name, reason))

    def tell(self) -> None:
        """Notes files in unsupported formats, and pictures whose names do not show their format."""
        for name, reason in sorted(self._foreign):
            self._book.skip(name, reason)
        count = len(self._by_content)
        if count:
            listed = some_shown(sorted(self._by_content), _LISTED)
            files = "1 file was" if count == 1 else f"{count:,} files were"
            self._book.note(f"{files} recognised as pictures by their content, not by their name: {listed}")
