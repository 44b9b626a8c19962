"""Adds noise to pictures and removes it, for the window: numpy alone, because torch takes a second to import.

    x_t       = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise
    noise_hat = (x_t - sqrt(abar_t) x0_hat) / sqrt(1 - abar_t)
    SNR(t)    = abar_t / (1 - abar_t)

The same as `latentlab.core.schedules`, in numpy. Noisy pictures are float32
(..., C, H, W), where 0 and 255 of a finished one are -1 and 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.recipes import Pixels
from latentlab.engine.types import Picture

# Noise of this many standard deviations is black or white wherever noise is shown.
NOISE_REACH = 3.0


def as_bytes(x: NDArray[np.float32], reach: float = 1.0) -> NDArray[np.uint8]:
    """Numbers from -reach to reach as bytes, 0 to 255; values outside are clipped."""
    # In one array: a tape turns many thousand pictures into bytes.
    scaled = np.multiply(x, 127.5 / reach, dtype=np.float32)
    scaled += 128.0  # and half a step, for the cast cuts off
    np.clip(scaled, 0.0, 255.0, out=scaled)
    pictures: NDArray[np.uint8] = scaled.astype(np.uint8)
    return pictures


def as_picture(x: NDArray[np.float32], reach: float = 1.0) -> Picture:
    """One picture (C, H, W) from -reach to reach as uint8 (H, W) or (H, W, 3)."""
    picture = as_bytes(x, reach)
    return picture[0] if len(picture) == 1 else np.ascontiguousarray(picture[:3].transpose(1, 2, 0))


def as_pictures(x: NDArray[np.float32]) -> list[Picture]:
    """(B, C, H, W) in [-1, 1] as uint8 pictures (H, W) or (H, W, 3)."""
    return [as_picture(picture) for picture in x]


def as_x(picture: Picture) -> NDArray[np.float32]:
    """A uint8 picture (H, W) or (H, W, 3) as (C, H, W) in [-1, 1]."""
    planes = picture[None] if picture.ndim == 2 else np.moveaxis(picture, -1, 0)
    return planes.astype(np.float32) / np.float32(127.5) - np.float32(1.0)


def noise_picture(noise: NDArray[np.float32]) -> Picture:
    """Noise (C, H, W) as a picture: 0 is mid-grey, three standard deviations are black and white."""
    return as_picture(noise, NOISE_REACH)


def pixels_of(picture: Picture) -> Pixels:
    """A picture as a recipe stores it."""
    return Pixels(tuple(picture.shape), np.ascontiguousarray(picture).tobytes())


def picture_of(pixels: Pixels) -> Picture:
    """A recipe's picture as a read-only array."""
    return np.frombuffer(pixels.content, np.uint8).reshape(pixels.shape)


def noised(x_0: NDArray[np.float32], alpha_bar: float, noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """x_t of a picture and noise of one shape, where abar_t is `alpha_bar`."""
    x_t: NDArray[np.float32] = (math.sqrt(alpha_bar) * x_0 + math.sqrt(1.0 - alpha_bar) * noise).astype(
        np.float32
    )
    return x_t


def noise_in(x_t: NDArray[np.float32], x0_hat: NDArray[np.float32], alpha_bar: float) -> NDArray[np.float32]:
    """noise_hat: what the predicted picture leaves of x_t; zero where there is no noise."""
    if alpha_bar >= 1.0:
        return np.zeros_like(x_t)
    noise: NDArray[np.float32] = ((x_t - math.sqrt(alpha_bar) * x0_hat) / math.sqrt(1.0 - alpha_bar)).astype(
        np.float32
    )
    return noise


def snr_db(alpha_bar: float) -> float:
    """10 log10 of the signal-to-noise ratio; infinite without noise, or without a picture."""
    if alpha_bar >= 1.0:
        return math.inf
    return -math.inf if alpha_bar <= 0.0 else 10.0 * math.log10(alpha_bar / (1.0 - alpha_bar))
