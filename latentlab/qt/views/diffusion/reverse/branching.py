"""What becomes of a tape's recipe when it branches, or is drawn again under another guidance. Without Qt."""

from __future__ import annotations

import dataclasses

from latentlab.engine.diffusion.recipes import Manner, Recipe


def other_noise(manner: Manner, before: Manner) -> Manner:
    """The manner of a branch off a tape that went in `before`: where it would bring the same pictures again,
    other noise on the way."""
    same = dataclasses.replace(manner, seed=before.seed) == before
    steady = manner.sampler == "dpm++" or (manner.sampler == "ddim" and manner.eta == 0.0)
    if not same or (manner.seed != before.seed and not steady):
        return manner
    seed = manner.seed if manner.seed != before.seed else manner.seed + 1
    if manner.sampler == "dpm++":
        return dataclasses.replace(manner, sampler="ddpm", seed=seed)
    return dataclasses.replace(manner, eta=1.0 if steady else manner.eta, seed=seed)


def guided(recipe: Recipe, guidance: float) -> Recipe:
    """The recipe whose last part follows the conditions so closely; itself if it is told nothing there."""
    manner = dataclasses.replace(recipe.last_manner, guidance=guidance)
    if not manner.conditions:
        return recipe
    if recipe.branches:
        last = dataclasses.replace(recipe.branches[-1], manner=manner)
        return dataclasses.replace(recipe, branches=(*recipe.branches[:-1], last))
    return dataclasses.replace(recipe, manner=manner)
