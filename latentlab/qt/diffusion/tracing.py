"""Shows in the plane where a tape goes: what the denoiser believes in, encoded by the plane's own model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from latentlab.engine.replies import (
    LoadedReply,
    Refusal,
    TrajectoryReply,
)
from latentlab.engine.requests import Point, TrajectoryRequest
from latentlab.qt.asking import Asking
from latentlab.qt.desk import Desk
from latentlab.qt.lag import Lag

if TYPE_CHECKING:
    from latentlab.engine.diffusion import Frame
    from latentlab.qt.views.latent_plane import LatentPlane

# Of a tape of 1,000 frames, so many say where it goes.
_MOST = 120
_Way = tuple[tuple["Frame", ...], int]


class Tracing(QObject):
    """Between a tape and the plane.

    Args:
        desk: of the plane's model.
        plane: where to show it.
        frames: the frames that are at hand, the first first.
    """

    def __init__(
        self,
        desk: Desk,
        plane: LatentPlane,
        frames: Callable[[], Sequence[Frame]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._plane, self._frames = desk, plane, frames
        self._asking = Asking(self._ask, self)
        self._lag = Lag(self._paint, self)
        self._picture = 0
        self._shown: Frame | None = None
        # What was asked last, and what the points are of: frames, and which of their pictures.
        self._asked: _Way = ((), 0)
        self._known: _Way = ((), 0)
        self._points: tuple[Point, ...] = ()
        desk.traced.connect(self._traced)
        desk.refused.connect(self._refused)
        desk.loaded.connect(self._loaded)

    @Slot(object)
    def show(self, shown: tuple[Frame, int]) -> None:
        """The frame in hand is another one, or another of its pictures, or of another tape."""
        self._shown, self._picture = shown
        if (self._some(), self._picture) != self._asked:
            self._asking.soon()
        # The plane is large; the tape under the hand goes first.
        self._lag.soon()

    @Slot()
    def clear(self) -> None:
        """There is no tape any more, or another one."""
        self._shown, self._asked = None, ((), 0)
        self._plane.show_trajectory((), 0)

    def _some(self) -> tuple[Frame, ...]:
        """The frames of the tape in hand that say where it goes."""
        frames = self._frames()
        some = frames[:: max(1, len(frames) // _MOST)]
        if some and some[-1] is not frames[-1]:
            some = [*some, frames[-1]]
        return tuple(some)

    def _ask(self) -> bool:
        some, model = self._some(), self._desk.model
        if not some or self._shown is None or model is None:
            return False
        picture = some[0].x0_hat[self._picture] if self._picture < len(some[0].x0_hat) else None
        height, width = model.images.shape[-2:]
        if picture is None or picture.shape[-2:] != (height, width):
            return False
        self._asked = (some, self._picture)
        self._desk.request_trajectory(np.stack([frame.x0_hat[self._picture] for frame in some]))
        return True

    @Slot(object)
    def _traced(self, reply: TrajectoryReply) -> None:
        self._asking.answered()
        self._known, self._points = self._asked, reply.points
        self._lag.soon()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._asking.answered()
        self._points = ()
        self._asking.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.slot == TrajectoryRequest.slot:
            self._asking.answered()

    @Slot()
    def _paint(self) -> None:
        frames, picture = self._known
        # Asked of another tape, or another picture, they say nothing of this one.
        fits = frames and picture == self._picture and set(frames) <= set(self._frames())
        if self._shown is None or not self._points or not fits:
            self._plane.show_trajectory((), 0)
            return
        reached = sum(1 for known in frames if known.number <= self._shown.number) - 1
        self._plane.show_trajectory(self._points, reached, f"tape at t = {self._shown.t}")
