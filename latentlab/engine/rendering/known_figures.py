"""Which figures of a single picture a model can give."""

from __future__ import annotations

from latentlab.engine.rendering.requests.figures import PICTURE_FIGURES
from latentlab.engine.training.plan import TrainingPlan
from latentlab.models.base import Encodes, HasLikelihood, TellsDensity, has_kl
from latentlab.models.players import Objective
from latentlab.models.training import Learns


def figures_of(model: object) -> tuple[str, ...]:
    """The names of the figures that a model can give of each picture."""
    return tuple(one.name for one in PICTURE_FIGURES if has_figure(model, one.name))


def has_figure(model: object, name: str) -> bool:
    """Whether it can give this one."""
    if not isinstance(model, Encodes):
        return False
    if name in ("elbo", "kl"):
        return isinstance(model, HasLikelihood) and has_kl(model)
    if name == "reconstruction":
        return isinstance(model, HasLikelihood)
    if name == "likelihood":
        return isinstance(model, TellsDensity)
    return name == "density" or objective_of(model) is not None


def objective_of(model: object) -> Objective | None:
    """The objective of a model with a single player; None for another, which has no one loss."""
    if not isinstance(model, Learns):
        return None
    found = model.objective(TrainingPlan())
    return found if len(found.players) == 1 else None
