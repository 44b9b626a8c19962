"""Draws the six textures that ship: `python resources/textures/draw.py`. CC0 1.0.

Each is 192 x 192 pixels, of noise in bands, grains or threads; the same numbers on every machine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 192
Plane = NDArray[np.float64]
_rows, _columns = np.mgrid[0:SIDE, 0:SIDE] / SIDE


def noise(seed: int, across: float, down: float) -> Plane:
    """White noise, smoothed over so many pixels across and down; mean 0, deviation 1."""
    white = np.random.default_rng(seed).standard_normal((SIDE, SIDE))
    j, k = np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE)[None, :]
    kept = np.exp(-2.0 * (np.pi * np.hypot(down * j, across * k)) ** 2)
    found = np.fft.ifft2(np.fft.fft2(white) * kept).real
    return (found - found.mean()) / found.std()


def coloured(value: Plane, *stops: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Values in 0 to 1 as colours between the stops."""
    places = np.linspace(0.0, 1.0, len(stops))
    planes = [np.interp(np.clip(value, 0.0, 1.0), places, [stop[c] for stop in stops]) for c in range(3)]
    return np.stack(planes, -1).round().astype(np.uint8)


def wood() -> NDArray[np.uint8]:
    bent = _columns + 0.03 * noise(1, 24, 48)
    rings = 0.5 + 0.28 * np.sin(2.0 * np.pi * 9.0 * bent) + 0.12 * noise(2, 0.8, 18)
    return coloured(rings, (96, 58, 28), (156, 102, 54), (205, 155, 98))


def granite() -> NDArray[np.uint8]:
    grains = 0.5 + 0.22 * noise(3, 1.2, 1.2) + 0.14 * noise(4, 3.0, 3.0)
    return coloured(grains, (38, 36, 40), (128, 118, 116), (190, 170, 162), (240, 236, 230))


def water() -> NDArray[np.uint8]:
    waves = 0.5 + 0.2 * noise(5, 9.0, 2.2) + 0.12 * noise(6, 4.0, 1.0)
    return coloured(waves, (8, 44, 86), (26, 98, 140), (96, 168, 190), (214, 236, 238))


def grass() -> NDArray[np.uint8]:
    blades = 0.5 + 0.2 * noise(7, 0.7, 6.0) + 0.14 * noise(8, 1.2, 3.0)
    return coloured(blades, (22, 48, 12), (62, 110, 32), (128, 160, 60), (196, 206, 116))


def cloth() -> NDArray[np.uint8]:
    warp, weft = np.sin(2.0 * np.pi * 32.0 * _columns), np.sin(2.0 * np.pi * 32.0 * _rows)
    threads = 0.5 + 0.2 * warp * weft + 0.08 * noise(9, 1.0, 5.0) + 0.08 * noise(10, 5.0, 1.0)
    return coloured(threads, (92, 26, 34), (168, 60, 62), (222, 142, 126))


def clouds() -> NDArray[np.uint8]:
    sky = 0.45 + 0.2 * noise(11, 16.0, 10.0) + 0.08 * noise(12, 5.0, 4.0) + 0.03 * noise(13, 1.5, 1.5)
    return coloured(sky, (70, 128, 196), (150, 190, 226), (236, 242, 248), (252, 252, 252))


if __name__ == "__main__":
    for made in (wood, granite, water, grass, cloth, clouds):
        Image.fromarray(made()).save(Path(__file__).with_name(f"{made.__name__}.png"), optimize=True)
