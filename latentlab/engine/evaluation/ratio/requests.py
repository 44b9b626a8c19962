"""The request for a density ratio and its reply: frozen values that cross threads. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.evaluation.ratio.events import RatioEvent
from latentlab.engine.rendering.serving import Reply, Request


@dataclass(frozen=True, eq=False)
class RatioReply(Reply):
    """What has happened; see `latentlab.engine.evaluation.ratio.run.ratio`."""

    event: RatioEvent


@dataclass(frozen=True)
class RatioRequest(Request[RatioReply]):
    """Estimate the ratio of two sets of pictures; without them, stop what runs.

    Attributes:
        a, b: models or data; see `latentlab.engine.evaluation.ratio.sources`.
        pictures: N of each set.
        seed: of the choice, the draws and the training.
    """

    priority: ClassVar[int] = 3
    a: str = ""
    b: str = ""
    pictures: int = 0
    seed: int = 0
