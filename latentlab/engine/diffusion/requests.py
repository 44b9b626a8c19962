"""Requests to a denoiser and its replies: frozen values that cross threads. Torch-free.

They follow the rules of `latentlab.engine.rendering.serving`: the newest of a kind wins, and generations
reveal stale replies. Noisy pictures are float32 (B, C, H, W), where finished ones lie in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.diffusion.runner import Frame


@dataclass(frozen=True, eq=False)
class DenoiserReply(Reply):
    """A denoiser is open.

    Attributes:
        model, path, hash: its name, file and the first digits of that file's SHA-256.
        shape: (C, H, W) of its pictures.
        condition_names, exclusive: its conditions; see `latentlab.models.base.Conditional`.
        alpha_bar: float64 (T + 1,), see `latentlab.core.schedules`.
        schedule: its name.
        data: the name of what it learnt from, "" if unknown.
        command: the command line that trains it again.
        first_seed: of the noise of its first tape, when it has not been open before.
    """

    model: str
    path: str
    hash: str
    shape: tuple[int, int, int]
    condition_names: tuple[str, ...]
    exclusive: bool
    alpha_bar: NDArray[np.float64]
    schedule: str
    data: str
    command: str
    first_seed: int = 0

    @property
    def steps(self) -> int:
        """T."""
        return len(self.alpha_bar) - 1


@dataclass(frozen=True)
class OpenDenoiserRequest(Request[DenoiserReply]):
    """Open a model (name or path) that denoises."""

    priority: ClassVar[int] = 0
    model: str


@dataclass(frozen=True, eq=False)
class SamplesInTrainingReply(Reply):
    """Samples of a denoiser after `step` steps of its training; uint8 (B, C, H, W)."""

    step: int
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FollowDenoiserRequest(Request[SamplesInTrainingReply]):
    """Draw samples from a denoiser that is being trained, with these weights.

    Attributes:
        kind, config: the model's.
        theta: float32 (P,), the weights in the order of `latentlab.engine.training.weights.in_order`.
        step: the number of training steps so far.
        recipe: what to draw; only its last frame is returned.
        buffers: the model's, by name.
    """

    priority: ClassVar[int] = 4
    kind: str
    config: Mapping[str, Any]
    theta: NDArray[np.float32]
    step: int
    recipe: Recipe
    buffers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FrameReply(Reply):
    """A frame of the requested tape, and the seconds since the request."""

    frame: Frame
    seconds: float


@dataclass(frozen=True, eq=False)
class TapeRequest(Request[FrameReply]):
    """Run a recipe, frame by frame; None stops the one that runs.

    Attributes:
        recipe: what to run.
        after: the frame where its last branch leaves, if available: those before it are not made again.
        every: return every n-th frame, the first and the last in any case.
        go_on: the newest frame of a stopped run of this recipe: if that was the last run, it
            goes on where it was; else the recipe is run anew, which makes the same frames.
    """

    priority: ClassVar[int] = 3
    recipe: Recipe | None
    after: Frame | None = None
    every: int = 1
    go_on: Frame | None = None


@dataclass(frozen=True, eq=False)
class PredictionReply(Reply):
    """The predicted pictures x̂₀, float32 (B, C, H, W) in [-1, 1]."""

    t: int
    x0_hat: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PredictionRequest(Request[PredictionReply]):
    """Predict the pictures x̂₀ from x_t, (B, C, H, W), at t."""

    priority: ClassVar[int] = 1
    x_t: NDArray[np.float32]
    t: int
    conditions: tuple[Point, ...] = ()
    guidance: float = 1.0


@dataclass(frozen=True, eq=False)
class NoiseReply(Reply):
    """The noise of a seed, float32 (C, H, W)."""

    seed: int
    noise: NDArray[np.float32]


@dataclass(frozen=True)
class NoiseRequest(Request[NoiseReply]):
    """The noise that picture 0 of a tape of this seed starts from, or is noised with."""

    priority: ClassVar[int] = 1
    seed: int


@dataclass(frozen=True, eq=False)
class IdealReply(Reply):
    """What the ideal denoiser makes of some frames of one picture; see `latentlab.core.ideal_denoiser`.

    Attributes:
        t: the times of these n frames.
        picture: as in the request.
        mean: E[x_0 | x_t], float32 (n, C, H, W) in [-1, 1].
        nearest: the training pictures of the largest weights, the largest first, uint8 (n, k, C, H, W).
        weights: these weights, float64 (n, k).
        effective: how many pictures share the weight, (n,).
        among: how many training pictures the mean is over.
        words: which these are.
        exact: whether they are, to the bit, what the model learnt from, as far as its file says.
    """

    t: tuple[int, ...]
    picture: object
    mean: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    weights: NDArray[np.float64]
    effective: NDArray[np.float64]
    among: int
    words: str
    exact: bool


@dataclass(frozen=True, eq=False)
class IdealRequest(Request[IdealReply]):
    """What the ideal denoiser makes of one picture at some frames of its tape.

    Attributes:
        x_t: the noisy picture at each frame, (n, C, H, W); the one that is wanted first comes first.
        t: the times of the frames.
        condition: what the model was asked for there; () for nothing.
        picture: anything that says which picture of which tape it is; it is sent back.
    """

    priority: ClassVar[int] = 2
    x_t: NDArray[np.float32]
    t: tuple[int, ...]
    condition: Point = ()
    picture: object = None
