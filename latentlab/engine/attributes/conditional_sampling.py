"""Conditions for samples of a conditional model that is asked for part of one: "with a hat, not smiling".

What was not asked for is drawn for each sample: a row of the real pictures that agree with what was asked is
chosen, so that attributes that occur together in the data do so here. Without rows, or if none agrees, each
attribute is drawn alone with its frequency in the data. The draws are made on the CPU from a seed, so they
are equal on every device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.report import shown
from latentlab.engine.attributes.conditions import conditions_of, known_to
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.errors import LabError
from latentlab.models.base import Conditional, conditional

# A stream of random numbers separate from that of z, which has the same seed.
_STREAM = 0x7E11


@dataclass(frozen=True, eq=False)
class ConditionFrequencies:
    """What is known of how often conditions occur.

    Attributes:
        rows: the conditions of each real picture, float32 (M, A); None where there are none.
        shares: the frequency of each condition, float32 (A,), 0 to 1.
        source: a text that names their origin.
    """

    rows: Tensor | None
    shares: Tensor
    source: str


@dataclass(frozen=True, eq=False)
class DrawnConditions:
    """The conditions of N samples, float32 (N, A), and a text on how they were drawn ("" if nothing was)."""

    y: Tensor
    origin: str


def frequencies_of(loaded: LoadedModel, data: str | None = None) -> ConditionFrequencies:
    """Of the training split of `data`, by default of what the model learnt from.

    Data that cannot be read, or do not have the model's conditions, are refused only if they were named;
    otherwise the frequencies in the model's file are used, or one half for each attribute.

    Raises:
        LabError: for a model without conditions, or named data that are of no use.
    """
    model = _conditional(loaded.model)
    try:
        source = known_to(model, catalog.load(data_of(loaded, data), "train"))
        rows = conditions_of(model, source)
    except LabError:
        if data is not None:
            raise
        return _from_card(loaded, model)
    assert rows is not None
    if not len(rows):
        return _from_card(loaded, model)
    return ConditionFrequencies(rows, rows.mean(0), f"{source.name} ({source.split})")


def conditions_as_asked(
    model: object,
    asked: Mapping[str, float],
    count: int,
    frequencies: ConditionFrequencies | None,
    seed: int = 0,
) -> DrawnConditions:
    """The conditions of `count` samples: fixed where something is asked, the rest drawn.

    Args:
        model: one with conditions.
        asked: the value of each condition that matters, by name, 0 to 1. One strictly between is used as
            it is, and any row agrees with it. Of classes, at most one may be asked for.
        count: N.
        frequencies: of `frequencies_of`; may be None where nothing is drawn, see `is_settled`.
        seed: of the draws.

    Raises:
        LabError: for a model without conditions, or a name that it does not know.
    """
    known = _conditional(model)
    names = known.condition_names
    for name in asked:
        if name not in names:
            raise LabError(f"no condition is called {shown(name)!r}")
    wanted = torch.tensor([asked.get(name, 0.0) for name in names])
    if is_settled(known, asked):
        return DrawnConditions(wanted.expand(count, -1).clone(), "")
    assert frequencies is not None, "not every attribute is given"
    generator = torch.Generator().manual_seed(seed ^ _STREAM)
    y, origin = _left_to_chance(known, asked, count, frequencies, generator)
    for column, name in enumerate(names):
        if name in asked:
            y[:, column] = asked[name]
    return DrawnConditions(y, origin)


def is_settled(model: object, asked: Mapping[str, float]) -> bool:
    """Whether the request leaves nothing to draw: one class, or every attribute."""
    known = _conditional(model)
    return bool(asked) if known.exclusive else len(asked) == len(known.condition_names)


def _left_to_chance(
    model: Conditional,
    asked: Mapping[str, float],
    count: int,
    frequencies: ConditionFrequencies,
    generator: torch.Generator,
) -> tuple[Tensor, str]:
    if frequencies.rows is not None:
        agrees = torch.ones(len(frequencies.rows), dtype=torch.bool)
        for column, name in enumerate(model.condition_names):
            if asked.get(name) in (0.0, 1.0):
                agrees &= frequencies.rows[:, column] == asked[name]
        rows = frequencies.rows[agrees]
        if len(rows):
            chosen = rows[torch.randint(len(rows), (count,), generator=generator)]
            if not asked:
                return chosen, f"each as one of {len(rows):,} real pictures of {frequencies.source}"
            whose = f"{len(rows):,} of {len(agrees):,} real pictures of {frequencies.source}"
            return chosen, f"the others as in {whose} that match"
        why = f"no picture of {frequencies.source} matches"
    else:
        why = f"known from {frequencies.source}"
    if model.exclusive:
        weights = (
            frequencies.shares
            if float(frequencies.shares.sum()) > 0.0
            else torch.ones_like(frequencies.shares)
        )
        # Torch draws a single number differently from the first of two.
        number = torch.multinomial(weights, max(2, count), replacement=True, generator=generator)[:count]
        y = torch.nn.functional.one_hot(number, len(weights)).float()
    else:
        y = torch.bernoulli(frequencies.shares.expand(count, -1), generator=generator)
    return y, f"the others drawn independently by their frequency ({why})"


def _from_card(loaded: LoadedModel, model: Conditional) -> ConditionFrequencies:
    """The frequencies of the conditions in training, as the model's file says."""
    names = model.condition_names
    known: Any = loaded.card.data.get("attributes")
    # A card can come from anywhere: values outside 0 to 1 are ignored.
    shares = [
        float(known[name])
        for name in names
        if isinstance(known, Mapping) and type(known.get(name)) in (int, float) and 0 <= known[name] <= 1
    ]
    if len(shares) == len(names):
        return ConditionFrequencies(None, torch.tensor(shares), "the model's file")
    return ConditionFrequencies(
        None, torch.full((len(names),), 0.5), "nothing: the training data are not available"
    )


def _conditional(model: object) -> Conditional:
    known = conditional(model)
    if known is None:
        raise LabError("a condition was given, but the model is not conditional")
    return known
