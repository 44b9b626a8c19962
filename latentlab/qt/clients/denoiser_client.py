"""The diffusion view's client: a render thread of its own, with a denoiser beside the plane's model.

The thread starts with the first request: it costs nothing until a diffusion model is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.requests import (
    DenoiserReply,
    FollowDenoiserRequest,
    NoiseRequest,
    OpenDenoiserRequest,
    PredictionRequest,
    TapeRequest,
)
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.types import Point
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.diffusion.runner import Frame

# Requests that do not concern the open model.
_OF_NO_MODEL = (OpenDenoiserRequest, FollowDenoiserRequest)
_SERVICE = ("latentlab.engine.diffusion.service", "DiffusionService")


class DenoiserClient(BackgroundClient):
    """Sends requests to the denoiser. `opened` carries the `DenoiserReply` of the model that is now open.

    Attributes:
        model: the denoiser that is open.
    """

    opened = Signal(object)

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("diffusionThread", _SERVICE, service, parent)
        self.model: DenoiserReply | None = None
        # Whether the thread holds another model than the one shown, because a request to open it was given up
        # for a newer one when it was already loaded; and the request that is to put that right.
        self._astray, self._brought_back = False, 0

    def open(self, model: str) -> int:
        """Opens a denoiser by name or path; a running tape stops.

        Returns the number of the question.
        """
        self.stop_tape()
        self.busy.emit(f"Opening {model} …")
        return self.ask(OpenDenoiserRequest, model)

    def run(
        self, recipe: Recipe, after: Frame | None = None, every: int = 1, go_on: Frame | None = None
    ) -> None:
        """Runs a tape in place of the running one; see `TapeRequest`."""
        self.ask(TapeRequest, recipe, after, every, go_on)

    def stop_tape(self) -> None:
        """Stops the running tape after the current piece of work; no more of its frames are emitted."""
        if self._thread.isRunning():
            self.ask(TapeRequest, None)
        else:
            self.forget(TapeRequest)

    def predict(
        self, x_t: NDArray[np.float32], t: int, conditions: tuple[Point, ...] = (), guidance: float = 1.0
    ) -> None:
        """Requests the predictions of the model for pictures at t."""
        self.ask(PredictionRequest, x_t, t, conditions, guidance)

    def draw_noise(self, seed: int) -> None:
        """Requests the noise of a seed."""
        self.ask(NoiseRequest, seed)

    def follow(self, snapshot: Snapshot, recipe: Recipe) -> None:
        """Requests pictures from a denoiser that is still being trained."""
        self.ask(
            FollowDenoiserRequest,
            snapshot.kind,
            snapshot.config,
            snapshot.theta,
            snapshot.step,
            recipe,
            snapshot.buffers,
        )

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        match reply:
            case Refusal():
                if reply.generation == 0 or self._current(kind, reply):
                    self.refused.emit(reply)
                    self._bring_back(reply)
            case DenoiserReply():
                self._astray = not self._current(kind, reply)
                if not self._astray:
                    # Earlier requests were for another model.
                    self._forget_all_but(*_OF_NO_MODEL)
                    self.model = reply
                    self.opened.emit(reply)
            case _ if kind in _OF_NO_MODEL or not self._astray:
                self._tell(kind, reply)

    def _bring_back(self, refusal: Refusal) -> None:
        """The shown model stays although the thread holds another: reopens it there, once."""
        tried = refusal.generation == self._brought_back
        if refusal.of(OpenDenoiserRequest) and self._astray and not tried and self.model is not None:
            self._brought_back = self.open(self.model.path)
