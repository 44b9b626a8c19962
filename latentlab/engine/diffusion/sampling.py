"""Diffusion sampling for the Python API: conditions from arguments, pictures, tapes as arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentlab.engine.attributes.conditional_sampling import conditions_as_asked, frequencies_of, is_settled
from latentlab.engine.attributes.conditions import asked_of
from latentlab.engine.diffusion.recipes import (
    FromNoise,
    FromPicture,
    Inpainting,
    Recipe,
    SamplerSettings,
    Start,
)
from latentlab.engine.diffusion.runner import Diffusion, pixels_of
from latentlab.engine.diffusion.tape import Tape
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.errors import LabError
from latentlab.models.base import Denoises, conditional

# A class by name or number, attributes as text ("Hat=1,Smiling=0") or by name.
Condition = str | int | Mapping[str, float]


def asked_by(model: object, condition: Condition) -> dict[str, float]:
    """The value of each requested condition, by name; see `asked_of`.

    Raises:
        LabError: for a model without conditions, or one that it does not know.
    """
    if isinstance(condition, Mapping):
        condition = ",".join(f"{name}={float(value)!r}" for name, value in condition.items())
    return asked_of(model, str(condition))


def conditions_asked_for(loaded: LoadedModel, condition: Condition | None, count: int, seed: int) -> Tensor:
    """The conditions of `count` samples, (count, A); what is not asked for is drawn from the data."""
    asked = {} if condition is None else asked_by(loaded.model, condition)
    frequencies = None if is_settled(loaded.model, asked) else frequencies_of(loaded)
    return conditions_as_asked(loaded.model, asked, count, frequencies, seed).y


def as_rows(y: Tensor) -> tuple[tuple[float, ...], ...]:
    """The condition of each picture as sampler settings hold it: a row a picture, or one if all are equal."""
    rows = tuple(map(tuple, y.tolist()))
    return rows[:1] if len(set(rows)) == 1 else rows


def sampled(
    loaded: LoadedModel, sampler_settings: SamplerSettings, count: int, condition: Condition | None
) -> NDArray[np.float32]:
    """Samples of a diffusion model, (count, C, H, W) in [0, 1]."""
    diffusion = _diffusion(loaded)
    sampler_settings = _told(loaded, sampler_settings, count, condition)
    some = list(diffusion.sample(sampler_settings, count))
    empty = np.empty((0, *diffusion.model.picture_shape), np.uint8)
    return np.concatenate([empty, *some]).astype(np.float32) / np.float32(255.0)


def taped(loaded: LoadedModel, recipe: Recipe, condition: Condition | None) -> Tape:
    """All frames of a recipe; from noise, conditions that are not asked for are drawn from the data."""
    diffusion = _diffusion(loaded)
    if condition is not None or recipe.start == FromNoise():
        sampler_settings = _told(loaded, recipe.sampler_settings, recipe.count, condition)
        recipe = dataclasses.replace(recipe, sampler_settings=sampler_settings)
    frames = [frame for frame in diffusion.run(recipe) if frame is not None]
    return Tape.of(frames, diffusion.schedule.alpha_bar.numpy(), recipe)


def start_from(
    picture: NDArray[np.uint8], strength: float, hole: NDArray[np.generic] | None, repeats: int
) -> Start:
    """A picture (C, H, W) to start from, or to fill where `hole` (H, W) is not 0.

    Raises:
        LabError: for a hole of another shape, or a number out of range.
    """
    pixels = pixels_of(picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0))
    if hole is None:
        return FromPicture(pixels, strength)
    if hole.shape != picture.shape[1:]:
        raise LabError(f"a mask of shape {hole.shape}; the picture is {picture.shape[1:]}")
    return Inpainting(pixels, pixels_of(np.where(hole != 0, 255, 0).astype(np.uint8)), repeats)


def _told(
    loaded: LoadedModel, sampler_settings: SamplerSettings, count: int, condition: Condition | None
) -> SamplerSettings:
    if condition is None and conditional(loaded.model) is None:
        return sampler_settings
    return dataclasses.replace(
        sampler_settings,
        conditions=as_rows(conditions_asked_for(loaded, condition, count, sampler_settings.seed)),
    )


def _diffusion(loaded: LoadedModel) -> Diffusion:
    if not isinstance(loaded.model, Denoises):
        raise LabError("is not a diffusion model", loaded.path)
    return Diffusion(loaded.model)
