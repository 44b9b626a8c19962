"""Requests the denoiser's predictions from a noisy picture: for the newest only, while visible."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.diffusion.requests import PredictionReply, PredictionRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.denoiser_client import DenoiserClient

Noisy = tuple[int, NDArray[np.float32]]


class Prediction(QObject):
    """`came` carries t, the noisy picture and the predicted one, both float32 (C, H, W); `refused` a message.

    Args:
        in_hand: t and the noisy picture to predict from; None for nothing.
        seen: is painted while the prediction would be visible.
    """

    came = Signal(int, object, object)
    refused = Signal(str)

    def __init__(self, diffusion: DenoiserClient, in_hand: Callable[[], Noisy | None], seen: QWidget) -> None:
        super().__init__(seen)
        self._diffusion, self._in_hand, self._seen = diffusion, in_hand, seen
        self.conditions: tuple[Point, ...] = ()
        self.guidance = 1.0
        # The last request.
        self._asked: Noisy | None = None
        self._wanted = True
        self._coalesced = CoalescedRequest(self._ask, self, diffusion.opened)
        seen.installEventFilter(self)
        diffusion.on(PredictionRequest).connect(self._predicted)
        diffusion.refused.connect(self._refused)

    def tell(self, conditions: tuple[Point, ...], guidance: float) -> bool:
        """Sets the conditions and the guidance of requests; returns whether they have changed."""
        changed = (conditions, guidance) != (self.conditions, self.guidance)
        self.conditions, self.guidance = conditions, guidance
        return changed

    def want(self) -> None:
        """There is another noisy picture."""
        self._wanted = True
        self._seen.update()

    def forget(self) -> None:
        """Drops the reply to the last request."""
        self._asked = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt reports a page behind another tab as visible, but never paints its pictures.
        if event.type() == QEvent.Type.Paint and self._wanted and self._in_hand() is not None:
            self._wanted = False
            self._coalesced.soon()
        return super().eventFilter(watched, event)

    def _ask(self) -> bool:
        noisy = self._in_hand()
        if noisy is None or noisy[0] == 0:
            return False
        self._asked = noisy
        self._diffusion.predict(noisy[1][None], noisy[0], self.conditions, self.guidance)
        return True

    @Slot(object)
    def _predicted(self, reply: PredictionReply) -> None:
        self._coalesced.answered()
        if self._asked is None:
            return
        t, x_t = self._asked
        if reply.t != t or reply.x0_hat.shape != (1, *x_t.shape):
            # Another request took the mailbox slot of this one.
            self._coalesced.soon()
            return
        self.came.emit(t, x_t, reply.x0_hat[0])

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(PredictionRequest) or refusal.generation == 0:
            self._coalesced.answered()
            self.refused.emit(refusal.message)
