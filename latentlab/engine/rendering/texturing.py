"""Textures of pictures, and what the theory takes a picture apart into. No model is needed.

draw(pixels, TextureRecipe("rpn", (512, 512), seed=0))      uint8 (H, W[, 3]) -> uint8 of the size asked for
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core.texture import between, periodic_and_smooth, spot, spot_noise, texture
from latentlab.engine.rendering.texture_recipe import LEAST_SIDE, TextureRecipe
from latentlab.engine.types import Picture
from latentlab.errors import LabError


def draw(pixels: Picture, recipe: TextureRecipe, other: Picture | None = None) -> Picture:
    """The texture of a picture, or of one between two.

    Raises:
        LabError: if a picture is too small.
    """
    generator = torch.Generator().manual_seed(recipe.seed)
    h = _planes(pixels)
    if other is None:
        found = texture(
            h, recipe.size, gaussian=recipe.model == "adsn", amount=recipe.amount, generator=generator
        )
        return _picture(found)
    second = _planes(other)
    if len(h) != len(second):
        h, second = (one.expand(3, -1, -1) for one in (h, second))
    size = tuple(max(sides) for sides in zip(recipe.size, h.shape[-2:], second.shape[-2:], strict=True))
    rows, columns = size
    spots = [_normalised(one, (rows, columns)) for one in (h, second)]
    mixed = between(spots[0], spots[1], recipe.toward)
    noise = torch.randn((rows, columns), generator=generator, dtype=torch.float64).float()
    return _picture(spot_noise(mixed, noise, 1)[..., : recipe.size[0], : recipe.size[1]])


def require_large_enough(pixels: Picture, path: str | Path | None = None) -> None:
    """Refuses a picture without a texture, naming its file.

    Raises:
        LabError: if a side of it is too short.
    """
    if min(pixels.shape[:2]) < LEAST_SIDE:
        wide, high = pixels.shape[1], pixels.shape[0]
        raise LabError(
            f"a texture needs a picture of at least {LEAST_SIDE} x {LEAST_SIDE}, not {wide} x {high}", path
        )


def parts(pixels: Picture, size: tuple[int, int]) -> dict[str, Picture]:
    """What the theory takes a picture apart into: its periodic and smooth part, its modulus and phase, and
    its spot in the middle of a canvas of `size` (rows, columns), at least as large as the picture.

    Raises:
        LabError: if the picture is too small.
    """
    h = _planes(pixels)
    whole = max(size[0], h.shape[-2]), max(size[1], h.shape[-1])
    p, s = periodic_and_smooth(h)
    spectrum = torch.fft.fftshift(torch.fft.fft2(p - p.mean((-2, -1), keepdim=True)).mean(0))
    modulus = spectrum.abs().log1p()
    return {
        "periodic": _picture(p),
        "smooth": _picture(s + 0.5),
        "modulus": _picture((modulus / modulus.max().clamp(min=1e-12)).unsqueeze(0)),
        "phase": _picture(((spectrum.angle() + torch.pi) / (2.0 * torch.pi)).unsqueeze(0)),
        "spot": _picture(spot(p, whole)),
    }


def _normalised(h: Tensor, size: tuple[int, int]) -> Tensor:
    """The spot of a picture on a canvas of this size, divided by the root of the picture's own numbers."""
    p, _ = periodic_and_smooth(h)
    known = spot(p, size)
    mean = known.mean((-2, -1), keepdim=True)
    found: Tensor = mean + (known - mean) / (h.shape[-2] * h.shape[-1]) ** 0.5
    return found


def _planes(pixels: Picture) -> Tensor:
    """uint8 (H, W) or (H, W, 3) -> float32 (C, H, W) in [0, 1]."""
    require_large_enough(pixels)
    planes = pixels[..., None] if pixels.ndim == 2 else pixels
    return torch.from_numpy(np.array(planes.transpose(2, 0, 1), order="C")).float() / 255.0


def _picture(planes: Tensor) -> Picture:
    """(C, H, W), clipped to [0, 1] -> uint8 (H, W) or (H, W, 3)."""
    found: NDArray[np.uint8] = (planes.clamp(0.0, 1.0) * 255.0).round().byte().numpy()
    return found[0] if len(found) == 1 else np.ascontiguousarray(found.transpose(1, 2, 0))
