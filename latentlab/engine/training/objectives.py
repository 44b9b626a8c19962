"""The phases of a model's training, as the model itself declares them."""

from __future__ import annotations

from latentlab.errors import LabError
from latentlab.models.players import Objective, Phase, Settings, as_objective
from latentlab.models.training import Fits, Learns, LearnsInPhases, TrainsByImportance


def phases_of(model: object, settings: Settings) -> tuple[Phase, ...]:
    """The phases of a model's training, in order; most models have one.

    Raises:
        LabError: if the model cannot be trained, or not with importance samples.
    """
    if not isinstance(model, Fits | Learns | LearnsInPhases):
        raise LabError(f"a {type(model).__name__} has no objective to train")
    if settings.importance_samples > 1 and not isinstance(model, TrainsByImportance):
        raise LabError("such a model cannot be trained with importance samples")
    if isinstance(model, LearnsInPhases):
        phases = model.phases(settings)
        if not 0 < len(phases) <= max(1, settings.epochs):
            names = ", then ".join(phase.name for phase in phases)
            few = "1 epoch is" if settings.epochs == 1 else f"{settings.epochs} epochs are"
            raise LabError(
                f"such a model is trained in {len(phases)} phases ({names}), and {few} too few",
                hint=f"Choose {len(phases)} epochs or more (window: Options …; command line: --epochs)",
            )
        return phases
    work = model.fitting(settings) if isinstance(model, Fits) else model.objective(settings)
    return (Phase("", work),)


def objective_of(model: object, settings: Settings) -> Objective:
    """The objective of a model with a single phase that is not fitted.

    Raises:
        LabError: as `phases_of`, or if it is fitted.
    """
    work = as_objective(phases_of(model, settings)[0].work)
    if work is None:
        raise LabError(f"a {type(model).__name__} is fitted, and has no objective")
    return work
