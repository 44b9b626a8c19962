"""The common result of all readers before any picture is decoded: the pictures, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.core.columns import Kept
from latentlab.data.keys import NumberedNames
from latentlab.data.pictures.white import AnyPicture, Deep, one_plane, why_no_levels
from latentlab.data.report import Notebook
from latentlab.data.table_facts import TableSeen


class PictureError(Exception):
    """One picture cannot be read; the others can. Its text is the reason, for the report."""


class Pictures(Protocol):
    """Pictures that are decoded one at a time, when they are asked for."""

    def __len__(self) -> int: ...

    def name(self, index: int) -> str:
        """Its path below the source's root, with "/" between: its name in a report, and half of its key."""
        ...

    def image(self, index: int, enough: int) -> AnyPicture:
        """The picture, mode "L" or "RGB" or deep, upright; at least `enough` pixels a side if it has them.

        Raises:
            PictureError: if it has to be left out.
        """
        ...

    def watch(self) -> Callable[[], bool]:
        """A function that says whether one of the read pictures has changed since; it may be kept, and holds
        little.

        Files in `Found.watched` need no second check here.
        """
        ...

    def close(self) -> None:
        """Closes open files."""
        ...


@dataclass(frozen=True, eq=False)
class Found:
    """A source whose contents are understood.

    Attributes:
        kind: its kind, as text.
        name: the name of the data set.
        pictures: its pictures, in the source's own order.
        book: the notes for the report.
        labels: the class of each picture, -1 for unknown, or None.
        classes: the classes' names.
        attributes: (N, A) the attributes of each picture, or None.
        attributes_known: (N, A) which of that is known, the rest is False; None where all is.
        attribute_names: the attributes' names.
        held_out: which pictures are for testing; None where the source does not say.
        sorted_by_class: whether its own order is sorted by class.
        columns: other columns of it, numbers and words of each picture.
        table: the table about the pictures, if there is one.
        watched: files and folders whose change means that the source has to be read again.
    """

    kind: str
    name: str
    pictures: Pictures
    book: Notebook = field(default_factory=Notebook)
    labels: NDArray[np.int64] | None = None
    classes: tuple[str, ...] = ()
    attributes: NDArray[np.bool_] | None = None
    attribute_names: tuple[str, ...] = ()
    attributes_known: NDArray[np.bool_] | None = None
    held_out: NDArray[np.bool_] | None = None
    sorted_by_class: bool = False
    watched: tuple[Path, ...] = ()
    table: TableSeen | None = None
    columns: tuple[Kept, ...] = ()


def unchanged() -> bool:
    """Reports no change: `Pictures.watch` for sources that are watched elsewhere."""
    return False


class ArrayPictures:
    """Pictures in memory: (N, H, W) or (N, H, W, 3), uint8 or of more than 8 bits.

    `names` are their paths below the source's root; "00012" and so on where they have none.
    """

    def __init__(self, array: NDArray[Any], names: Sequence[str] | None = None) -> None:
        self.array = array
        self.names = NumberedNames("", range(len(array))) if names is None else names

    def __len__(self) -> int:
        return len(self.array)

    def name(self, index: int) -> str:
        return self.names[index]

    def image(self, index: int, enough: int) -> AnyPicture:
        values = np.ascontiguousarray(self.array[index])
        if values.dtype == np.uint8:
            return Image.fromarray(values)
        reason = why_no_levels(values)
        if reason is not None:
            raise PictureError(reason)
        return Deep(one_plane(values))

    def watch(self) -> Callable[[], bool]:
        return unchanged

    def close(self) -> None:
        pass
