"""A model shown while it is trained: its newest weights, and the current encodings of its pictures.

Encoding 70,000 pictures four times a second would leave no time for the training. So after the first time
only a share of them is encoded again with each snapshot, in turns; the others keep their last encodings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.training.snapshots import give
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes

# Time for the pictures of one snapshot; the rest of its fifth of a second is the training's.
BUDGET_S = 0.006
# The longest that a picture at the probe may have to wait, one or two milliseconds.
_CHUNK = 64


class Unfolding:
    """Follows one training.

    Attributes:
        mean, log_variance: float32 (N, D), the newest known posterior of each picture.
        step: of the snapshot adopted last.
    """

    def __init__(self, model: nn.Module, data: ImageSet, told: Tensor | None = None) -> None:
        if not isinstance(model, Decodes):
            raise LabError(f"a {type(model).__name__} has no latent space")
        # Without an encoder there is nothing to encode: the weights alone are followed.
        count = len(data) if isinstance(model, Encodes) else 0
        self.model, self.data = model, data
        self._told = told
        self.mean = np.zeros((count, model.latents), np.float32)
        self.log_variance = np.zeros_like(self.mean)
        self.step = 0
        self._next, self._whole = 0, False
        self._device = next(model.parameters()).device

    def adopt(
        self,
        theta: NDArray[np.float32],
        step: int,
        buffers: Mapping[str, NDArray[np.generic]] = MappingProxyType({}),
    ) -> None:
        """Loads the weights of a snapshot (P,), in the order of `in_order`, and its buffers.

        Raises:
            LabError: if they are those of another model.
        """
        give(self.model, theta, buffers)
        self.step = step

    def refresh(self, budget_s: float = BUDGET_S) -> Iterator[None]:
        """Encodes a chunk of pictures at each step, until all are done or the time is up.

        The first time all are encoded.
        """
        started, count = time.perf_counter(), len(self.mean)
        for _ in range(0, count, _CHUNK):
            self._encode(slice(self._next, min(self._next + _CHUNK, count)))
            self._next = 0 if self._next + _CHUNK >= count else self._next + _CHUNK
            yield
            if self._whole and time.perf_counter() - started > budget_s:
                return
        self._whole = True

    def _encode(self, some: slice) -> None:
        assert isinstance(self.model, Encodes)
        x = self.data.images[some].to(self._device).float() / 255.0
        posterior = self.model.encode(x, None if self._told is None else self._told[some])
        self.mean[some] = posterior.mean.cpu().numpy()
        self.log_variance[some] = posterior.log_variance.cpu().numpy()
