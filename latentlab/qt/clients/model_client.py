"""The client that knows the open model: session, model, encodings of its pictures, and shown plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.rendering.serving import Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.types import Point
from latentlab.qt.clients.client import Client
from latentlab.session.able import grid_range
from latentlab.session.session import Session
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions


class ModelClient(Client):
    """What views may read of the open model.

    Attributes:
        session: the session whose state requests are about.
        model, encodings: the open model, and the encodings of its pictures as far as known.
        projection: the shown plane of the latent space.
        split_of: returns which split of other data, given by their spec, is shown at first.
        still_told: directions of what z still says of the decoder's condition; None until they are found.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model: LoadedReply | None = None
        self.encodings: EncodingsReply | None = None
        self.projection = Projection.pair(0, 1, 2)
        self.still_told: Directions | None = None
        self.split_of: Callable[[str], str] = lambda spec: "test"
        self._followed: Snapshot | None = None

    @property
    def state(self) -> SessionState:
        """The current state of the session."""
        return self.session.state

    @property
    def following(self) -> bool:
        """Whether the open model is one that is being trained."""
        return self._followed is not None

    @property
    def grid_range(self) -> str:
        """Over what the manifold grid goes: `OVER_PRIOR` or `OVER_VIEW`."""
        return grid_range(self.state.grid.over, self.model is None or self.model.has_prior)

    def can_answer(self, kind: type[Request[Any]]) -> bool:
        """Whether the open model can do what a request needs; True as long as there is none."""
        return self.model is None or self.model.capabilities.issuperset(kind.needs)

    def _send(self, request: Request[Any]) -> None:
        # Views say themselves what the model cannot do; no refusal is needed.
        if self.can_answer(type(request)):
            super()._send(request)

    def place_of(self, index: int | None) -> Point | None:
        """Where a picture of the data lies in the latent space, as far as known yet."""
        found = self.encodings
        if found is None or index is None or index >= len(found.mean):
            return None
        return tuple(map(float, found.mean[index]))

    def told_of(self, index: int | None) -> Point | None:
        """The condition that belongs to a picture of the data; None if none, or if the data do not say."""
        told = None if self.model is None else self.model.told
        if told is None or index is None or index >= len(told):
            return None
        assert self.model is not None
        if self.model.exclusive and not told[index].any():
            return None
        return tuple(map(float, told[index]))

    def compensated(self, condition: Point, since: tuple[Point, Point] | None = None) -> Point:
        """Where compensation moves the probe when the condition changes, if it is on and its directions are
        known.

        Args:
            condition: the new condition.
            since: the old condition and the probe then; by default, the current ones.
        """
        found, state = self.still_told, self.state
        before, z = since or (state.condition, state.probe)
        if found is None or self.model is None or not state.lean or found.latents != len(z):
            return z
        told = zip(self.model.condition_names, before, condition, strict=True)
        change = {name: then - now for name, now, then in told if then != now}
        return tuple(map(float, found.compensated(z, change))) if change else z
