"""A denoiser without a network: its pictures are grey and tell what was asked, and it keeps a list."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.requests import (
    DenoiserReply,
    FrameReply,
    IdealReply,
    IdealRequest,
    NoiseReply,
    NoiseRequest,
    OpenDenoiserRequest,
    PredictionReply,
    PredictionRequest,
    TapeRequest,
)
from latentlab.engine.diffusion.runner import Frame
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.errors import LabError

SIDE, STEPS = 8, 100
DIGITS = ("0", "1", "2")


def grey(recipe: Recipe, number: int) -> float:
    """Of all pictures of a frame: other ones for each seed and guidance, lighter from frame to frame."""
    sampler_settings = recipe.sampler_settings
    for branch in recipe.branches:
        if number > branch.at:
            sampler_settings = branch.sampler_settings
    return ((sampler_settings.seed % 7) * 0.1 + sampler_settings.guidance * 0.05 + number * 0.001) % 1.0


def noise_of(seed: int) -> NDArray[np.float32]:
    """What a picture is noised with."""
    return np.random.default_rng(seed).standard_normal((1, SIDE, SIDE), np.float32)


class FakeService:
    """Draws at once. While `hold` is clear, no more frames come after number `pause`."""

    def __init__(self, conditions: tuple[str, ...] = DIGITS, exclusive: bool = True) -> None:
        self.conditions, self.exclusive = conditions, exclusive
        self.served: list[Request] = []
        self.hold = threading.Event()
        self.hold.set()
        self.pause = 0
        # Why there is no ideal denoiser; "" where there is one.
        self.no_ideal = ""

    @property
    def tapes(self) -> list[TapeRequest]:
        """The requests for a tape, the oldest first; those to stop one aside."""
        return [one for one in self.served if isinstance(one, TapeRequest) and one.recipe is not None]

    def serve(self, request: Request) -> Iterator[Reply | None]:
        self.served.append(request)
        match request:
            case OpenDenoiserRequest():
                if "missing" in request.model:
                    raise LabError(f"no model or file is called {request.model!r}")
                alpha_bar = np.linspace(1.0, 0.0, STEPS + 1) ** 2
                yield DenoiserReply(
                    request.generation, request.model, f"/models/{request.model}.safetensors", "0123456789ab",
                    (1, SIDE, SIDE), self.conditions, self.exclusive, alpha_bar, "linear", "mnist", "lab",
                )  # fmt: skip
            case TapeRequest():
                yield from self._run(request)
            case PredictionRequest():
                yield PredictionReply(request.generation, request.t, request.x_t)
            case IdealRequest():
                yield from self._ideal(request)
            case NoiseRequest():
                yield NoiseReply(request.generation, request.seed, noise_of(request.seed))

    def _ideal(self, request: IdealRequest) -> Iterator[Reply | None]:
        """The mean is as dark as t is large: the two part at t = 40. First one frame, then the others."""
        if self.no_ideal:
            raise LabError(self.no_ideal)
        for some in (slice(0, 1), slice(1, None)):
            times = request.t[some]
            if not times:
                return
            apart = np.array([0.0 if t > 40 else 0.4 for t in times], np.float32)
            yield IdealReply(
                request.generation, times, request.picture,
                mean=request.x_t[some] * 0.5 + apart.reshape(-1, 1, 1, 1),
                nearest=np.full((len(times), 4, 1, SIDE, SIDE), 77, np.uint8),
                weights=np.tile([0.5, 0.25, 0.15, 0.0005], (len(times), 1)),
                effective=np.full(len(times), 4.2), among=6000, words="training pictures of class 1",
                exact=True,
            )  # fmt: skip
            yield None

    def _run(self, request: TapeRequest) -> Iterator[Reply | None]:
        recipe = request.recipe
        if recipe is None:
            return
        if recipe.sampler_settings.steps > STEPS:
            raise LabError(
                f"{recipe.sampler_settings.steps} steps are more than the {STEPS} time steps of the model"
            )
        times = [round(t) for t in np.linspace(STEPS, 0, recipe.sampler_settings.steps + 1)]
        for branch in recipe.branches:
            rest = max(1, round(branch.sampler_settings.steps * times[branch.at] / STEPS))
            times = times[: branch.at] + [round(t) for t in np.linspace(times[branch.at], 0, rest + 1)]
        first = request.after.number if request.after is not None else 0
        if request.go_on is not None:
            first = request.go_on.number + 1
        for number in range(first, len(times)):
            while not self.hold.is_set() and number > self.pause:
                self.hold.wait(0.01)
                yield None
            if number % request.every == 0 or times[number] == 0:
                x = np.full((recipe.count, 1, SIDE, SIDE), grey(recipe, number), np.float32)
                frame = Frame(number, len(times), times[number], x, x * 0.5)
                yield FrameReply(request.generation, frame, 0.01 * (number - first + 1))
            else:
                yield None
