"""Continuous colours for numbers: perceptually uniform, and readable with any colour vision. Without torch.

A ramp runs through OKLab (Ottosson, A perceptual color space for image processing, 2020): lightness rises
steadily from blue to yellow, which is what people of all colour visions see alike (Nunez, Anderton & Renslow,
Optimizing colormaps with consideration for color vision deficiency, 2018), and the hue turns meanwhile, as in
viridis. Its entries are spaced evenly by distance in OKLab, so that equal steps of a number look equal.

    L = M2 cbrt(M1 rgb_linear)          lab = (L, c cos h, c sin h)
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ENTRIES = 256
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# (lightness, chroma, hue in degrees) along the ramp, on a light and on a dark ground: neither end may vanish.
_KNOTS = {
    False: (
        (0.28, 0.13, 292.0), (0.45, 0.11, 250.0), (0.60, 0.11, 195.0),
        (0.72, 0.14, 150.0), (0.84, 0.17, 96.0),
    ),
    True: (
        (0.40, 0.17, 292.0), (0.54, 0.13, 250.0), (0.68, 0.12, 195.0),
        (0.80, 0.16, 150.0), (0.93, 0.17, 102.0),
    ),
}  # fmt: skip


def to_oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB in [0, 1] as OKLab, (..., 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def to_rgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """OKLab as sRGB, (..., 3); beyond [0, 1] where the screen has no such colour."""
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    small = 12.92 * linear
    rgb: NDArray[np.float64] = np.where(
        linear <= 0.0031308, small, 1.055 * np.cbrt(np.maximum(linear, 0.0)) ** (3 / 2.4) - 0.055
    )
    return rgb


@lru_cache(maxsize=4)
def ramp(dark: bool = False, entries: int = ENTRIES) -> NDArray[np.uint32]:
    """The colours of the lowest to the highest number as opaque ARGB (entries,), for one theme."""
    knots = np.array(_KNOTS[dark])
    place = np.linspace(0.0, 1.0, 2048)
    marks = np.linspace(0.0, 1.0, len(knots))
    lightness, chroma, hue = (_smooth(place, marks, knots[:, column]) for column in range(3))
    lab = _in_gamut(lightness, chroma, np.radians(hue))
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))])
    even = np.linspace(0.0, way[-1], entries)
    spaced = np.stack([np.interp(even, way, lab[:, column]) for column in range(3)], axis=1)
    rgb = np.round(255.0 * np.clip(to_rgb(spaced), 0.0, 1.0)).astype(np.uint32)
    inks = (0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]).astype(np.uint32)
    inks.flags.writeable = False
    return inks


def inks_of(
    values: NDArray[np.float32], low: float, high: float, dark: bool, unknown: int
) -> NDArray[np.uint32]:
    """The ARGB colour (N,) of each number (N,): `low` and less is the first of the ramp, `high` and more the
    last; `unknown` is the ink of NaN.
    """
    inks = np.append(ramp(dark), np.uint32(unknown))
    span = max(high - low, 1e-30)
    with np.errstate(invalid="ignore", over="ignore"):
        place = np.clip((values - np.float32(low)) * np.float32((ENTRIES - 1) / span), 0, ENTRIES - 1)
    return inks[np.where(np.isnan(place), ENTRIES, place).astype(np.intp)]


# Of numbers with a sign, on a light and on a dark ground: (L, a, b) of OKLab at -1, 0 and 1. Orange and blue
# differ for every colour vision, and nothing is as near to the ground as 0.
_SIGNED = {
    False: ((0.60, 0.13, 0.13), (0.97, 0.0, 0.0), (0.45, -0.03, -0.16)),
    True: ((0.78, 0.10, 0.13), (0.22, 0.0, 0.0), (0.72, -0.04, -0.13)),
}


def signed_colours(values: NDArray[np.float32], dark: bool = False) -> NDArray[np.uint8]:
    """Numbers from -1 to 1 (H, W) as orange, nothing, blue; -> uint8 (H, W, 3)."""
    places = np.clip(values.astype(np.float64), -1.0, 1.0)
    knots = np.array(_SIGNED[dark])
    lab = np.stack([np.interp(places, (-1.0, 0.0, 1.0), knots[:, column]) for column in range(3)], -1)
    return np.round(255.0 * np.clip(to_rgb(lab), 0.0, 1.0)).astype(np.uint8)


def _smooth(
    place: NDArray[np.float64], marks: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A smooth curve near the knots: the broken line, averaged over a fifth of its length."""
    steps = round(0.2 * len(place)) | 1
    padded = np.pad(np.interp(place, marks, values), steps // 2, mode="reflect", reflect_type="odd")
    return np.convolve(padded, np.full(steps, 1.0 / steps), mode="valid")


def _in_gamut(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.float64]:
    """OKLab colours with the chroma lowered to what a screen can show."""
    least, most = np.zeros_like(chroma), chroma.copy()
    direction = np.stack([np.cos(hue), np.sin(hue)], axis=1)

    def lab(amount: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([lightness[:, None], amount[:, None] * direction], axis=1)

    for _ in range(20):
        tried = 0.5 * (least + most)
        rgb = to_rgb(lab(tried))
        fits = ((rgb >= 0.0) & (rgb <= 1.0)).all(axis=1)
        least, most = np.where(fits, tried, least), np.where(fits, most, tried)
    return lab(least)
