"""The noise of a seed, as a tape begins with it: asked for where a page wants to show that very noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.requests import DenoiserReply, NoiseReply, NoiseRequest
from latentlab.qt.clients.denoiser_client import DenoiserClient

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SeededNoise(QObject):
    """Keeps the noise that was asked for last; `came` tells that it is there."""

    came = Signal()

    def __init__(self, diffusion: DenoiserClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diffusion = diffusion
        self._kept: NoiseReply | None = None
        self._asked: int | None = None
        diffusion.on(NoiseRequest).connect(self._noised)
        diffusion.opened.connect(self._opened)

    def of(self, seed: int) -> NDArray[np.float32] | None:
        """(C, H, W), N(0, I): what picture 0 of a tape from this seed is noised with; None until `came`."""
        if self._kept is not None and self._kept.seed == seed:
            return self._kept.noise
        if self._asked != seed and self._diffusion.model is not None:
            self._asked = seed
            self._diffusion.draw_noise(seed)
        return None

    @Slot(object)
    def _noised(self, reply: NoiseReply) -> None:
        if reply.seed == self._asked:
            self._kept, self._asked = reply, None
            self.came.emit()
        elif self._asked is not None:
            # Somebody else's question took the place of this one's.
            self._diffusion.draw_noise(self._asked)

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        """Of other pictures, perhaps."""
        self._kept = self._asked = None
