"""The pictures behind a cell of the judge's table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.core.judgement import Cell, Table


@dataclass(frozen=True, eq=False)
class BehindPictures:
    """Pictures to show for a cell, the most telling first.

    Attributes:
        pictures: uint8 (n, H, W) of grey or (n, H, W, 3).
        beside: as many, one beside each: what a held-out picture is rebuilt as, or the training picture that
            a sample is nearest to; None where there is only one of each.
        captions: a few words for each.
        words: what is told of all of them.
    """

    pictures: NDArray[np.uint8]
    beside: NDArray[np.uint8] | None
    captions: tuple[str, ...]
    words: str


def pictures_behind(
    model: str | Path, data: str, table: Table, cell: Cell, *, store: Path | None = None
) -> BehindPictures:
    """The pictures that a cell names: kept samples, or the same ones drawn again; held-out pictures.

    It may take seconds: call it from a worker.

    Args:
        model: the row's path, or its name where it ships.
        data: the spec of the data set of the table.
        store: as for `judge`.

    Raises:
        LabError: if the model or data cannot be opened.
    """
    raise NotImplementedError
