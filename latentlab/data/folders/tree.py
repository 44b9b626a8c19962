"""Files under one root, whatever holds them: a folder or a zip. All that is understood of them is over this.

Names are relative to the root, with "/" between; letters that can be written in two ways are written in one
(NFC). Hidden files and folders, and those that systems leave on discs, are no part of what a person made.
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
        """What a data set in it will be called."""
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
        """Files and folders whose change means that this has to be read again."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """All of a file.

        Raises:
            PictureError: with the reason why it cannot be read; also if it is larger than the limit.
        """
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file, to be read from the beginning on.

        Raises:
            PictureError: with the reason why it cannot be read.
        """
        ...

    def chosen(self, names: Sequence[str]) -> Pictures:
        """Files of these names as pictures."""
        ...

    def close(self) -> None:
        """Lets go of open files."""
        ...


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or made by a system rather than by a person."""
    return name.startswith(".") or name.casefold() in _OF_SYSTEMS


def note_passed_over(folders: Iterable[str], book: Notebook) -> None:
    """Tells of folders that are hidden or a system's."""
    names = sorted(set(folders))
    if names:
        listed = some_shown(names, _LISTED)
        book.note(f"Hidden and system folders were skipped: {listed}")


class Sieve:
    """Parts files into pictures and others, by name or else by first bytes; tells of foreign formats."""

    def __init__(self, book: Notebook) -> None:
        self.pictures: list[str] = []
        self.others: list[str] = []
        self._book = book
        self._by_content: list[str] = []
        self._foreign: list[tuple[str, str]] = []

    def put(self, name: str, head: Callable[[], bytes]) -> None:
        """A file, with a way to its first bytes, which is gone only where its name says nothing."""
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
        """Tells of files in foreign formats, and of pictures whose names do not say so."""
        for name, reason in sorted(self._foreign):
            self._book.skip(name, reason)
        count = len(self._by_content)
        if count:
            listed = some_shown(sorted(self._by_content), _LISTED)
            files = "1 file was" if count == 1 else f"{count:,} files were"
            self._book.note(f"{files} recognised as pictures by their content, not by their name: {listed}")
