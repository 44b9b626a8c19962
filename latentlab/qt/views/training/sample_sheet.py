"""The samples of a model in training: a small sheet of pictures, and a line with their step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.files.export import sheet
from latentlab.qt.widgets.images import data_picture, draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import Label, plain_tip

_TIP = (
    "What the model would draw if the training ended here: the averaged weights, 20 steps of DDIM, always "
    "from the same noise, so that one sees the same pictures get better."
)
_WAITING = "What it draws will be here, after some hundred steps"
# Grey between the pictures, visible on black and on white.
_GAP, _GREY = 1, 128
# Margin beside text, which would touch the frame.
_SIDE = 6


class DrawnNow(QWidget):
    """A sheet of pictures, in the number of columns that makes them largest."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drawnNow")
        self.setAccessibleName("What the model draws now")
        self.setToolTip(_TIP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self.caption = Label()
        self.caption.setObjectName("drawnNowCaption")
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.caption.setWordWrap(True)
        self.caption.setToolTip(_TIP)
        self.sheet = _Sheet()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.caption)
        rows.addWidget(self.sheet, 1)
        self.begin()

    def sizeHint(self) -> QSize:
        return QSize(230, 150)

    def begin(self) -> None:
        """Another training: clears the sheet."""
        self.sheet.show_pictures(None)
        self._say("What it draws now")

    def show_pictures(self, pictures: NDArray[np.uint8], step: int, what: str) -> None:
        """Shows uint8 (B, C, H, W) pictures after so many steps; `what` describes their conditions."""
        self.sheet.show_pictures(pictures)
        self._say(f"Drawn at step {step:,}")
        self.sheet.setToolTip(plain_tip(f"{_TIP}\n{what}"))

    def complain(self, message: str) -> None:
        """Shows why nothing could be drawn; earlier pictures stay."""
        self._say(f"Nothing could be drawn: {message}")

    def _say(self, words: str) -> None:
        self.caption.setText(words)
        self.setAccessibleDescription(words)


class _Sheet(QWidget):
    """The pictures themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: NDArray[np.uint8] | None = None
        self._images: dict[int, QImage] = {}

    def show_pictures(self, pictures: NDArray[np.uint8] | None) -> None:
        self.pictures = pictures
        self._images.clear()
        self.update()

    def _image(self, columns: int) -> QImage:
        assert self.pictures is not None
        if columns not in self._images:
            every = [data_picture(self.pictures, number) for number in range(len(self.pictures))]
            self._images[columns] = to_qimage(sheet(every, columns, _GAP, _GREY))
        return self._images[columns]

    def columns(self) -> int:
        """The number of columns that makes the pictures largest."""
        assert self.pictures is not None
        count, _, height, width = self.pictures.shape
        ratio = self.devicePixelRatioF()

        def scale(columns: int) -> tuple[float, int]:
            across = self.width() * ratio / (columns * (width + _GAP))
            down = self.height() * ratio / (-(-count // columns) * (height + _GAP))
            fits = min(across, down)
            # As `draw_crisp` does; of two equal ones, the one that is closer to a square.
            return (float(int(fits)) if fits >= 1.0 else fits), -abs(columns - -(-count // columns))

        return max(range(1, count + 1), key=scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self.pictures is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(_SIDE, 0, -_SIDE, 0), flags, _WAITING)
        else:
            draw_crisp(painter, QRectF(self.rect()), self._image(self.columns()))
        painter.end()
