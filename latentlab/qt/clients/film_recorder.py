"""Records a widget during training, such as the unfolding plane, for export as a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from latentlab.engine.types import Picture

# Some 60 MB at most, and a film of 13 s at 12 frames a second.
_MOST, _SIDE = 160, 360


class FilmRecorder(QObject):
    """Films a widget, one frame at each `take`. When the film is full, every second frame is dropped and
    frames are taken half as often, so the film spans any training. `changed` is emitted when the film begins
    or is cleared.
    """

    changed = Signal()

    def __init__(self, widget: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._widget = widget
        self._frames: list[Picture] = []
        self._stride, self._seen = 1, 0

    @property
    def frames(self) -> tuple[Picture, ...]:
        """uint8 (H, W, 3) each, all of one shape, oldest first."""
        return tuple(self._frames)

    def clear(self) -> None:
        """Starts a new film."""
        had = bool(self._frames)
        self._frames, self._stride, self._seen = [], 1, 0
        if had:
            self.changed.emit()

    def take(self) -> None:
        """Takes a frame, unless the film skips this one."""
        self._seen += 1
        if (self._seen - 1) % self._stride or not self._widget.isVisible():
            return
        try:
            frame = _as_array(self._widget.grab().toImage())
        except MemoryError:
            return  # a lost frame must not disturb the training
        if frame is None:
            return
        if self._frames and frame.shape != self._frames[0].shape:
            self.clear()  # another size: all frames of a film have one size
        self._frames.append(frame)
        if len(self._frames) > _MOST:
            self._frames, self._stride = self._frames[::2], 2 * self._stride
        if len(self._frames) <= 2:
            self.changed.emit()


def _as_array(image: QImage) -> Picture | None:
    """The picture, scaled down; None for a widget without a size, or where Qt had no memory for it."""
    if image.isNull():
        return None
    small = image.scaled(
        _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(small.constBits(), np.uint8).reshape(small.height(), small.bytesPerLine())
    return rows[:, : 3 * small.width()].reshape(small.height(), small.width(), 3).copy()
