"""Tensors as arrays that cross threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def numbers(x: Tensor) -> NDArray[np.float32]:
    """In float32, not to be written to any more."""
    found: NDArray[np.float32] = x.detach().float().numpy()
    return found
