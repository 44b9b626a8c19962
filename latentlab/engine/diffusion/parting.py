"""How far a network's prediction is from the ideal denoiser, and where the two part. numpy alone.

    distance(t) = sqrt( mean_j ( (x0_hat_j - E[x_0 | x_t]_j) / 2 )^2 )      black is 0, white is 1
    parting     = the largest t from which on, down to 0, the distance stays above 0.08

Both begin as about the mean of all pictures. A network that goes on with the ideal denoiser to the end draws
a training picture.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# A difference that one sees.
APART = 0.08


def distance(x0_hat: NDArray[np.float32], mean: NDArray[np.float32]) -> float:
    """Between two pictures in [-1, 1] of one shape; 0 to 1."""
    return float(np.sqrt(np.mean(np.square((x0_hat - mean) / np.float32(2.0)), dtype=np.float64)))


def parting(times: Sequence[int], distances: Sequence[float]) -> int | None:
    """Where they part, of distances at some times; None if they are together at the smallest of these."""
    found = None
    for t, apart in sorted(zip(times, distances, strict=True)):
        if apart <= APART:
            break
        found = t
    return found
