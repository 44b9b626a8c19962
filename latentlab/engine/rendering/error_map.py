"""Maps the reconstruction error: |x - x_hat| a pixel, as a picture from black over red to white.

Torch-free: it is computed in the view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from latentlab.engine.types import Picture

# Black, dark violet, red, orange, pale yellow: of increasing brightness.
_RAMP = np.array([(0, 0, 0), (70, 12, 92), (190, 40, 60), (248, 146, 30), (255, 250, 190)], np.float64)


@dataclass(frozen=True, eq=False)
class ErrorMap:
    """`picture` is uint8 (H, W, 3); `mean` and `most` are of |x - x_hat|, black against white being 1."""

    picture: Picture
    mean: float
    most: float


def error_map(x: Picture, x_hat: Picture) -> ErrorMap:
    """Compares two pictures, uint8 (H, W) or (H, W, 3) alike; of colours, the mean over the channels."""
    gap = np.abs(x.astype(np.float64) - x_hat.astype(np.float64)) / 255.0
    if gap.ndim == 3:
        gap = gap.mean(-1)
    most = float(gap.max())
    level = gap / most if most > 0.0 else gap
    steps = np.linspace(0.0, 1.0, len(_RAMP))
    colours = [np.interp(level, steps, _RAMP[:, channel]) for channel in range(3)]
    return ErrorMap(np.rint(np.stack(colours, -1)).astype(np.uint8), float(gap.mean()), most)
