"""What a table says of each picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Kept
from latentlab.data.columns import Columns


@dataclass(frozen=True)
class TableSeen:
    """A table about pictures, as needed for choosing among its columns.

    Attributes:
        name: its name.
        header: the names of its columns, in order.
        taken: the columns of the file names, the class and the split; "" for none.
        words: the same in a sentence without a full stop.
    """

    name: str
    header: tuple[str, ...]
    taken: Columns
    words: str


@dataclass(frozen=True, eq=False)
class TableFacts:
    """What a table says of N pictures.

    Attributes:
        labels: (N,) the class of each, -1 for unknown; None where there are no classes.
        classes: the classes' names.
        attributes: (N, A) the attributes of each picture, False for unknown; None without attributes.
        attributes_known: (N, A) which of these are known; None if all are.
        attribute_names: the attributes' names.
        held_out: (N,) which are for testing; None where the table has no split.
        matched: how many of the pictures it names.
        taken: a sentence without a full stop on the roles of its columns.
        seen: the table that says so; None where it is no table.
        named: (N,) which of the pictures it names; None where it is no table.
        columns: its other columns, numbers and words of each picture.
    """

    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    attributes: NDArray[np.bool_] | None
    attributes_known: NDArray[np.bool_] | None
    attribute_names: tuple[str, ...]
    held_out: NDArray[np.bool_] | None
    matched: int
    taken: str
    seen: TableSeen | None = None
    named: NDArray[np.bool_] | None = None
    columns: tuple[Kept, ...] = ()
