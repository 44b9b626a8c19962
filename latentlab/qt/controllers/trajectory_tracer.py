"""Shows the path of a tape in the plane: the predictions x̂₀ of its frames, encoded by the plane's model.

Only where the plane's model takes pictures of that shape and learnt from, or shows, the data that the
denoiser learnt from. Paths of other models' planes are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.files.model_catalog import data_of
from latentlab.engine.rendering.requests.opening import LoadedReply, UnfoldedReply
from latentlab.engine.rendering.requests.pictures import TrajectoryReply, TrajectoryRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.coalesce import CoalescedRequest, DebouncedCall
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.known_data import title_of

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

# Of a tape of 1,000 frames, this many are encoded.
_MOST = 120
_Way = tuple[tuple["Frame", ...], int]


class ShowsTrajectory(Protocol):
    """The plane, as far as tapes need it."""

    def show_trajectory(self, points: tuple[Point, ...], reached: int, hand: str = "") -> None:
        """Shows the path of a tape, with the current frame labelled; () for none."""


class Tracing(QObject):
    """Connects a tape and the plane.

    Args:
        workspace: the workspace of the plane's model.
        plane: shows the path.
        frames: the available frames, in order.
        learnt: the name of the data that their denoiser learnt from; "" if that is not known.
    """

    def __init__(
        self,
        workspace: Workspace,
        plane: ShowsTrajectory,
        frames: Callable[[], Sequence[Frame]],
        learnt: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._plane, self._frames, self._learnt = workspace, plane, frames, learnt
        self._names = _names_of(workspace.model)
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        self._debounced = DebouncedCall(self._paint, self)
        self._picture = 0
        self._in_sight = True
        self._shown: Frame | None = None
        # The last request, and what the points belong to: frames, and which of their pictures.
        self._asked: _Way = ((), 0)
        self._known: _Way = ((), 0)
        self._points: tuple[Point, ...] = ()
        workspace.on(TrajectoryRequest).connect(self._traced)
        workspace.refused.connect(self._refused)
        workspace.loaded.connect(self._loaded)
        workspace.unfolded.connect(self._unfolded)

    def follow(self, tape: QWidget) -> None:
        """Shows the path only while the view of the tape is in sight: elsewhere it means nothing."""
        self._in_sight = in_sight(tape)
        self._sight = Sight(tape)
        self._sight.came.connect(self._tape_seen)
        self._sight.left.connect(self._tape_gone)

    @Slot()
    def _tape_seen(self) -> None:
        self._in_sight = True
        self._debounced.soon()

    @Slot()
    def _tape_gone(self) -> None:
        self._in_sight = False
        self._debounced.soon()

    @Slot(object)
    def show(self, shown: tuple[Frame, int]) -> None:
        """The current frame, picture or tape has changed."""
        self._shown, self._picture = shown
        if (self._some(), self._picture) != self._asked:
            self._coalesced.soon()
        # Coalesced: the plane is large, and the view of the tape goes first.
        self._debounced.soon()

    @Slot()
    def clear(self) -> None:
        """There is no tape any more, or another one."""
        self._shown = None
        self._forget()

    def _forget(self) -> None:
        """Forgets the path and removes it from the plane."""
        self._asked = self._known = (), 0
        self._points = ()
        self._plane.show_trajectory((), 0)

    def _is_of_data(self) -> bool:
        """Whether tape and plane are of the same data, as far as both say."""
        learnt = self._learnt()
        return not learnt or learnt in self._names

    def _some(self) -> tuple[Frame, ...]:
        """The frames of the current tape to encode."""
        frames = self._frames()
        some = frames[:: max(1, len(frames) // _MOST)]
        if some and some[-1] is not frames[-1]:
            some = [*some, frames[-1]]
        return tuple(some)

    def _ask(self) -> bool:
        some, model = self._some(), self._workspace.model
        if not some or self._shown is None or model is None:
            return False
        shown = some[0].x0_hat
        if self._picture >= len(shown) or shown.shape[1:] != model.images.shape[1:] or not self._is_of_data():
            return False
        self._asked = (some, self._picture)
        pictures = np.stack([frame.x0_hat[self._picture] for frame in some])
        self._workspace.ask(TrajectoryRequest, pictures, self._workspace.state.condition)
        return True

    @Slot(object)
    def _traced(self, reply: TrajectoryReply) -> None:
        self._coalesced.answered()
        self._known, self._points = self._asked, reply.points
        self._debounced.soon()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        """The known points were encoded by the previous model."""
        self._names = _names_of(model)
        self._forget()
        self._coalesced.soon()

    @Slot(object)
    def _unfolded(self, reply: UnfoldedReply) -> None:
        """The weights have changed: the same pictures have other encodings."""
        if self._shown is not None:
            self._coalesced.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(TrajectoryRequest):
            self._coalesced.answered()

    @Slot()
    def _paint(self) -> None:
        frames, picture = self._known
        # A reply for another tape, or another picture.
        fits = frames and picture == self._picture and set(frames) <= set(self._frames())
        if self._shown is None or not self._points or not fits or not self._in_sight:
            self._plane.show_trajectory((), 0)
            return
        reached = sum(1 for known in frames if known.number <= self._shown.number) - 1
        self._plane.show_trajectory(self._points, reached, f"tape at t = {self._shown.t}")


def _names_of(model: LoadedReply | None) -> frozenset[str]:
    """The data that a model shows, and those that it learnt from."""
    if model is None:
        return frozenset()
    # A model in training is no file.
    learnt = data_of(model.path) if Path(model.path).suffix else ""
    return frozenset({title_of(model.data), learnt})
