"""The noise of a seed, as a tape starts from it: requested where a page shows that very noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.requests import DenoiserReply, NoiseReply, NoiseRequest
from latentlab.qt.clients.denoiser_client import DenoiserClient

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SeededNoise(QObject):
    """Keeps the last requested noise; `came` is emitted when it arrives."""

    came = Signal()

    def __init__(self, diffusion: DenoiserClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diffusion = diffusion
        self._kept: NoiseReply | None = None
        self._asked: int | None = None
        diffusion.on(NoiseRequest).connect(self._noised)
        diffusion.opened.connect(self._opened)

    def of(self, seed: int) -> NDArray[np.float32] | None:
        """(C, H, W), N(0, I): the noise of picture 0 of a tape from this seed; None until `came`."""
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
            # Another request took the mailbox slot of this one.
            self._diffusion.draw_noise(self._asked)

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        """A model, perhaps of other pictures, was opened."""
        self._kept = self._asked = None
