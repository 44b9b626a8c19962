"""The mean and the first eigenpictures in a row, each with its share of the variance."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.rendering.requests.eigenpictures import EigenpicturesReply
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

_GAP, _LEAST, _MOST = 6, 40, 96
_TIP = (
    "The mean of all pictures, and the eigenpictures: the directions in which pictures vary most, grey where "
    "they change nothing. Below each, its share of the variance. A click goes to its slider."
)


class EigenStrip(QWidget):
    """As many as there is room for. `chosen` carries the number of the clicked one, from 0."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("eigenStrip")
        self.setAccessibleName("Mean and eigenpictures")
        self.setToolTip(plain_tip(_TIP))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(6 * _LEAST, _LEAST + 2 * self.fontMetrics().height())
        self.setMaximumHeight(_MOST + 2 * self.fontMetrics().height() + 2 * _GAP)
        self._images: list[QImage] = []
        self._words: list[str] = []

    def sizeHint(self) -> QSize:
        return QSize(760, 84 + 2 * self.fontMetrics().height())

    def show_reply(self, reply: EigenpicturesReply) -> None:
        """Shows a mean and its eigenpictures."""
        self._images = [to_qimage(picture) for picture in (reply.mean, *reply.pictures)]
        total = sum(reply.variances) + reply.rest * reply.left_out
        shares = [variance / total for variance in reply.variances[: len(reply.pictures)]]
        self._words = ["mean", *(f"{100.0 * share:.1f} %" for share in shares)]
        self.setAccessibleDescription(
            f"The first explains {self._words[1]} of the variance" if len(self._words) > 1 else ""
        )
        self.update()

    def tiles(self) -> list[QRectF]:
        """The boxes of the pictures that have room, the mean first."""
        words = self.fontMetrics()
        least = words.horizontalAdvance("88.8 %") + _GAP
        side = max(least, min(_MOST, self.height() - 2.0 * words.height() - _GAP))
        if self._images and self._images[0].width() <= side:
            # Of whole pixels, as the pictures are.
            side = max(least, side - side % self._images[0].width())
        count = int((self.width() + _GAP) / (side + _GAP))
        boxes = (QRectF(number * (side + _GAP), words.height(), side, side) for number in range(count))
        return list(boxes)[: len(self._images)]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, box in enumerate(self.tiles()):
            if box.contains(event.position()) and number:
                self.chosen.emit(number - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, high = QPainter(self), self.fontMetrics().height()
        for number, box in enumerate(self.tiles()):
            drawn = draw_crisp(painter, box, self._images[number])
            above = QRectF(box.left(), drawn.top() - high, box.width(), high)
            below = QRectF(box.left(), drawn.bottom() + 1, box.width(), high)
            painter.setPen(self.palette().windowText().color())
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(number) if number else "mean")
            if number:
                painter.setPen(self.palette().placeholderText().color())
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._words[number])
        if not self._images:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "The eigenpictures are being drawn …")
        painter.end()
