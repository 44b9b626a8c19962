"""Saves a selection of pictures: a table of their names, or their files as copies or links in a folder.

Nothing is overwritten: a second file of a name becomes "name (2)". A table is written whole or not at all; of
files, those that have been written stay when it is stopped or fails.
"""

from __future__ import annotations

import contextlib
import csv
import enum
import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from latentlab.core.matching import NAME
from latentlab.data.files import open_to_read
from latentlab.data.report import shown
from latentlab.data.stopping import StoppedError
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import spreadsheet_cell
from latentlab.errors import LabError
from latentlab.session.picture_columns import NUMBER
from latentlab.session.picture_originals import Originals, cleaned
from latentlab.session.picture_rows import PictureRows

Tick = Callable[[int, int], None]
_ROWS_AT_ONCE = 1000
# Bytes of a file that are copied at once.
_PART = 2**20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class How(enum.Enum):
    """In which form a selection is saved."""

    TABLE = "table"
    COPIES = "copies"
    LINKS = "links"


@dataclass(frozen=True)
class Saved:
    """What came of it.

    Attributes:
        path: the table or the folder.
        wanted: how many pictures were to be saved.
        listed, copied, linked, drawn: how many are rows of a table, copies of files, links to files, and PNGs
            of the pixels of the data.
        gone: of the PNGs, how many stand for a file that is no longer there.
        stopped: whether it was stopped before the end.
    """

    path: Path
    wanted: int
    listed: int = 0
    copied: int = 0
    linked: int = 0
    drawn: int = 0
    gone: int = 0
    stopped: bool = False

    @property
    def count(self) -> int:
        """How many have been saved."""
        return self.listed + self.copied + self.linked + self.drawn

    def in_words(self) -> str:
        """A sentence, without a full stop: how many of which, and where."""
        place = shown(self.path)
        if self.listed:
            return f"The names of {_pictures(self.listed)} are in {place}"
        parts = []
        for count, words in ((self.copied, "copied"), (self.linked, "linked"), (self.drawn, "saved as PNG")):
            if count:
                parts.append(f"{count:,} {words}")
        done = ", ".join(parts) or "none saved"
        words = f"{done}, in {place}"
        if self.gone:
            files = "file is" if self.gone == 1 else "files are"
            words += f"; {self.gone:,} original {files} no longer there"
        if self.stopped:
            return f"Stopped: of {_pictures(self.wanted)} {words}"
        return f"{_pictures(self.wanted)}: {words}" if len(parts) > 1 or self.gone else f"Pictures: {words}"


def save_table(
    path: Path,
    rows: PictureRows,
    numbers: Sequence[int],
    *,
    overwrite: bool = False,
    tick: Tick | None = None,
) -> Saved:
    """Writes a CSV file with a row for each picture: number, file or key, class, and every other column.

    Raises:
        LabError: naming the file, if it cannot be written.
        StoppedError: if `tick` says so; nothing is written then.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=(".csv",))
    facts = [one for one in rows.facts if one.name not in (NUMBER, NAME)]
    page = io.StringIO(newline="")
    table = csv.writer(page, lineterminator="\n")
    table.writerow(["number", "file", *(spreadsheet_cell(shown(one.name)) for one in facts)])
    for place, number in enumerate(numbers):
        if tick is not None and place % _ROWS_AT_ONCE == 0:
            tick(place, len(numbers))
        name = f"{number:05d}" if rows.keys is None else rows.keys.names[number]
        known = (name, *(one.value(number) for one in facts))
        table.writerow([number, *(spreadsheet_cell(shown(value)) for value in known)])
    write_atomically(path, page.getvalue().encode("utf-8"), overwrite=overwrite)
    return Saved(path, len(numbers), listed=len(numbers))


def save_files(
    folder: Path,
    rows: PictureRows,
    numbers: Sequence[int],
    how: How,
    *,
    by_class: bool = False,
    tick: Tick | None = None,
) -> Saved:
    """Puts the files of pictures into a folder, which is made if it is not there.

    Pictures without a file are written as PNG. Where links are impossible, files are copied.

    Args:
        by_class: whether each class has a folder of its own in it.
        tick: called with how many are done of how many; what is done stays when it raises `StoppedError`.

    Raises:
        LabError: naming the file, if one cannot be written; it says how many are there already.
    """
    counts = dict.fromkeys(("copied", "linked", "drawn", "gone"), 0)
    stopped, made = False, _Folder(folder)
    with Originals(rows) as originals:
        links = how is How.LINKS
        for place, number in enumerate(numbers):
            try:
                if tick is not None:
                    tick(place, len(numbers))
            except StoppedError:
                stopped = True
                break
            inside = cleaned(rows.class_of(number)) if by_class and rows.class_of(number) else ""
            name = originals.name(number)
            try:
                source = originals.path(number)
                if links and source is not None:
                    if made.link(inside, name, source):
                        counts["linked"] += 1
                        continue
                    links = False
                if source is not None and made.copy(inside, name, source):
                    counts["copied"] += 1
                elif source is None and (content := originals.content(number)) is not None:
                    made.write(inside, name, content)
                    counts["copied"] += 1
                else:
                    counts["gone"] += originals.there
                    # The pixels that are left are no longer in the format of the file.
                    stem = name if name.lower().endswith(".png") else f"{Path(name).stem}.png"
                    made.write(inside, stem, originals.drawn(number))
                    counts["drawn"] += 1
            except OSError as error:
                reason = error.strerror or str(error)
                done = f"{place:,} of {_pictures(len(numbers))} are saved in {shown(folder)}"
                raise LabError(
                    f"could not be written ({reason}); {done}", shown(folder / inside / name)
                ) from None
    return Saved(folder, len(numbers), **counts, stopped=stopped)


def why_not_there(folder: Path, rows: PictureRows) -> str:
    """Why files cannot be put into a folder; "" if they can, as far as can be seen."""
    place = Path(os.path.abspath(folder.expanduser()))
    with Originals(rows) as originals:
        if originals.root is not None and place.is_relative_to(originals.root):
            return (
                f"{shown(place)} is in the folder of these data: what is put there would become part of them."
            )
    above = place
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        return f"{shown(above)} is a file, not a folder."
    if not os.access(above, os.W_OK | os.X_OK):
        return f"{shown(above)} is not writable. Choose another folder."
    return ""


class _UnreadableError(Exception):
    """An original cannot be read to its end: no fault of the folder that it is copied to."""


def _read(original: BinaryIO) -> bytes:
    try:
        return original.read(_PART)
    except OSError as error:
        raise _UnreadableError from error


class _Folder:
    """Makes new files in a folder, and never replaces one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # The number that the next file of a name gets.
        self._next: dict[Path, int] = {}

    def _new(self, inside: str, name: str, make: Callable[[Path], None]) -> None:
        """Calls `make` with a path until it is one where nothing lies yet."""
        home = self._path / inside if inside else self._path
        home.mkdir(parents=True, exist_ok=True)
        wanted = home / name
        number = self._next.get(wanted, 1)
        while True:
            free = wanted if number == 1 else wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
            number += 1
            try:
                make(free)
            except FileExistsError:
                continue
            self._next[wanted] = number
            return

    def link(self, inside: str, name: str, source: Path) -> bool:
        """Makes a symbolic link; returns False where the system or the folder has none."""
        try:
            self._new(inside, name, lambda free: os.symlink(source, free))
        except NotImplementedError:
            return False
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.ENAMETOOLONG):
                raise
            return False
        return True

    def copy(self, inside: str, name: str, source: Path) -> bool:
        """Copies a file, with its time; returns False if it cannot be read."""
        try:
            original = open_to_read(source)
        except OSError:
            return False

        def make(free: Path) -> None:
            with _opened_new(free) as stream:
                while part := _read(original):
                    stream.write(part)
            with contextlib.suppress(OSError):
                shutil.copystat(source, free)

        with original:
            try:
                self._new(inside, name, make)
            except _UnreadableError:
                return False
        return True

    def write(self, inside: str, name: str, content: bytes) -> None:
        """Writes a file."""

        def make(free: Path) -> None:
            with _opened_new(free) as stream:
                stream.write(content)

        self._new(inside, name, make)


@contextlib.contextmanager
def _opened_new(path: Path) -> Iterator[BinaryIO]:
    """A new file for writing, which is removed if that fails."""
    handle = os.open(path, _NEW, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"
