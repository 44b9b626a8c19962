"""Opens the user's own data: finds out what a path holds, reads it, and reports.

    opened = open_data("/home/me/cats::side=32")
    opened.train, opened.test, opened.report.in_words()

What was opened last stays in memory, for it is asked for again and again: to train, to test, to encode. It is
read anew when one of its files or folders changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.image_set import ImageSet
from latentlab.data.kinds import find
from latentlab.data.limits import MAX_PICTURES
from latentlab.data.pictures.decoding import quiet
from latentlab.data.pictures.fitting import fit, is_grey, planes
from latentlab.data.pictures.pairs import as_pairs
from latentlab.data.pictures.white import Deep
from latentlab.data.reading import Tick, read, sample, spread
from latentlab.data.report import ReadingReport, shown, some_shown
from latentlab.data.source import Found, PictureError, unchanged
from latentlab.data.spec import ReadingOptions, Spec
from latentlab.data.table_facts import TableSeen
from latentlab.errors import LabError

_LARGEST_ORIGINAL = 512
_LISTED = 8
# Of each path, its modification time and its size in bytes.
Stamps = tuple[tuple[Path, int, int], ...]


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set of the user's own; the three splits share their memory.

    Attributes:
        train: what to learn from.
        test: what is held out.
        everything: test first, then train.
        report: how the reading went.
    """

    train: ImageSet
    test: ImageSet
    everything: ImageSet
    report: ReadingReport

    def split(self, name: str) -> ImageSet:
        """ "train", "test" or "all"."""
        return {"train": self.train, "test": self.test, "all": self.everything}[name]


class Preview(NamedTuple):
    """A preview before everything is read: (original (H, W, 3), prepared (C, side, side)) of some pictures.

    `whites` are the white levels of those of more than 8 bits; empty where there are none. `table` is the one
    about the pictures.
    """

    pairs: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]
    kind: str
    pictures: int
    whites: tuple[float, ...] = ()
    table: TableSeen | None = None


class _Memory:
    """The data set opened last, and the state of its files then."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.spec: Spec | None = None
        self.opened: Opened | None = None
        self.stamps: Stamps | None = None
        self.changed: Callable[[], bool] = unchanged

    def recall(self, spec: Spec) -> Opened | None:
        """What was opened with this spec, if neither its folders nor its files have changed since."""
        if spec != self.spec or self.stamps != _stamps([path for path, _, _ in self.stamps or ()]):
            return None
        return None if self.changed() else self.opened

    def keep(self, spec: Spec, opened: Opened, stamps: Stamps, changed: Callable[[], bool]) -> None:
        self.spec, self.opened, self.stamps, self.changed = spec, opened, stamps, changed

    def forget(self) -> None:
        self.spec = self.opened = self.stamps = None
        self.changed = unchanged


_memory = _Memory()
_listeners: list[Callable[[ReadingReport], None]] = []


def open_data(spec: str, *, tick: Tick | None = None) -> Opened:
    """Reads the data at a path, or returns the last data if they are the same.

    Args:
        spec: a path, with options after "::" (see `latentlab.data.spec`).
        tick: called every 50 pictures with how many are done of how many; what it raises ends the reading.

    Raises:
        LabError: naming the file, if it cannot be read.
    """
    wanted = Spec.parse(spec)
    path = _path(wanted)
    with _memory.lock:
        known = _memory.recall(_absolute(wanted, path))
        if known is not None:
            _tell(known.report)
            return known
        # Before the new one is read: two large sets may not fit into memory.
        _memory.forget()
        found = _find(path, wanted.options)
        # Changes during the reading are noticed the next time.
        stamps = _stamps(found.watched)
        try:
            opened = read_found(found, wanted.options, path, tick)
        finally:
            found.pictures.close()
        _memory.keep(_absolute(wanted, path), opened, stamps, found.pictures.watch())
        _tell(opened.report)
        return opened


@contextmanager
def telling(tell: Callable[[ReadingReport], None]) -> Iterator[None]:
    """While the block runs, `tell` is called with the report of all user data that are returned."""
    _listeners.append(tell)
    try:
        yield
    finally:
        _listeners.remove(tell)


def _tell(report: ReadingReport) -> None:
    for tell in tuple(_listeners):
        tell(report)


def forget() -> None:
    """Releases the data set that was opened last."""
    with _memory.lock:
        _memory.forget()


def preview(spec: str, count: int = 8) -> Preview:
    """Some pictures as they are (at most 512 pixels a side) and as they would be read.

    Raises:
        LabError: naming the file, if it cannot be read.
    """
    wanted = Spec.parse(spec)
    found = _find(_path(wanted), wanted.options)
    try:
        with quiet():
            seen = sample(found)
            side, some = seen.side(wanted.options), []
            for index in spread(len(found.pictures), count):
                try:
                    picture = found.pictures.image(index, _LARGEST_ORIGINAL)
                except PictureError:
                    continue
                if isinstance(picture, Deep):
                    seen.largest.see(picture)
                    picture = picture.plain(seen.largest.white(picture, wanted.options.white))
                some.append((fit(picture, side, wanted.options.fit), _original(picture)))
                del picture
        grey = wanted.options.colour == "grey"
        if wanted.options.colour is None:
            grey = all(is_grey(prepared) for prepared, _ in some)
        pairs = [(original, planes(prepared, grey).copy()) for prepared, original in some]
        whites = tuple(seen.largest.whites())
        return Preview(pairs, found.kind, min(len(found.pictures), MAX_PICTURES), whites, found.table)
    finally:
        found.pictures.close()


def read_found(found: Found, options: ReadingOptions, path: Path, tick: Tick | None = None) -> Opened:
    """The three splits of a source.

    Raises:
        LabError: if fewer than two pictures can be read, or memory does not suffice.
    """
    try:
        reading = read(found, options, tick)
    except MemoryError:
        raise LabError("needs more memory than is free", path, "Choose a smaller side") from None
    total = len(reading.origin)
    labels, classes = _classes_left(found, reading.origin)
    report = found.book.report(str(path), found.kind, total)
    if total < 2:
        reasons = "".join(f"; {reason.in_words(2)}" for reason in report.reasons[:3])
        held = "holds no readable picture" if total == 0 else "holds only one readable picture"
        need = "At least 2 are needed: one to train on and one to hold out"
        raise LabError(f"{held}{reasons}", shown(path), need)
    everything = ImageSet(
        name=shown(found.name) or "data",
        split="all",
        images=torch.from_numpy(reading.images),
        labels=None if labels is None else torch.from_numpy(labels),
        classes=tuple(map(shown, classes)),
        attributes=None if found.attributes is None else torch.from_numpy(found.attributes[reading.origin]),
        attribute_names=tuple(map(shown, found.attribute_names)),
        attributes_known=(
            None
            if found.attributes_known is None
            else torch.from_numpy(found.attributes_known[reading.origin])
        ),
        keyed=reading.keys,
        testing=reading.held_out,
        columns=tuple(column.taken(reading.origin) for column in found.columns),
    )
    return Opened(
        train=everything.part("train", reading.held_out, total),
        test=everything.part("test", 0, reading.held_out),
        everything=everything,
        report=report,
    )


def _classes_left(found: Found, origin: NDArray[np.intp]) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """The labels and classes of the pictures that were read, without classes of which none could be."""
    if found.labels is None:
        return None, found.classes
    labels = found.labels[origin]
    lost = np.setdiff1d(found.labels, labels)
    lost = lost[lost >= 0]
    if not len(lost) or not (labels >= 0).any():
        return labels, found.classes
    listed = some_shown([found.classes[index] for index in lost], _LISTED)
    what = "The class has" if len(lost) == 1 else "These classes have"
    found.book.note(
        f"{what} no picture that was read, and {'is' if len(lost) == 1 else 'are'} none: {listed}"
    )
    left = np.setdiff1d(np.arange(len(found.classes)), lost)
    number = np.full(len(found.classes) + 1, -1, dtype=np.int64)
    number[left] = np.arange(len(left))
    return number[labels], tuple(found.classes[index] for index in left)


def _find(path: Path, options: ReadingOptions) -> Found:
    """What a path holds, with the columns that were chosen.

    Raises:
        LabError: naming the path, also if there is no table to choose columns of.
    """
    found = find(path, options.columns)
    if options.columns and found.table is None:
        found.pictures.close()
        raise LabError("there is no table of attributes to choose columns from", shown(path))
    return as_pairs(found, path) if options.fit == "pairs" else found


def _path(spec: Spec) -> Path:
    try:
        return Path(spec.source).expanduser()
    except RuntimeError:
        return Path(spec.source)


def _absolute(spec: Spec, path: Path) -> Spec:
    return Spec(str(path.absolute()), spec.options)


def _stamps(paths: list[Path] | tuple[Path, ...]) -> Stamps:
    stamps = []
    for path in paths:
        try:
            about = path.stat()
            stamps.append((path, about.st_mtime_ns, about.st_size))
        except OSError:
            stamps.append((path, -1, -1))
    return tuple(stamps)


def _original(image: Image.Image) -> NDArray[np.uint8]:
    small = image.copy()
    small.thumbnail((_LARGEST_ORIGINAL, _LARGEST_ORIGINAL))
    return np.array(small.convert("RGB"))
