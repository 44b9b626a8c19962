"""A loaded model in the Python API: encode, decode, sample, diffuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from latentlab.api_arrays import as_bytes, as_pictures, as_points, as_tensor, floats_in_chunks
from latentlab.engine.attributes.conditions import condition_from
from latentlab.engine.attributes.directions import Directions as Directions  # offered here, too
from latentlab.engine.attributes.inverting import Inverted, invert_pictures
from latentlab.engine.diffusion.recipes import FromNoise, Recipe, SamplerSettings, Start
from latentlab.engine.diffusion.sampling import (
    Condition,
    asked_by,
    conditions_asked_for,
    sampled,
    start_from,
    taped,
)
from latentlab.engine.diffusion.tape import Tape as Tape
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard
from latentlab.engine.inference.inversion_plan import (
    InversionPlan,
    require_invertible,
)
from latentlab.engine.inference.sampling import decode_in_chunks, draw_in_chunks, points_of, require_decoder
from latentlab.engine.inference.translating import require_translator, translated
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Denoises, Encodes


@dataclass(frozen=True, eq=False)
class Posteriors:
    """q(z|x) of N pictures, diagonal Gaussians: `mean` and standard deviation `sigma`, float32 (N, D)."""

    mean: NDArray[np.float32]
    sigma: NDArray[np.float32]


class Model:
    """A model in memory, ready to encode and decode. Made by `load_model`."""

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded

    def __repr__(self) -> str:
        return f"<latentlab.Model {self.name!r}: {self.card.kind}, pictures {self.picture_shape}>"

    @property
    def name(self) -> str:
        """The name of a shipped model, or of the file without its ending."""
        return self._loaded.name

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._loaded.path

    @property
    def card(self) -> ModelCard:
        """Its kind, config, training data, figures and the command that trains it again."""
        return self._loaded.card

    @property
    def hash(self) -> str:
        """The first 12 hexadecimal digits of its file's SHA-256; exported pictures carry it."""
        return self._loaded.hash

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""
        model = self._loaded.model
        return model.latents if isinstance(model, Encodes) else self._decoder().latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the pictures that it makes or looks at."""
        shape: tuple[int, int, int] = self._loaded.model.picture_shape  # type: ignore[assignment]
        return shape

    def encode(self, images: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Encodes pictures: the means of their posteriors, never draws.

        Args:
            images: (N, C, H, W); (N, H, W) or (H, W) for grey; (C, H, W) for one picture. Unsigned
                bytes from 0 black to 255 white, or floats in [0, 1].

        Returns:
            float32 (N, D), in units of the prior's standard deviation.

        Raises:
            LabError: for another shape, type or range, NaN, or a model without an encoder.
        """
        return self.posterior(images).mean

    @torch.no_grad()
    def posterior(self, images: ArrayLike | Tensor) -> Posteriors:
        """q(z|x) of each picture, mean and standard deviation; takes what `encode` takes."""
        model = self._loaded.model
        if not isinstance(model, Encodes):
            raise LabError(f"{self.name} does not encode pictures")
        pictures = as_pictures(images, self.picture_shape)
        means, sigmas = [np.empty((0, self.latents), np.float32)], [np.empty((0, self.latents), np.float32)]
        device = next(self._loaded.model.parameters()).device
        for some in floats_in_chunks(pictures):
            posterior = model.encode(some.to(device))
            means.append(posterior.mean.cpu().numpy())
            sigmas.append(torch.exp(0.5 * posterior.log_variance).cpu().numpy())
        return Posteriors(np.concatenate(means), np.concatenate(sigmas))

    def decode(self, z: ArrayLike | Tensor, *, condition: Condition | None = None) -> NDArray[np.float32]:
        """The expected pictures at points of the latent space.

        Args:
            z: (N, D), or (D,) for one point.
            condition: of a conditional model, see `sample`; attributes that are not named are 0.

        Returns:
            float32 (N, C, H, W) in [0, 1]; N is 1 for a single point.

        Raises:
            LabError: for another shape, numbers that are not finite, or a condition that it does not have.
        """
        model = self._loaded.model
        y = None if condition is None else condition_from(model, asked_by(model, condition))
        return self._pictures(decode_in_chunks(model, as_points(z, self.latents), y=y))

    def sample(
        self,
        n: int,
        seed: int = 0,
        *,
        draw: bool = False,
        condition: Condition | None = None,
        sampler: str = "ddim",
        steps: int = 50,
        eta: float = 0.0,
        guidance: float = 1.0,
    ) -> NDArray[np.float32]:
        """Pictures drawn from the model; the same seed gives the same pictures.

        A model with a latent space decodes `n` draws of its prior (of N(0, I), if it has none); a diffusion
        model denoises `n` draws of noise; any other has its own way.

        Args:
            n: how many, 0 or more.
            seed: 0 or more.
            draw: pictures drawn from p(x|z) instead of the expected ones; not of a diffusion model.
            condition: the condition of all samples: a class such as "3" or 3, or attributes such
                as "Hat=1,Smiling=0" or {"Hat": 1.0}. What is not named is drawn for each, as it occurs in the
                data. Without any, a diffusion model has all drawn so; another takes its first class, or
                no attributes.
            sampler, steps, eta, guidance: of a diffusion model alone; see `diffuse`.

        Returns:
            float32 (n, C, H, W) in [0, 1].

        Raises:
            LabError: for a number that is out of range, or something that means nothing for this model.
        """
        _require_draws(n, seed)
        sampler_settings = SamplerSettings(sampler, steps, eta, guidance, seed=seed)
        if isinstance(self._loaded.model, Denoises):
            if draw:
                raise LabError(f"draw means nothing for {self.name}: its pictures are always drawn")
            return sampled(self._loaded, sampler_settings, n, condition)
        if sampler_settings != SamplerSettings(seed=seed):
            raise LabError(f"{self.name} is not a diffusion model: it has no sampler, steps, eta or guidance")
        y = None if condition is None else conditions_asked_for(self._loaded, condition, n, seed)
        model = self._loaded.model
        if not isinstance(model, Decodes):
            if draw:
                raise LabError(f"draw means nothing for {self.name}: its pictures are always drawn")
            return self._pictures(draw_in_chunks(model, n, seed, y=y))
        z = points_of(model, n, seed)
        return self._pictures(decode_in_chunks(model, z, y=y, draw=draw, seed=seed))

    def diffuse(
        self,
        n: int = 16,
        seed: int = 0,
        *,
        condition: Condition | None = None,
        sampler: str = "ddim",
        steps: int = 50,
        eta: float = 0.0,
        guidance: float = 1.0,
        image: ArrayLike | Tensor | None = None,
        strength: float = 0.5,
        mask: ArrayLike | Tensor | None = None,
        repeats: int = 5,
    ) -> Tape:
        """The reverse diffusion from noise to pictures, with every step; for diffusion models only.

        Args:
            n: pictures, 1 to 64.
            seed: 0 or more; picture i is the same whatever `n` is, and that of `sample`.
            condition: as for `sample`; with an image and no condition, sampling is unconditional.
            sampler: "ddim", "ddpm" (ancestral) or "dpm++" (DPM-Solver++ 2M).
            steps: from pure noise to the pictures, up to the times T of the model.
            eta: the share of noise in the steps of "ddim", 0 to 1.
            guidance: of the condition (classifier-free): 1 as it was learnt, 0 ignores it, up to 20.
            image: a picture to start from, as `encode` takes it, noised first (SDEdit).
            strength: how far the picture is noised, 0 to 1.
            mask: (H, W), not 0 where the image has a hole: that is filled, and the rest kept (RePaint).
            repeats: how often each step is made to fill a hole, 1 to 50.

        Returns:
            a `Tape`: t (N,), x_t and x0_hat (N, n, C, H, W) in [-1, 1] where there is no noise, N being steps
            (fewer from a picture) + 1; and `pictures` (n, C, H, W) in [0, 1].

        Raises:
            LabError: for a model that is no diffusion model, or a number that is out of range.
        """
        _require_draws(n, seed)
        sampler_settings = SamplerSettings(sampler, steps, eta, guidance, seed=seed)
        start: Start = FromNoise()
        if image is not None:
            pictures = as_pictures(image, self.picture_shape)
            hole = None if mask is None else as_tensor(mask, "mask").numpy()
            start = start_from(as_bytes(pictures), strength, hole, repeats)
        elif mask is not None:
            raise LabError("a mask needs an image, and none was given")
        return taped(self._loaded, Recipe(n, sampler_settings, start), condition)

    @torch.no_grad()
    def translate(self, images: ArrayLike | Tensor, *, whole: bool = False) -> NDArray[np.float32]:
        """Makes pictures of other pictures; for models that translate only.

        Args:
            images: sources (N, C', H, W), such as outlines, black on white; with `whole` pictures of the
                data (N, C, H, W), whose sources are taken first. As for `encode` otherwise.

        Returns:
            float32 (N, C, H, W) in [0, 1].

        Raises:
            LabError: for another shape, type or range, NaN, or a model that does not translate.
        """
        model = require_translator(self._loaded.model, self.name)
        pictures = as_pictures(images, model.picture_shape if whole else model.source_shape)
        made = [np.empty((0, *model.target_shape), np.float32)]
        device = next(self._loaded.model.parameters()).device
        for some in floats_in_chunks(pictures):
            x = some.to(device)
            made.append(translated(model, model.source_of(x) if whole else x).numpy())
        return np.concatenate(made)

    def invert(
        self,
        images: ArrayLike | Tensor,
        condition: Condition | None = None,
        *,
        steps: int = 200,
        starts: int = 4,
        seed: int = 0,
        path: bool = False,
    ) -> Inverted:
        """Finds the z from which the model makes pictures, by gradient descent; for models that invert only.

        Args:
            images: as for `encode`.
            condition: of all of them, as for `sample`; None to try each class, or to take the attributes that
                the classifier of the data sees.
            steps: of the descent.
            starts: descents begun for each picture.
            seed: of the draws of the prior that are starts.
            path: whether z at each step is kept.

        Raises:
            LabError: for another shape, type or range, NaN, a model that cannot be inverted so, or a path
                that would take more than a gibibyte.
        """
        model = require_invertible(self._loaded.model, self.name)
        pictures = as_pictures(images, model.picture_shape)
        x = pictures.float() / 255.0 if pictures.dtype == torch.uint8 else pictures
        y = None if condition is None else condition_from(model, asked_by(model, condition))
        plan = InversionPlan(steps=steps, starts=starts, seed=seed)
        return invert_pictures(self._loaded, x, y, plan, path=path)

    def _decoder(self) -> Decodes:
        return require_decoder(self._loaded.model, self.name)

    def _pictures(self, chunks: Iterator[Tensor]) -> NDArray[np.float32]:
        return np.concatenate(
            [np.empty((0, *self.picture_shape), np.float32), *(chunk.numpy() for chunk in chunks)]
        )


def _require_draws(n: int, seed: int) -> None:
    if n < 0 or not 0 <= seed < 2**63:
        raise LabError(f"n = {n} and seed = {seed}; expected whole numbers from 0")
