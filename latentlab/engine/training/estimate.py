"""How fast a model would be trained on this machine, measured by some steps on noise.

One thread and 32-bit numbers, so that it costs the rest of the machine little: a training is no slower.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import torch

from latentlab.engine.training.objectives import phases_of
from latentlab.engine.training.plan import TrainingPlan
from latentlab.models.players import Batch, Moment, as_objective
from latentlab.models.registry import build, find_kind

# A first step of few pictures says whether one of a whole batch would take too long.
_FEW, _LONG_S, _STEPS = 8, 0.25, 3
# What a held-out picture costs, of one that is learnt from.
_JUDGED = 0.4
# Stand-ins for what the data would say.
_CONDITIONS, _COLOURS = ("a", "b"), ("00", "ff")


def images_per_second(
    kind: str, fields: Mapping[str, Any], shape: tuple[int, int, int], plan: TrainingPlan
) -> float | None:
    """Pictures of (C, H, W) a second; None where it is not trained by gradients."""
    given: dict[str, Any] = {**fields, "shape": shape}
    if find_kind(kind).needs_conditions:
        given["condition_names"] = _CONDITIONS
    if fields.get("likelihood") == "palette":
        given["palette"] = tuple(colour * shape[0] for colour in _COLOURS)
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        model = build(kind, given).train()
    objective = next(filter(None, (as_objective(phase.work) for phase in phases_of(model, plan))), None)
    if objective is None:
        return None
    noise = torch.Generator().manual_seed(0)
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def seconds(count: int) -> float:
        x = torch.rand((count, *shape), generator=noise)
        y = torch.zeros(count, len(_CONDITIONS)) if "condition_names" in given else None
        started = time.perf_counter()
        for player in objective.players:
            loss, _ = objective.loss(model, Batch(x, y=y), noise, Moment(), player.name)
            torch.autograd.grad(loss, weights, allow_unused=True)
        return time.perf_counter() - started

    few = min(_FEW, plan.batch)
    seconds(few)
    one = seconds(few)
    if one * plan.batch / few > _LONG_S:
        return few / one
    return plan.batch / min(seconds(plan.batch) for _ in range(_STEPS))


def seconds_for(rate: float, plan: TrainingPlan, learning: int, held_out: int) -> float:
    """How long a training takes at so many images a second."""
    steps = plan.epochs * max(1, learning // plan.batch)
    return (steps * plan.batch + plan.epochs * _JUDGED * held_out) / max(rate, 1e-9)
