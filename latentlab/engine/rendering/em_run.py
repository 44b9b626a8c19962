"""Runs the EM of a mixture again from the recipe in its file, and draws each half of each pass.

The recipe is the config, with the seed of its starts, and the pictures: the same computer makes the same
steps again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import ModelCard
from latentlab.engine.rendering.em_frames import Frames
from latentlab.engine.rendering.requests.mixture import EMStep
from latentlab.engine.training.distributed import ALONE
from latentlab.engine.training.learner import Situation
from latentlab.engine.training.passes import Passes
from latentlab.engine.training.pictures import Pictures
from latentlab.engine.training.plan import TrainingPlan
from latentlab.errors import LabError
from latentlab.models.base import Fits, HasComponents
from latentlab.models.players import Moment, as_fitting
from latentlab.models.registry import build


@dataclass(frozen=True, eq=False)
class EMProgress:
    """A frame or None, and how many parts of all are done."""

    step: EMStep | None
    done: int
    total: int


def passes_of(card: ModelCard) -> int:
    """The passes of a model's fit, as its file says; 0 if it does not."""
    found = card.metrics.get("epochs", 0)
    return int(found) if isinstance(found, int | float) and 0 < found <= 100_000 else 0


def em_again(card: ModelCard, data: ImageSet, frames: Frames) -> Iterator[EMProgress]:
    """The frames of a fit, in order, with progress between them.

    Args:
        card: of the model; its config and its passes count.
        data: the pictures to fit it to.
        frames: draws.

    Raises:
        LabError: if a model of this kind is not fitted in passes, or has no components.
    """
    passes = passes_of(card)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build(card.kind, card.config)
    if not isinstance(model, Fits) or not isinstance(model, HasComponents) or not passes:
        raise LabError("this model was not fitted by EM, so there are no steps to run again")
    assert isinstance(model, nn.Module)
    plan = TrainingPlan(epochs=passes, device="cpu")
    work = as_fitting(model.fitting(plan))
    assert work is not None
    cpu = torch.device("cpu")
    here = Situation(
        model, copy.deepcopy(model), Pictures(model, data, cpu), plan, ALONE, cpu, torch.Generator()
    )
    learner = Passes(work, here)
    done, total = 0, passes * learner.per_epoch
    drawn: EMStep | None = None
    for passed in range(passes):
        for index in learner.batches(0):
            if drawn is None:
                # Where EM begins is known with the first batch.
                drawn = frames.still(model.as_mixture(), 0)
                yield EMProgress(drawn, done, total)
            learner.step(index, Moment())
            done += 1
            yield EMProgress(None, min(done, total - 1), total)
        assert drawn is not None
        known = model.as_mixture()
        ended = learner.end_epoch(passed)
        log_p = float(learner.learnt(0).values[work.spec.figures[0].name])
        drawn = frames.answered(known, drawn, 2 * passed + 1, log_p)
        yield EMProgress(drawn, min(done, total - 1), total)
        drawn = frames.still(model.as_mixture(), 2 * passed + 2, drawn)
        ended = ended or passed + 1 == passes
        yield EMProgress(drawn, total if ended else done, total)
        if ended:
            return
