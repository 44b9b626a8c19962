"""A client that knows what is open: the session, the model, where its pictures lie, which plane is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.rendering.serving import Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.types import Point
from latentlab.qt.clients.client import Client
from latentlab.session.session import Session
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions


class ModelClient(Client):
    """What views may read of the model in sight.

    Attributes:
        session: whose state the questions are about.
        model, encodings: what is open, and where its pictures lie as far as that is known.
        projection: the plane that is shown of the latent space.
        still_told: directions of what z still says of what the decoder is told; None until they are found.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model: LoadedReply | None = None
        self.encodings: EncodingsReply | None = None
        self.projection = Projection.pair(0, 1, 2)
        self.still_told: Directions | None = None
        self._followed: Snapshot | None = None

    @property
    def state(self) -> SessionState:
        """The session's state now."""
        return self.session.state

    @property
    def following(self) -> bool:
        """Whether the model in sight is one that is being trained."""
        return self._followed is not None

    def can_answer(self, kind: type[Request[Any]]) -> bool:
        """Whether the model in sight can do what a request needs; True as long as there is none."""
        return self.model is None or self.model.capabilities.issuperset(kind.needs)

    def _send(self, request: Request[Any]) -> None:
        # Of what the model cannot do the views say why, and need not be told.
        if self.can_answer(type(request)):
            super()._send(request)

    def place_of(self, index: int | None) -> Point | None:
        """Where a picture of the data lies in the latent space, as far as that is known yet."""
        found = self.encodings
        if found is None or index is None or index >= len(found.mean):
            return None
        return tuple(map(float, found.mean[index]))

    def told_of(self, index: int | None) -> Point | None:
        """What the model is told of a picture of the data; None if nothing, or if the data do not say."""
        told = None if self.model is None else self.model.told
        if told is None or index is None or index >= len(told):
            return None
        assert self.model is not None
        if self.model.exclusive and not told[index].any():
            return None
        return tuple(map(float, told[index]))

    def leant(self, condition: Point, since: tuple[Point, Point] | None = None) -> Point:
        """Where the probe goes when the decoder is told something else: z leans, if it may and it is known
        how.

        Args:
            condition: what the decoder is to be told.
            since: what it was told, and the probe then; by default, those of now.
        """
        found, state = self.still_told, self.state
        before, z = since or (state.condition, state.probe)
        if found is None or self.model is None or not state.lean or found.latents != len(z):
            return z
        told = zip(self.model.condition_names, before, condition, strict=True)
        change = {name: then - now for name, now, then in told if then != now}
        return tuple(map(float, found.leant(z, change))) if change else z
