"""What a change of settings or model means for a tape: the recipe, the words for it, and how long it takes.

Without Qt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.models.sampler_names import SAMPLER_LABELS
from latentlab.qt.views.diffusion.text import condition_words

_TO = " → "


def resettled(recipe: Recipe, count: int, sampler_settings: SamplerSettings) -> Recipe:
    """The recipe with other settings in its last part, or in all of it if it has no branches."""
    if not recipe.branches:
        return dataclasses.replace(recipe, count=count, sampler_settings=sampler_settings)
    last = dataclasses.replace(recipe.branches[-1], sampler_settings=sampler_settings)
    return dataclasses.replace(recipe, branches=(*recipe.branches[:-1], last))


def fitted(recipe: Recipe, model: DenoiserReply) -> Recipe:
    """A recipe from noise fitted to a model: unknown conditions are dropped."""
    sampler_settings = recipe.sampler_settings
    if any(len(row) != len(model.condition_names) for row in sampler_settings.conditions):
        sampler_settings = dataclasses.replace(sampler_settings, conditions=(), guidance=1.0)
    return dataclasses.replace(
        recipe,
        sampler_settings=dataclasses.replace(
            sampler_settings, steps=min(sampler_settings.steps, model.steps)
        ),
    )


def changes(before: Recipe, after: Recipe, names: Sequence[str], exclusive: bool) -> str:
    """What differs between the settings of two tapes, as "guidance 1 → 2.5 · seed 0 → 7"; "" for nothing."""
    one, other = before.last_sampler_settings, after.last_sampler_settings
    found: list[tuple[str, object, object]] = [("pictures", before.count, after.count)]
    found.append(("sampler", SAMPLER_LABELS[one.sampler], SAMPLER_LABELS[other.sampler]))
    found.append(("steps", one.steps, other.steps))
    if one.sampler == other.sampler:
        found.append(("eta", f"{one.eta:g}", f"{other.eta:g}"))
    said = [condition_words(each.conditions, names, exclusive) or "no condition" for each in (one, other)]
    found.append(("", said[0], said[1]))
    if one.conditions and other.conditions:
        found.append(("guidance", f"{one.guidance:g}", f"{other.guidance:g}"))
    found.append(("seed", one.seed, other.seed))
    words = [f"{what} {old}{_TO}{new}".strip() for what, old, new in found if old != new]
    if not words and (one != other or before.count != after.count):
        return "condition"
    return " · ".join(words)


def seconds_for(drawn: Recipe, seconds: float, other: Recipe) -> float:
    """About how long a tape takes, by the seconds that another one of the same model took."""
    return seconds * _work(other) / max(1, _work(drawn))


def _work(recipe: Recipe) -> int:
    """The number of pictures that go through the network."""
    sampler_settings = recipe.last_sampler_settings
    # Guidance asks it twice, with the condition and without.
    twice = bool(sampler_settings.conditions) and sampler_settings.guidance not in (0.0, 1.0)
    return recipe.count * sampler_settings.steps * (2 if twice else 1)


def duration(seconds: float) -> str:
    """About so long, in words."""
    if seconds < 1.5:
        return "about a second"
    return f"about {round(seconds)} s" if seconds < 90.0 else f"about {round(seconds / 60.0)} min"
