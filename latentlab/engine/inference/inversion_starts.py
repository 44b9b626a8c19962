"""Where the descents of an inversion begin: the encoder's answer, and the best of some draws of the prior.

They are ranked by what is descended, under each condition that is tried. The ranking is done in pieces, so
that many draws block nobody and fill no memory.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.engine.inference.inversion_plan import InversionPlan, Invertible
from latentlab.errors import LabError
from latentlab.models.base import Encodes, conditional, prior_of
from latentlab.models.priors import FromNormal, Prior

# Pictures made in one piece, with gradients and without: the smaller, the sooner somebody else has a turn.
_WITH_GRADIENTS, _RANKED = 512, 64


@dataclass(frozen=True, eq=False)
class Starts:
    """S starts of B pictures.

    Attributes:
        u: (B, S, D), in the coordinates that are descended.
        y: (B, S, A), the condition of each; None for a model without.
        encoder: bool (B, S), which are the encoder's answer.
    """

    u: Tensor
    y: Tensor | None
    encoder: Tensor


def starts_of(
    model: Invertible, x: Tensor, y: Tensor | None, plan: InversionPlan
) -> Generator[None, None, Starts]:
    """The best starts of pictures x (B, C, H, W) under y (B, A), or under each class; yields between pieces.

    Raises:
        LabError: where the condition is not known and is not one class of several.
    """
    with torch.inference_mode(False):
        conditions = _conditions(model, x, y)
        drawn, answer = _candidates(model, x, y, plan)
    each = max(1, -(-plan.starts // len(conditions)))
    parts: list[Starts] = []
    for condition in conditions:
        error = yield from _ranked(model, x, condition, drawn, answer)
        with torch.inference_mode(False):
            if answer is not None and each > 1:
                error[:, 0] = -torch.inf  # always a start
            kept = error.argsort(dim=1, stable=True)[:, :each]
            parts.append(_picked(kept, drawn, answer, condition))
    with torch.inference_mode(False):
        return Starts(
            torch.cat([one.u for one in parts], 1),
            None if parts[0].y is None else torch.cat([one.y for one in parts if one.y is not None], 1),
            torch.cat([one.encoder for one in parts], 1),
        )


def error_at(
    model: Invertible, x: Tensor, u: Tensor, y: Tensor | None, slope: bool = True
) -> tuple[Tensor, Tensor]:
    """What is descended (B, S), and its gradient in u (B, S, D); without `slope` u itself in its place."""
    count, starts, _ = u.shape
    flat, prior = u.detach().flatten(0, 1), prior_of(model)
    # The picture of each row, looked up in pieces: S copies of all are many.
    owner = torch.arange(count, device=x.device).repeat_interleave(starts)
    of_y = None if y is None else y.flatten(0, 1)
    errors, gradients = [], []
    for first in range(0, len(flat), _WITH_GRADIENTS):
        some = slice(first, first + _WITH_GRADIENTS)
        with torch.set_grad_enabled(slope):
            place = flat[some].requires_grad_(slope)
            told = None if of_y is None else of_y[some]
            error = model.inversion_error(from_normal(prior, place), x[owner[some]], told)
            gradients.append(torch.autograd.grad(error.sum(), place)[0] if slope else place)
        errors.append(error.detach())
    return torch.cat(errors).view(count, starts), torch.cat(gradients).detach().view_as(u)


def from_normal(prior: Prior, u: Tensor) -> Tensor:
    """z of the coordinates that are descended."""
    return prior.from_normal(u) if isinstance(prior, FromNormal) else u


def _to_normal(prior: Prior, z: Tensor) -> Tensor:
    return prior.to_normal(z) if isinstance(prior, FromNormal) else z


def _candidates(
    model: Invertible, x: Tensor, y: Tensor | None, plan: InversionPlan
) -> tuple[Tensor, Tensor | None]:
    """The draws (M, D), the same for every picture, and the encoder's answers (B, D), if it has one."""
    prior = prior_of(model)
    drawn = prior.draw(plan.draws, torch.Generator().manual_seed(plan.seed)).to(x.device)
    answer = None
    if isinstance(model, Encodes):
        with torch.no_grad():
            answer = _to_normal(prior, model.encode(x, y).mean)
    elif not len(drawn):
        drawn = torch.zeros(1, model.latents, device=x.device)
    return _to_normal(prior, drawn), answer


def _conditions(model: Invertible, x: Tensor, y: Tensor | None) -> list[Tensor | None]:
    """The conditions to try, (B, A) each."""
    known = conditional(model)
    if known is None:
        return [None]
    if y is not None:
        return [y]
    if not known.exclusive:
        raise LabError("the attributes of the picture are not known, and the model needs them")
    return [one.expand(len(x), -1) for one in torch.eye(len(known.condition_names), device=x.device)]


def _ranked(
    model: Invertible, x: Tensor, y: Tensor | None, drawn: Tensor, answer: Tensor | None
) -> Generator[None, None, Tensor]:
    """The errors under one condition: of the encoder's answer, if there is one, then of all draws; (B, C)."""
    with torch.inference_mode(False):
        pieces = [] if answer is None else [answer[:, None]]
        if len(drawn):
            pieces += [some.expand(len(x), -1, -1) for some in drawn.split(max(1, _RANKED // len(x)))]
    errors = []
    for u in pieces:
        with torch.inference_mode(False):
            of_y = None if y is None else y[:, None].expand(-1, u.shape[1], -1)
            errors.append(error_at(model, x, u, of_y, slope=False)[0])
        yield
    with torch.inference_mode(False):
        return torch.cat(errors, 1)


def _picked(kept: Tensor, drawn: Tensor, answer: Tensor | None, y: Tensor | None) -> Starts:
    """The starts of these numbers (B, S), counted as in `_ranked`."""
    of_y = None if y is None else y[:, None].expand(-1, kept.shape[1], -1)
    if answer is None:
        return Starts(drawn[kept], of_y, torch.zeros_like(kept, dtype=torch.bool))
    first = kept == 0
    u = answer[:, None].expand(-1, kept.shape[1], -1)
    if len(drawn):
        u = torch.where(first[..., None], u, drawn[(kept - 1).clamp(min=0)])
    return Starts(u, of_y, first)
