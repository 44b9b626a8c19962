"""Presets of the training form: models to start with, and when to choose which.

A `Choice` is what the user sees; `fields_of` turns it into the fields of a model's config. Options and
presets are declared by every kind of model: see `latentlab.models.spec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from latentlab.engine.training.plan import TrainingPlan, means_something, round_of, usual_plan
from latentlab.errors import LabError
from latentlab.models.capabilities import makes_pictures
from latentlab.models.registry import KINDS, find_kind
from latentlab.models.spec import KindSpec
from latentlab.models.spec import Preset as OfKind

# The batch size of a first training.
_BATCH, _MANY = 128, 30_000
_MOST_EPOCHS = 300
# The least steps in an epoch of few pictures, and the largest share of warm-up steps.
_STEPS_AN_EPOCH, _WARMUP_SHARE = 4, 8
# Fields without a row in the training form.
_NEVER_ASKED = ("gradient_norm", "weight_decay")
# In all, held-out ones included: below the first, nothing can be learnt; below the second, a model soon
# overfits.
FEWEST_PICTURES, FEW_PICTURES = 8, 500
_NEEDED = f"At least {FEWEST_PICTURES} are needed, and hundreds are better"


@dataclass(frozen=True)
class Choice:
    """What to train.

    Attributes:
        kind: a name in `latentlab.models.registry.KINDS`.
        values: what is chosen of it, by the names of the kind's options.
        beta: the weight of the KL, where there is one.
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    beta: float = 1.0

    @classmethod
    def of(cls, kind: str, beta: float = 1.0, **values: Any) -> Choice:
        """A choice of a kind: its options' defaults, except for `values`.

        Raises:
            LabError: for an unknown kind, or a value that is no option of it.
        """
        defaults = find_kind(kind).defaults()
        if unknown := sorted(values.keys() - defaults.keys()):
            raise LabError(f"{unknown[0]!r} is nothing to choose of a {kind}", hint=f"Known: {[*defaults]}")
        return cls(kind, {**defaults, **values}, beta)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Preset:
    """A named choice, and a line on when to take it; `first_for` "grey" or "colour" pictures, or ""."""

    title: str
    when: str
    choice: Choice
    first_for: str = ""


def trained_in_window() -> tuple[KindSpec, ...]:
    """The kinds that can be shown in the window: those that make pictures."""
    return tuple(kind for kind in KINDS.values() if makes_pictures(kind.capabilities))


def presets() -> tuple[Preset, ...]:
    """The presets of all kinds that can be trained in the window; a kind without any gets a default one."""
    named = (
        (kind.name, preset)
        for kind in trained_in_window()
        for preset in kind.presets or (OfKind(kind.label, kind.when),)
    )
    return tuple(
        Preset(one.title, one.when, Choice.of(kind, one.beta, **one.values), one.first_for)
        for kind, one in sorted(named, key=lambda each: each[1].place)
    )


def fields_of(choice: Choice, shape: tuple[int, int, int] | None = None) -> dict[str, Any]:
    """The fields of the model's config, without those from the data, for pictures of (C, H, W)."""
    return find_kind(choice.kind).fields_of(choice.values, shape)


def epochs_for(count: int, kind: str) -> int:
    """A good number of epochs for so many pictures: few pictures have to be seen more often."""
    if not means_something("epochs", kind) or round_of(kind) == "pass":
        return usual_plan(kind).epochs
    about = find_kind(kind)
    return min(_MOST_EPOCHS, max(about.fewest_epochs, round(about.seen / max(1, count))))


def batch_for(count: int, kind: str) -> int:
    """A batch size for so many pictures in all, held-out ones included.

    For few pictures, more and smaller steps get further in the same time; never larger than the training
    split.
    """
    most = min(usual_plan(kind).batch, _BATCH if count >= _MANY else _BATCH // 2)
    some = max(1, count // _STEPS_AN_EPOCH)
    return min(most, 1 << (some.bit_length() - 1))


def plan_for(
    kind: str,
    count: int,
    learning: int,
    *,
    parts: int = 1,
    epochs: int | None = None,
    batch: int | None = None,
) -> TrainingPlan:
    """The plan to start with for so many pictures.

    Args:
        kind: the kind of model.
        count, learning: pictures in all, and without those that are held out.
        parts: the processes that share each batch evenly.
        epochs, batch: the user's choices, if any.
    """
    if batch is None:
        fitting = max(1, min(batch_for(count, kind), learning))
        batch = max(parts, fitting - fitting % parts)
    if epochs is None:
        epochs = epochs_for(count, kind)
    return with_fitting_warmup(replace(usual_plan(kind), epochs=epochs, batch=batch), learning)


def with_fitting_warmup(plan: TrainingPlan, learning: int) -> TrainingPlan:
    """The plan with a warm-up that is short relative to its steps."""
    steps = plan.epochs * max(1, learning // plan.batch)
    return replace(plan, warmup_steps=min(plan.warmup_steps, steps // _WARMUP_SHARE))


def fields_for(kind: str, shape: tuple[int, int, int], given: Mapping[str, Any]) -> dict[str, Any]:
    """What to propose for a model's config for pictures of (C, H, W), besides the `given` fields."""
    return find_kind(kind).proposed(shape, given)


def few_in_words(learning: int, unknown: int = 0) -> str:
    """Advice for training on so few pictures; "" if there are many, or the number is unknown.

    `unknown` more pictures are not learnt from, because their condition is not known.
    """
    return " ".join(filter(None, (_unknown_in_words(learning, unknown), _few_in_words(learning))))


def _unknown_in_words(learning: int, unknown: int) -> str:
    if not unknown:
        return ""
    return (
        f"Of the {learning + unknown:,} training pictures {unknown:,} "
        f"{'is' if unknown == 1 else 'are'} left out, because the class or the attributes that "
        "this model needs are not known there."
    )


def _few_in_words(learning: int) -> str:
    if not 0 < learning < FEW_PICTURES:
        return ""
    return (
        f"{learning} pictures are few: a model soon overfits. Watch the figures of the held-out "
        "pictures, and stop when they get worse."
    )


def too_few_in_words(count: int) -> str:
    """Why so many pictures in all, held-out ones included, are too few; "" if they are enough, or the number
    is unknown (0).
    """
    if not 0 < count < FEWEST_PICTURES:
        return ""
    return f"{count} {'picture is' if count == 1 else 'pictures are'} too few to train on. {_NEEDED}."


def require_enough(learning: int, held_out: int, name: str) -> None:
    """Refuses a data set of too few pictures to train on.

    Raises:
        LabError: saying how many there are and how many are needed.
    """
    if learning + held_out < FEWEST_PICTURES:
        raise LabError(f"{name} has {learning + held_out} pictures, too few to train on", hint=_NEEDED)
    if learning < 2:
        raise LabError(
            f"of the {learning + held_out:,} pictures of {name} only {learning} is there to learn from, "
            f"{held_out:,} are held out",
            hint="Move some test pictures to the training split",
        )


def of_kind(plan: TrainingPlan, kind: str, before: str = "") -> TrainingPlan:
    """A plan adapted from another kind of model, `before`: fields that the user did not choose, that have no
    effect there, or that the form does not show get the new kind's defaults; batch size and epochs stay.
    """
    usual, was = usual_plan(kind), usual_plan(before or kind)
    return replace(
        plan,
        **{
            one.name: getattr(usual, one.name)
            for one in fields(plan)
            if one.name not in ("epochs", "batch")
            and (
                one.name in _NEVER_ASKED
                or not means_something(one.name, kind)
                or (before and getattr(plan, one.name) == getattr(was, one.name))
            )
        },
    )


def suited_to(shape: tuple[int, int, int]) -> Preset:
    """The preset to start with for pictures of (C, H, W)."""
    pictures = "grey" if shape[0] == 1 else "colour"
    every = presets()
    return next((preset for preset in every if preset.first_for == pictures), every[0])


def preset_of(kind: str, shape: tuple[int, int, int] | None = None) -> Preset:
    """The preset of a kind to start with, for pictures of (C, H, W) where they are known."""
    own = [preset for preset in presets() if preset.choice.kind == kind]
    pictures = "" if shape is None else "grey" if shape[0] == 1 else "colour"
    return next((preset for preset in own if pictures and preset.first_for == pictures), own[0])
