"""Requests what the ideal denoiser makes of the frames of a tape, and keeps it as long as the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.parting import distance
from latentlab.engine.diffusion.recipes import BetweenNoises, Recipe, SamplerSettings
from latentlab.engine.diffusion.requests import DenoiserReply, IdealReply, IdealRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.denoiser_client import DenoiserClient

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame


@dataclass(frozen=True, eq=False)
class IdealFrame:
    """What the ideal denoiser makes of one picture of a frame; see `IdealReply`.

    Attributes:
        apart: how far the model's prediction is from `mean`; see `latentlab.engine.diffusion.parting`.
    """

    mean: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    weights: tuple[float, ...]
    effective: float
    among: int
    words: str
    exact: bool
    apart: float


class Ideals(QObject):
    """`came` says that there is more, `refused` (message) that there will be nothing.

    One request is under way at a time. It begins with the frame that is looked at, and goes on with the
    others of the tape; another frame that is looked at takes its place once the first one is answered.
    """

    came = Signal()
    refused = Signal(str)

    def __init__(self, diffusion: DenoiserClient, parent: QObject) -> None:
        super().__init__(parent)
        self._diffusion = diffusion
        self._known: WeakKeyDictionary[Frame, dict[int, IdealFrame]] = WeakKeyDictionary()
        # What is under way: its frames that are not answered yet, and whether none is.
        self._asked: list[Frame] = []
        self._fresh = False
        # The request to make when the first frame is answered.
        self._next: tuple[Frame, Sequence[Frame], int, Recipe] | None = None
        diffusion.on(IdealRequest).connect(self._came)
        diffusion.refused.connect(self._refused)
        diffusion.opened.connect(self._opened)

    def of(self, frame: Frame, picture: int) -> IdealFrame | None:
        """What is known of a picture of a frame."""
        return self._known.get(frame, {}).get(picture)

    def want(self, frame: Frame, frames: Sequence[Frame], picture: int, recipe: Recipe) -> None:
        """Requests what is not known of a picture of these frames, first of all of `frame`."""
        if self._fresh:
            self._next = frame, frames, picture, recipe
        elif self.of(frame, picture) is None:
            self._ask(frame, frames, picture, recipe)
        elif not self._asked:
            missing = next((one for one in frames if self.of(one, picture) is None), None)
            if missing is not None:
                self._ask(missing, frames, picture, recipe)

    def _ask(self, frame: Frame, frames: Sequence[Frame], picture: int, recipe: Recipe) -> None:
        told = condition_at(recipe, frame.number, picture)
        rest = [
            one
            for one in frames
            if one is not frame
            and self.of(one, picture) is None
            and condition_at(recipe, one.number, picture) == told
        ]
        self._asked, self._fresh = [frame, *rest], True
        x_t = np.stack([one.x_t[picture] for one in self._asked])
        self._diffusion.ask(IdealRequest, x_t, tuple(one.t for one in self._asked), told, picture)

    @Slot(object)
    def _came(self, reply: IdealReply) -> None:
        picture = reply.picture
        assert isinstance(picture, int)
        some, self._asked = self._asked[: len(reply.t)], self._asked[len(reply.t) :]
        for row, frame in enumerate(some):
            mean = reply.mean[row]
            self._known.setdefault(frame, {})[picture] = IdealFrame(
                mean,
                reply.nearest[row],
                tuple(reply.weights[row].tolist()),
                float(reply.effective[row]),
                reply.among,
                reply.words,
                reply.exact,
                distance(frame.x0_hat[picture], mean),
            )
        self._fresh = False
        self.came.emit()
        waiting, self._next = self._next, None
        if waiting is not None:
            self.want(*waiting)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(IdealRequest) or refusal.generation == 0:
            self._forget()
            self.refused.emit(refusal.message)

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        self._known.clear()
        self._forget()

    def _forget(self) -> None:
        self._asked, self._fresh, self._next = [], False, None


def settings_at(recipe: Recipe, number: int) -> SamplerSettings:
    """The sampler settings that made the prediction of frame `number`: where a branch leaves, the trunk's."""
    before = [branch.sampler_settings for branch in recipe.branches if branch.at < number]
    return before[-1] if before else recipe.sampler_settings


def condition_at(recipe: Recipe, number: int, picture: int) -> Point:
    """The condition under which a picture of frame `number` was predicted; () for none."""
    # Along an arc all have the condition of the first.
    along_arc = isinstance(recipe.start, BetweenNoises)
    return settings_at(recipe, number).condition_of(0 if along_arc else picture)
