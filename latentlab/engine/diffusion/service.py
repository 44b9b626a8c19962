"""Serves the window's requests to a denoiser and yields frames; driven like the renderer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from latentlab.engine.diffusion.ideal import IdealPictures, answered
from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.requests import (
    DenoiserReply,
    FollowDenoiserRequest,
    FrameReply,
    IdealRequest,
    NoiseReply,
    NoiseRequest,
    OpenDenoiserRequest,
    PredictionReply,
    PredictionRequest,
    SamplesInTrainingReply,
    TapeRequest,
)
from latentlab.engine.diffusion.runner import Diffusion, Frame, as_bytes
from latentlab.engine.files.checkpoint import LoadedModel, empty_model, load_model
from latentlab.engine.rendering.serving import Reply, Request, Server, handles
from latentlab.engine.training.snapshots import give
from latentlab.errors import LabError
from latentlab.models.base import Denoises, conditional
from latentlab.shipped import first_seed

# This many sent frames are kept: more than may be in transit to a window that has just stopped the run.
_KEPT = 16


@dataclass(eq=False)
class _Run:
    """A recipe's frames that are still to come, and the newest ones sent."""

    recipe: Recipe
    frames: Iterator[Frame | None]
    newest: deque[Frame] = field(default_factory=lambda: deque(maxlen=_KEPT))


class DiffusionService(Server):
    """Holds one denoiser and runs its tapes. Not for use by two threads at once.

    `device` is where the model is put.
    """

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self._diffusion: Diffusion | None = None
        self._loaded: LoadedModel | None = None
        # What the open model learnt from; read on first use.
        self._ideal: IdealPictures | None = None
        # An unfinished run: it may be stopped and resumed.
        self._under_way: _Run | None = None

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Ends early when another model is opened meanwhile: the request was for the previous one.

        Raises:
            LabError: if the request cannot be met; the model in hand stays as it was.
        """
        model = self._diffusion
        stays = isinstance(request, OpenDenoiserRequest | FollowDenoiserRequest)
        for reply in self.answers(request):
            yield reply
            if self._diffusion is not model and not stays:
                return

    @property
    def diffusion(self) -> Diffusion:
        """What runs the open model.

        Raises:
            LabError: if none is open.
        """
        if self._diffusion is None:
            raise LabError("no diffusion model is open")
        return self._diffusion

    @handles(OpenDenoiserRequest)
    def _open(self, request: OpenDenoiserRequest) -> Iterator[Reply | None]:
        loaded = load_model(request.model, self.device)
        yield None
        model = loaded.model
        if not isinstance(model, Denoises):
            raise LabError("is not a diffusion model", loaded.path)
        self._diffusion, self._under_way = Diffusion(model), None
        self._loaded, self._ideal = loaded, None
        told = conditional(model)
        yield DenoiserReply(
            generation=request.generation,
            model=loaded.name,
            path=str(loaded.path),
            hash=loaded.hash,
            shape=model.picture_shape,
            condition_names=told.condition_names if told else (),
            exclusive=told.exclusive if told else True,
            alpha_bar=model.schedule.alpha_bar.numpy(),
            schedule=str(loaded.card.config.get("schedule", "")),
            data=str(loaded.card.data.get("name", "")),
            command=loaded.card.command,
            first_seed=first_seed(loaded.name),
        )

    @handles(TapeRequest)
    def _run(self, request: TapeRequest) -> Iterator[Reply | None]:
        if request.recipe is None:
            return
        begun = time.perf_counter()
        for frame in self._frames(request.recipe, request):
            seconds = time.perf_counter() - begun
            yield None if frame is None else FrameReply(request.generation, frame, seconds)

    def _frames(self, recipe: Recipe, request: TapeRequest) -> Iterator[Frame | None]:
        """The frames to send, or the rest of them where the run was stopped; None between them."""
        run, at_hand = self._under_way, request.go_on
        if run is not None and at_hand is not None and run.recipe == recipe and at_hand in run.newest:
            # The last ones may have been in transit when the receiver had stopped.
            yield from [frame for frame in run.newest if frame.number > at_hand.number]
        else:
            run = self._under_way = _Run(recipe, self.diffusion.run(recipe, request.after))
        try:
            for frame in run.frames:
                if frame is not None and (frame.number % request.every == 0 or frame.t == 0):
                    run.newest.append(frame)
                    yield frame
                else:
                    yield None
        except Exception:
            self._under_way = None
            raise
        self._under_way = None

    @handles(FollowDenoiserRequest)
    def _follow(self, request: FollowDenoiserRequest) -> Iterator[Reply | None]:
        model = empty_model(request.kind, request.config).to(self.device)
        give(model, request.theta, request.buffers)
        yield None
        last: Frame | None = None
        for frame in Diffusion(model).run(request.recipe):
            last = frame or last
            yield None
        assert last is not None
        yield SamplesInTrainingReply(request.generation, request.step, as_bytes(last.x_t))

    @handles(PredictionRequest)
    def _predict(self, request: PredictionRequest) -> Iterator[Reply | None]:
        x0_hat = self.diffusion.predict(request.x_t, request.t, request.conditions, request.guidance)
        yield PredictionReply(request.generation, request.t, x0_hat)

    @handles(IdealRequest)
    def _ideally(self, request: IdealRequest) -> Iterator[Reply | None]:
        schedule = self.diffusion.schedule
        assert self._loaded is not None
        if self._ideal is None:
            self._ideal = IdealPictures(self._loaded)
            yield None
        yield from answered(self._ideal, schedule, request)

    @handles(NoiseRequest)
    def _noise(self, request: NoiseRequest) -> Iterator[Reply | None]:
        noise = self.diffusion.noise(request.seed, range(1))[0]
        yield NoiseReply(request.generation, request.seed, noise.numpy())
