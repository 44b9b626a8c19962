"""The model and plan of the next training: proposed from the pictures or chosen by the user. No Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.training.plan import TrainingPlan, means_something, usual_plan
from latentlab.engine.training.presets import (
    Choice,
    Preset,
    batch_for,
    epochs_for,
    of_kind,
    presets,
    suited_to,
)
from latentlab.session.known_data import Known
from latentlab.shipped import model_files

_PLAN = TrainingPlan(epochs=10, learning_rate=1e-3, binarise_input=False)


class Chosen:
    """A model and a plan.

    Attributes:
        choice, plan: the user's, or what is proposed.
        count: the number of pictures, held-out ones included; 0 if unknown.
    """

    def __init__(self) -> None:
        self._preset = presets()[0]
        self.choice, self.plan = self._preset.choice, _PLAN
        self._proposed = _PLAN.epochs, _PLAN.batch
        self.count = 0

    def usual(self, kind: str) -> tuple[int, int]:
        """(epochs, batch) to propose for these pictures."""
        if not self.count:
            return _PLAN.epochs, usual_plan(kind).batch
        return epochs_for(self.count, kind), batch_for(self.count, kind)

    @property
    def proposed(self) -> bool:
        """Whether epochs and batch are the proposed ones, rather than chosen by the user."""
        return (self.plan.epochs, self.plan.batch) == self._proposed

    def suit(self, known: Known) -> Preset | None:
        """Other pictures, and the model to propose for them, unless the user has chosen one.

        A batch size that was chosen for more pictures than there are now is replaced by the proposed one.
        """
        if known.count:
            self.count = known.count
            self._propose()
            if self.plan.batch >= known.count:
                self.plan = replace(self.plan, batch=batch_for(known.count, self.choice.kind))
        if self.choice != self._preset.choice:
            return None
        self._preset = suited_to(known.shape)
        return self._preset

    def take(self, choice: Choice, plan: TrainingPlan) -> None:
        """Takes another choice, from the list or from the options dialog."""
        kind = choice.kind
        if kind != self.choice.kind:
            plan = of_kind(plan, kind, self.choice.kind)
            if (plan.epochs, plan.batch) == self.usual(kind):
                self._proposed = self.usual(kind)
        if means_something("beta", kind):
            plan = replace(plan, beta=choice.beta)
        self.choice, self.plan = choice, plan
        self._propose()

    def weigh(self, beta: float) -> None:
        """Sets the weight of the KL."""
        self.choice, self.plan = replace(self.choice, beta=beta), replace(self.plan, beta=beta)

    def _propose(self) -> None:
        """Proposes epochs and batch for pictures and model, unless the user has chosen others."""
        if self.proposed:
            epochs, batch = self._proposed = self.usual(self.choice.kind)
            self.plan = replace(self.plan, epochs=epochs, batch=batch)


def facts_in_words(known: Known, model: LoadedReply | None) -> str:
    """How many pictures there are; also of how many classes, and how many are held out, if they are open."""
    count = f"{known.count:,} pictures" if known.count else "Pictures"
    words = [f"{count}, {known.shape[1]} × {known.shape[2]} {'grey' if known.shape[0] == 1 else 'in colour'}"]
    if model is not None and model.data == known.spec:
        if len(model.classes) > 1:
            words.append(f"{len(model.classes):,} classes")
        held_out = model.testing or (len(model.images) if model.split == "test" else 0)
        if known.count and 0 < held_out < known.count:
            words.append(f"{known.count - held_out:,} to learn from, {held_out:,} held out")
    return " · ".join(words)


def stem_of(spec: str, choice: Choice) -> str:
    """A name for a model of these pictures: "cats-vae-32d", or "my-mnist-vae-2d" if one ships."""
    latents = f"-{choice['latents']}d" if "latents" in choice.values else ""
    stem = f"{Path(spec.split('::')[0]).stem}-{choice.kind}{latents}"
    return f"my-{stem}" if stem in model_files() else stem
