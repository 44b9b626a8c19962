"""The sampler settings of a branch. Without Qt."""

from __future__ import annotations

import dataclasses

from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.models.sampler_names import ANCESTRAL


def other_noise(sampler_settings: SamplerSettings, before: SamplerSettings) -> SamplerSettings:
    """The sampler settings of a branch off a tape with the settings `before`: where it would give the same
    pictures again, another seed.
    """
    same = dataclasses.replace(sampler_settings, seed=before.seed) == before
    steady = sampler_settings.sampler == "dpm++" or (
        sampler_settings.sampler == "ddim" and sampler_settings.eta == 0.0
    )
    if not same or (sampler_settings.seed != before.seed and not steady):
        return sampler_settings
    seed = sampler_settings.seed if sampler_settings.seed != before.seed else sampler_settings.seed + 1
    if sampler_settings.sampler == "dpm++":
        return dataclasses.replace(sampler_settings, sampler=ANCESTRAL, seed=seed)
    return dataclasses.replace(sampler_settings, eta=1.0 if steady else sampler_settings.eta, seed=seed)
