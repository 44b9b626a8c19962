"""A picture, the same in its noise, and what the denoiser makes of that: in one row, or two by two."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from latentlab.qt.crisp_picture import CrispPicture

_LARGEST, _WIDE = 168, 300
_FOUR = (
    ("forwardPicture", "Picture", "The picture, x₀", ""),
    ("forwardNoised", "Noised", "The picture in its noise, x at t", ""),
    ("forwardBelieved", "Believed", "The picture that the denoiser believes in, x₀ hat", "…"),
    ("forwardNoise", "Noise seen", "The noise that the denoiser sees, epsilon hat", "…"),
)


class FourPictures(QWidget):
    """`pictures` are x_0, x_t, x0_hat and noise_hat."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = tuple(CrispPicture(name, what, _LARGEST, words) for name, _, what, words in _FOUR)
        self._captions = tuple(QLabel(caption) for _, caption, _, _ in _FOUR)
        for caption, picture in zip(self._captions, self.pictures, strict=True):
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setToolTip(picture.toolTip())
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._arrange(4)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, (picture, caption) in enumerate(zip(self.pictures, self._captions, strict=True)):
            row, column = 2 * (place // columns), place % columns
            self._grid.addWidget(picture, row, column)
            self._grid.addWidget(caption, row + 1, column)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(4 if self.width() >= _WIDE else 2)
        super().resizeEvent(event)
