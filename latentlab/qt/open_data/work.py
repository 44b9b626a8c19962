"""The background tasks of the import dialog: a preview of a source, and the reading of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentlab.data.report import ReadingReport
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.qt.clients.latest_task import Token

# For type checking only: these import torch, for which the window does not wait.
if TYPE_CHECKING:
    from latentlab.data.opening import Preview
    from latentlab.session.picture_rows import PictureRows

LOOKED_AT = 6


@dataclass(frozen=True)
class Pictures:
    """Pictures that have been read: spec, (C, H, W) of each, report, and all of them."""

    spec: str
    shape: tuple[int, int, int]
    report: ReadingReport
    rows: PictureRows


def look(spec: str, token: Token) -> Preview:
    """A few of the pictures, original and as they would be read.

    Raises:
        LabError: naming the file, if it cannot be read.
    """
    from latentlab.data import opening

    return opening.preview(spec, LOOKED_AT)


def read_all(spec: str, token: Token) -> Pictures:
    """Reads everything, and caches it for the next request with the same spec.

    Raises:
        LabError: naming the file, if it cannot be read, or if the task was cancelled.
    """
    from latentlab.data import opening
    from latentlab.session.picture_rows import rows_of_set

    opened = opening.open_data(spec, tick=token.tick)
    everything = opened.everything
    return Pictures(spec, everything.shape, opened.report, rows_of_set(spec, everything))


def read_again(spec: str, token: Token) -> PictureRows:
    """The pictures of data that are known already: those that ship, or of the user's own.

    Raises:
        LabError: naming the file, if it cannot be read, or if the task was cancelled.
    """
    if spec not in SHIPPED_SETS:
        return read_all(spec, token).rows
    from latentlab.data import catalog
    from latentlab.session.picture_rows import rows_of_set

    return rows_of_set(spec, catalog.load(spec, "all"))
