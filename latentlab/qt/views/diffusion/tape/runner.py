"""Draws tapes, one after the other: requests their frames from the denoiser and stores them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.recipes import MOST_STEPS, Recipe
from latentlab.engine.diffusion.requests import DenoiserReply, FrameReply, TapeRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.tape.store import BUDGET, TapeStore, every_for, used_bytes
from latentlab.qt.views.diffusion.text import time_left

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

MOST_TRACKS = 4


@dataclass(eq=False)
class Track:
    """One tape: its recipe, and its frames so far.

    Attributes:
        leaves: the number of the frame at which it branches off another tape; None for the first tape.
        total: its number of frames, 0 while unknown.
        seconds: the drawing time so far.
        ended: whether no more frames will come.
    """

    recipe: Recipe
    store: TapeStore = field(default_factory=TapeStore)
    leaves: int | None = None
    total: int = 0
    seconds: float = 0.0
    ended: bool = False

    @property
    def whole(self) -> bool:
        """Whether its last frame is there."""
        newest = self.store.newest
        return newest is not None and newest.t == 0

    @property
    def expected(self) -> int:
        """An upper bound of its number of frames, without asking the model."""
        recipe = self.recipe
        at = recipe.branches[-1].at if recipe.branches else 0
        return min(at + recipe.last_sampler_settings.steps + 1, 2 * MOST_STEPS)


class Runs(QObject):
    """`came` (track, frame) is emitted for each frame, `ended` (track) when no more come; `said` carries the
    progress.

    Args:
        diffusion: the denoiser's client.
        tracks: all open tapes, in order: they share the memory.
        budget: the size of that memory, in bytes.
    """

    came = Signal(object, object)
    ended = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        diffusion: DenoiserClient,
        tracks: Callable[[], Sequence[Track]],
        parent: QObject,
        budget: int = BUDGET,
    ) -> None:
        super().__init__(parent)
        self._diffusion, self._tracks, self.budget = diffusion, tracks, budget
        self.track: Track | None = None
        self._waiting: list[Track] = []
        # The start of the current run: after which frame, and after how many seconds of drawing.
        self._first, self._before = 0, 0.0
        diffusion.on(TapeRequest).connect(self._framed)
        diffusion.refused.connect(self._refused)
        diffusion.opened.connect(self._opened)

    @property
    def running(self) -> bool:
        """Whether a tape is being drawn."""
        return self.track is not None

    def draw(self, track: Track) -> None:
        """Draws a track in place of all that are being drawn or waiting."""
        self._waiting = []
        self._begin(track)

    def go_on(self, track: Track) -> None:
        """Draws the rest of a stopped track, in place of all that are being drawn or waiting."""
        self._waiting = []
        track.ended = False
        self._begin(track, track.store.newest)

    def draw_next(self, track: Track) -> None:
        """Draws a track after those that are waiting."""
        if self.track is None:
            self._begin(track)
        else:
            self._waiting.append(track)

    def stop(self) -> None:
        """Stops drawing; the tapes keep their frames."""
        waiting, self._waiting = self._waiting, []
        track, self.track = self.track, None
        self.said.emit("")
        if track is not None:
            self._diffusion.stop_tape()
            for one in (track, *waiting):
                one.ended = True
                self.ended.emit(one)

    def drop(self, track: Track) -> None:
        """A track is closed: its frames are not needed any more."""
        if track in self._waiting:
            self._waiting.remove(track)
        if track is self.track:
            self._diffusion.stop_tape()
            self._finish()

    def _begin(self, track: Track, at_hand: Frame | None = None) -> None:
        model, tracks = self._diffusion.model, self._tracks()
        if model is None:
            return
        self.track = track
        room = self.budget - used_bytes(one.store for one in tracks)
        # The first tape leaves half of the memory to its future branches.
        place = tracks.index(track) if track in tracks else 0
        share = room // (2 if place == 0 else max(1, MOST_TRACKS - place))
        every = every_for(model.shape, track.recipe.count, track.expected, share)
        after = None if track.leaves is None else track.store.get(track.leaves)
        self._first = (track.leaves or 0) if at_hand is None else at_hand.number
        self._before = 0.0 if at_hand is None else track.seconds
        self.said.emit("Drawing …")
        self._diffusion.run(track.recipe, after, every, at_hand)

    @Slot(object)
    def _framed(self, reply: FrameReply) -> None:
        track, frame = self.track, reply.frame
        if track is None:
            return
        track.store.add(frame)
        track.total, track.seconds = frame.total, self._before + reply.seconds
        done = frame.number - self._first + 1
        left = frame.total - 1 - frame.number
        if frame.t:
            self.said.emit(f"Drawing · {time_left(reply.seconds / max(1, done) * left)}")
        self.came.emit(track, frame)
        if frame.t == 0:
            self._finish()

    def _finish(self) -> None:
        track, self.track = self.track, None
        self.said.emit("")
        if track is not None:
            track.ended = True
            self.ended.emit(track)
        if self.track is None and self._waiting:
            self._begin(self._waiting.pop(0))

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(TapeRequest) and self.track is not None:
            self._finish()
            self.said.emit(refusal.message)

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        """Another model: what was waiting for the previous one is dropped."""
        self._waiting, track, self.track = [], self.track, None
        if track is not None:
            track.ended = True
            self.ended.emit(track)
