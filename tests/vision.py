"""How colours look to people with each of the common colour-vision deficiencies, in CIELAB.

Deficiencies are simulated at full severity by the matrices of Machado, Oliveira & Fernandes, A
Physiologically-based Model for Simulation of Color Vision Deficiency (2009), on linear RGB. Differences are
Euclidean in CIELAB (CIE 1976, D65).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

VISIONS = {
    "normal": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def cielab(rgb: NDArray[np.float64], vision: str) -> NDArray[np.float64]:
    """(L*, a*, b*) of sRGB colours (..., 3) in [0, 1] as somebody with this vision sees them."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(VISIONS[vision]).T, 0.0, 1.0)
    ratio = seen @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    edge = 6 / 29
    f = np.where(ratio > edge**3, np.cbrt(ratio), ratio / (3 * edge**2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
