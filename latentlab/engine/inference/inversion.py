"""Finds the z of a picture by gradient descent, for a model that decodes and can be inverted.

    z* = argmin over z of  L(z),  L the model's `inversion_error`    z = T(u), u ~ N(0, I), if p(z) has a T
    u <- u - r(t) m / (sqrt(v) + eps)      Adam,   r(t) = r min(1, 20 t / T) (1 + cos(pi t / T)) / 2

It begins at the encoder's answer, where there is an encoder, and at the best of some draws of the prior. An
unknown class is found by trying each of them. After an eighth, a quarter and half of the steps the worse half
of the starts is given up (successive halving). What is kept is the best z that was met, so that no picture
ends worse than it began.

Sources: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold (2016), for the encoder's
answer as a start; Creswell & Bharath, Inverting the Generator of a GAN (2018), for log p(z) in the error;
Karras et al., Analyzing and Improving the Image Quality of StyleGAN (2020), appendix D, for the schedule;
Jamieson & Talwalkar, Non-stochastic Best Arm Identification (2016), for successive halving.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor

from latentlab.engine.inference.inversion_plan import (
    USUAL,
    Inversion,
    InversionPlan,
    InversionStep,
    Invertible,
)
from latentlab.engine.inference.inversion_starts import Starts, error_at, from_normal, starts_of
from latentlab.errors import LabError
from latentlab.models.base import prior_of

_BETAS, _EPSILON = (0.9, 0.99), 1e-8
# The share of the steps after which the worse half of the starts is given up.
_HALVED = (0.125, 0.25, 0.5)
_WARM = 0.05
# Pictures descended at once, and decoded at once where there are no gradients.
CHUNK, _DECODED = 32, 250
# Of z at each step, where that is kept.
MOST_PATH_BYTES = 2**30


def invert(
    model: Invertible,
    x: Tensor,
    y: Tensor | None = None,
    plan: InversionPlan = USUAL,
    *,
    path: bool = False,
) -> Generator[InversionStep | None, None, Inversion]:
    """Descends for each of some pictures; a piece of work is a step of all their descents.

    Before the first step starts are ranked, in pieces after which None is given. A picture's result does not
    depend on the others, up to rounding. To stop early, close the generator: the best z so far is that of the
    steps that were given.

    Args:
        model: its weights stay as they are.
        x: (B, C, H, W) in [0, 1] on the model's device.
        y: conditions (B, A); None to try each class, or for a model without conditions.
        path: whether to keep z at each step.

    Raises:
        LabError: where an unknown condition is not one class of several, an error is not finite, or the path
            would take too much memory.
    """
    with torch.inference_mode(False):
        # What inference mode has made cannot be used in a gradient.
        x, y = x.clone(), None if y is None else y.clone()
    starts = yield from starts_of(model, x, y, plan)
    with torch.inference_mode(False):
        descents = _Descents(model, x, starts, plan, path)
    for number in range(plan.steps + 1):
        if number:
            with torch.inference_mode(False):
                if number - 1 in [int(share * plan.steps) for share in _HALVED]:
                    descents.halve()
                descents.step(number, plan)
        yield descents.told(number, plan.steps)
    with torch.inference_mode(False):
        return descents.found()


def _require_room(pictures: int, latents: int, starts: int, plan: InversionPlan) -> None:
    """Refuses a path that would take more than `MOST_PATH_BYTES`.

    Raises:
        LabError: in words.
    """
    most, done = 0.0, starts
    for share in (*_HALVED, 1.0):
        most, done = max(most, done * share), -(-done // 2)
    needed = 4.0 * pictures * latents * (plan.steps + 1) * most
    if needed > MOST_PATH_BYTES:
        raise LabError(
            f"z at each of {plan.steps:,} steps takes {needed / 2**30:.1f} GiB of memory, at most "
            f"{MOST_PATH_BYTES / 2**30:.1f} can be kept",
            hint="Take fewer steps, fewer starts or fewer pictures",
        )


class _Descents:
    """All descents of B pictures: S starts of each, fewer as it goes."""

    def __init__(self, model: Invertible, x: Tensor, starts: Starts, plan: InversionPlan, path: bool) -> None:
        self.model, self.x, self.prior = model, x, prior_of(model)
        self.u, self.y, self.encoder = starts.u, starts.y, starts.encoder
        u = starts.u
        if path:
            _require_room(len(x), u.shape[2], u.shape[1], plan)
        self.m, self.v = torch.zeros_like(u), torch.zeros_like(u)
        self.error, self.gradient = error_at(model, x, u, self.y)
        if not bool(torch.isfinite(self.error).all()):
            raise LabError("the error of the inversion is not finite: the model's outputs overflow")
        self.lowest, self.best = self.error.clone(), u.clone()
        self.at = torch.zeros(u.shape[:2], dtype=torch.int64, device=u.device)
        self.path, self.errors = [u] if path else None, [self.error]

    def step(self, number: int, plan: InversionPlan) -> None:
        """One step of Adam of all."""
        done = (number - 1) / plan.steps
        rate = plan.rate * min(1.0, number / (_WARM * plan.steps)) * 0.5 * (1.0 + math.cos(math.pi * done))
        first, second = _BETAS
        self.m = first * self.m + (1.0 - first) * self.gradient
        self.v = second * self.v + (1.0 - second) * self.gradient.square()
        m, v = self.m / (1.0 - first**number), self.v / (1.0 - second**number)
        self.u = self.u - rate * m / (v.sqrt() + _EPSILON)
        self.error, self.gradient = error_at(self.model, self.x, self.u, self.y)
        # A comparison with NaN is false: what overflows is never the best.
        better = self.error < self.lowest
        self.lowest = torch.where(better, self.error, self.lowest)
        self.best = torch.where(better[..., None], self.u, self.best)
        self.at = torch.where(better, number, self.at)
        if self.path is not None:
            self.path.append(self.u)
        self.errors.append(self.error)

    def halve(self) -> None:
        """Gives up the starts whose best is worse than that of half of them."""
        starts = self.u.shape[1]
        if starts == 1:
            return
        kept = self.lowest.argsort(dim=1, stable=True)[:, : -(-starts // 2)]
        rows = torch.arange(len(kept), device=kept.device)[:, None]
        for name in ("u", "m", "v", "gradient", "error", "lowest", "best", "at", "encoder"):
            setattr(self, name, getattr(self, name)[rows, kept])
        self.y = None if self.y is None else self.y[rows, kept]
        if self.path is not None:
            self.path = [one[rows, kept] for one in self.path]
        self.errors = [one[rows, kept] for one in self.errors]

    def _leaders(self) -> tuple[Tensor, Tensor]:
        """To index the best start of each picture."""
        return torch.arange(len(self.x), device=self.x.device), self.lowest.argmin(1)

    def told(self, number: int, of: int) -> InversionStep:
        """Where it is."""
        at = self._leaders()
        y = None if self.y is None else self.y[at].cpu()
        z = from_normal(self.prior, self.u[at]).float().cpu()
        return InversionStep(number, of, z, y, self.error[at].cpu(), self.u.shape[1])

    def found(self) -> Inversion:
        """The best of all."""
        at = self._leaders()
        y = None if self.y is None else self.y[at].cpu()
        path = None if self.path is None else torch.stack([one[at] for one in self.path])
        errors = torch.stack([one[at] for one in self.errors]).cpu()
        return Inversion(
            z=from_normal(self.prior, self.best[at]).float().cpu(),
            y=y,
            error=self.lowest[at].cpu(),
            began=errors[0],
            path=None if path is None else from_normal(self.prior, path).float().cpu(),
            errors=errors,
            best=self.at[at].cpu(),
            encoder=self.encoder[at].cpu(),
        )


def inverted(
    model: Invertible,
    x: Tensor,
    y: Tensor | None = None,
    plan: InversionPlan = USUAL,
    *,
    path: bool = False,
) -> Generator[float, None, Inversion]:
    """As `invert` for any number of pictures, some at a time; yields the share that is done."""
    if path:
        _require_room(len(x), model.latents, 1, plan)
    parts: list[Inversion] = []
    for first in range(0, len(x), CHUNK):
        some = slice(first, first + CHUNK)
        descent = invert(model, x[some], None if y is None else y[some], plan, path=path)
        while True:
            try:
                step = next(descent)
            except StopIteration as ended:
                parts.append(ended.value)
                break
            share = 0.0 if step is None else (step.number + 1) / (step.of + 1)
            yield (first + share * len(x[some])) / len(x)
    if not parts:
        raise LabError("there is no picture to invert")
    return _joined(parts)


def _joined(parts: list[Inversion]) -> Inversion:
    return Inversion(
        z=torch.cat([one.z for one in parts]),
        y=None if parts[0].y is None else torch.cat([one.y for one in parts if one.y is not None]),
        error=torch.cat([one.error for one in parts]),
        began=torch.cat([one.began for one in parts]),
        path=None
        if parts[0].path is None
        else torch.cat([one.path for one in parts if one.path is not None], dim=1),
        errors=torch.cat([one.errors for one in parts], dim=1),
        best=torch.cat([one.best for one in parts]),
        encoder=torch.cat([one.encoder for one in parts]),
    )


@torch.no_grad()
def pictures_at(model: Invertible, z: Tensor, y: Tensor | None, device: torch.device | str) -> Tensor:
    """G(z, y) of (N, D) and (N, A); -> float32 (N, C, H, W) in [0, 1] on the CPU."""
    made = []
    for first in range(0, len(z), _DECODED):
        some = slice(first, first + _DECODED)
        told = None if y is None else y[some].to(device)
        made.append(model.picture_at(z[some].to(device), told).float().cpu())
    return torch.cat(made)
