"""The request for ten pictures that a model draws, for its card in the gallery. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.serving import Reply, Request

COLUMNS, ROWS = 5, 2


@dataclass(frozen=True, eq=False)
class DrawnReply(Reply):
    """Ten pictures that a model draws, in two rows of five, as one PNG without gaps.

    `model` is what was asked for, `hash` the first digits of its file's SHA-256.
    """

    model: str
    hash: str
    png: bytes


@dataclass(frozen=True)
class DrawnRequest(Request[DrawnReply]):
    """Ten pictures of a model, by name or path; kept in `folder`."""

    priority: ClassVar[int] = 0
    model: str
    folder: str
