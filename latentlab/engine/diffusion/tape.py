"""A tape of a reverse diffusion in memory: its frames as arrays, and how to show them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.noising import NOISE_REACH, noise_in
from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.runner import Frame, as_pictures
from latentlab.engine.files.export import Picture, sheet
from latentlab.errors import LabError

SHOWS = ("xt", "x0", "noise")
GAP, _BETWEEN, GROUND = 1, 2, 128


@dataclass(frozen=True)
class Look:
    """What to show of a tape.

    Attributes:
        show: of SHOWS, from left to right: x_t, the predicted picture, the predicted noise.
        picture: the number of the one picture, from 0; None for the whole batch.

    Raises:
        LabError: for anything else.
    """

    show: tuple[str, ...] = ("xt",)
    picture: int | None = None

    def __post_init__(self) -> None:
        odd = [name for name in self.show if name not in SHOWS]
        if odd or not self.show or len(set(self.show)) < len(self.show):
            what = f"nothing called {odd[0][:40]!r} can be shown" if odd else "each can be shown once"
            raise LabError(what, hint=f"Known: {', '.join(SHOWS)}")

    def require(self, count: int) -> None:
        """Refuses a picture number outside a batch of `count`."""
        if self.picture is not None and not 0 <= self.picture < count:
            raise LabError(f"there is no picture {self.picture}; the tape has {count}, numbered from 0")

    def pictures(self, frame: Frame, alpha_bar: NDArray[np.float64]) -> list[list[Picture]]:
        """The pictures of a frame, a list for each of `show`."""
        chosen = slice(None) if self.picture is None else slice(self.picture, self.picture + 1)
        return [as_pictures(_values(frame, name, alpha_bar)[chosen]) for name in self.show]

    def page(self, frame: Frame, alpha_bar: NDArray[np.float64]) -> Picture:
        """A frame as one picture: an almost square sheet for each of `show`, side by side."""
        pages = [
            sheet(some, columns=math.ceil(math.sqrt(len(some)))) for some in self.pictures(frame, alpha_bar)
        ]
        return sheet(pages, columns=len(pages), gap=_BETWEEN, background=GROUND)

    def column(self, frame: Frame, alpha_bar: NDArray[np.float64]) -> Picture:
        """A frame as a column of a strip: what is shown of each picture, one below the other."""
        shown = zip(*self.pictures(frame, alpha_bar), strict=True)
        return sheet([picture for one in shown for picture in one], columns=1, gap=GAP, background=GROUND)


@dataclass(frozen=True, eq=False)
class Tape:
    """The frames of a tape as arrays: N frames of B pictures (C, H, W).

    Attributes:
        t: the time of each frame, int64 (N,), from the most noise to 0.
        x_t: the noisy pictures, float32 (N, B, C, H, W).
        x0_hat: the predicted pictures, in [-1, 1], of the same shape.
        alpha_bar: abar_t of each frame, how much of the picture's variance is left; float64 (N,).
        recipe: what made them.
    """

    t: NDArray[np.int64]
    x_t: NDArray[np.float32]
    x0_hat: NDArray[np.float32]
    alpha_bar: NDArray[np.float64]
    recipe: Recipe

    @classmethod
    def of(cls, frames: Sequence[Frame], alpha_bar: NDArray[np.float64], recipe: Recipe) -> Tape:
        """Makes a tape of frames; alpha_bar is the schedule's, (T + 1,)."""
        t = np.array([frame.t for frame in frames], dtype=np.int64)
        x_t, x0_hat = (np.stack([getattr(frame, name) for frame in frames]) for name in ("x_t", "x0_hat"))
        return cls(t, x_t, x0_hat, alpha_bar[t], recipe)

    @property
    def noise_hat(self) -> NDArray[np.float32]:
        """The predicted noise, float32 (N, B, C, H, W); 0 where there is none."""
        return np.stack(list(map(noise_in, self.x_t, self.x0_hat, map(float, self.alpha_bar))))

    @property
    def pictures(self) -> NDArray[np.float32]:
        """The final pictures, float32 (B, C, H, W) in [0, 1]."""
        last: NDArray[np.float32] = (np.clip(self.x_t[-1], -1.0, 1.0) + np.float32(1.0)) / np.float32(2.0)
        return last


def _values(frame: Frame, name: str, alpha_bar: NDArray[np.float64]) -> NDArray[np.float32]:
    if name == "noise":
        return frame.noise_hat(alpha_bar) / np.float32(NOISE_REACH)
    return frame.x_t if name == "xt" else frame.x0_hat
