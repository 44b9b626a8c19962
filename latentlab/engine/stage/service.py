"""Serves the window's stage: begins trainings, goes on with them, and compares what lies apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latentlab.engine.rendering.serving import Reply, Request, Server, handles
from latentlab.engine.stage.apart import apart
from latentlab.engine.stage.events import (
    ApartReply,
    ApartRequest,
    BeginRequest,
    Frame,
    FrameReply,
    RunRequest,
)
from latentlab.engine.stage.training import StageTraining
from latentlab.errors import LabError


class StageService(Server):
    """Serves the requests of `latentlab.engine.stage.events`, one training at a time."""

    def __init__(self) -> None:
        self._training: StageTraining | None = None
        # The request that began it, and the last frame that could be drawn.
        self._number = 0
        self._frame: Frame | None = None

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: if the request cannot be met.
        """
        yield from self.answers(request)

    @handles(BeginRequest)
    def _begin(self, request: BeginRequest) -> Iterator[Reply | None]:
        self._training = self._frame = None
        yield None
        training = StageTraining(request.recipe)
        self._frame = training.frame(request.shown)
        self._training, self._number = training, request.generation
        yield FrameReply(request.generation, self._number, self._frame, True)

    @handles(RunRequest)
    def _run(self, request: RunRequest) -> Iterator[Reply | None]:
        training = self._training
        if training is None:
            raise LabError("nothing has been begun on the stage")
        number, fault = self._number, ""
        try:
            for now in training.run(request.tuning, request.rounds, request.player, request.shown):
                if self._training is not training:
                    break
                if now is None:
                    yield None
                else:
                    self._frame = now
                    yield FrameReply(request.generation, number, now, False)
        except LabError as error:
            fault = str(error)
        # Another may have begun meanwhile, or have been refused: then the frame is not this one's.
        if self._training is training and self._frame is not None:
            yield FrameReply(request.generation, number, self._frame, True, fault)

    @handles(ApartRequest)
    def _apart(self, request: ApartRequest) -> Iterator[ApartReply | None]:
        yield from apart(request)
