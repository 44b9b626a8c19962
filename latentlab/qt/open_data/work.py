"""What is done beside the event loop: a look at a source, and the reading of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentlab.data.report import ReadingReport
from latentlab.qt.clients.latest_task import Token

# For the types alone: these bring in torch, for which the window does not wait.
if TYPE_CHECKING:
    from latentlab.data.opening import Preview

LOOKED_AT = 6


@dataclass(frozen=True)
class Pictures:
    """Pictures that have been read: how they are asked for, (C, H, W) of each, and how the reading went."""

    spec: str
    shape: tuple[int, int, int]
    report: ReadingReport


def look(spec: str, token: Token) -> Preview:
    """A few of the pictures as they are and as they would be read.

    Raises:
        LabError: naming the file, if nothing can be made of it.
    """
    from latentlab.data import opening

    return opening.preview(spec, LOOKED_AT)


def read_all(spec: str, token: Token) -> Pictures:
    """Reads everything, which then stays in memory for whoever asks for the same spec.

    Raises:
        LabError: naming the file, if nothing can be made of it, or if nobody waits for it any more.
    """
    from latentlab.data import opening

    opened = opening.open_data(spec, tick=token.tick)
    return Pictures(spec, opened.everything.shape, opened.report)
