"""The preview strip: some original pictures, and under each the one that the model will see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.open_data.work import LOOKED_AT
from latentlab.qt.widgets.images import draw_crisp, to_qimage

if TYPE_CHECKING:
    from latentlab.data.opening import Preview

# 128 holds pictures of 16, 32 and 64 pixels a side exactly; smaller ones fit a small screen.
_GAP, _CELL, _SMALLEST_CELL = 8, 128, 64
_TITLES = "As they are", "As the model will see them"


class PreviewStrip(QWidget):
    """Two rows. While a newer preview is being made, the last one is shown faintly."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataPreview")
        self.setAccessibleName("Preview")
        self.setToolTip("Above, pictures of these data; below, the same ones as the model will see them.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._rows: tuple[list[QImage], list[QImage]] = ([], [])
        self._waiting, self._words = True, "Looking at the pictures …"

    @property
    def waiting(self) -> bool:
        """Whether the shown preview is out of date."""
        return self._waiting

    @property
    def prepared(self) -> list[QImage]:
        """The lower row."""
        return self._rows[1]

    def wait(self) -> None:
        """A newer preview is being made."""
        self._waiting = True
        self.update()

    def show_preview(self, preview: Preview) -> None:
        """Shows these pictures."""
        originals = [to_qimage(original) for original, _ in preview.pairs]
        prepared = [
            to_qimage(seen[0] if len(seen) == 1 else seen.transpose(1, 2, 0)) for _, seen in preview.pairs
        ]
        self._rows, self._waiting = (originals, prepared), False
        self._words = "" if originals else "None of the examined pictures can be read."
        self.update()

    def show_nothing(self) -> None:
        """Clears the strip."""
        self._rows, self._waiting, self._words = ([], []), False, ""
        self.update()

    def sizeHint(self) -> QSize:
        return self._size(_CELL)

    def minimumSizeHint(self) -> QSize:
        return self._size(_SMALLEST_CELL)

    def _size(self, cell: int) -> QSize:
        line = self.fontMetrics().height() + _GAP
        return QSize(LOOKED_AT * (cell + _GAP) + _GAP, 2 * (cell + line + _GAP) + _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self._words:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        elif self._rows[0]:
            self._draw_rows(painter)
        painter.end()

    def _draw_rows(self, painter: QPainter) -> None:
        line = self.fontMetrics().height() + _GAP
        across = (self.width() - _GAP) / LOOKED_AT - _GAP
        cell = min(across, (self.height() - _GAP) / 2 - line - _GAP)
        left = (self.width() + _GAP - len(self._rows[0]) * (cell + _GAP)) / 2
        top = _GAP + (self.height() - _GAP - 2 * (cell + line + _GAP)) / 2
        for title, images in zip(_TITLES, self._rows, strict=True):
            painter.setOpacity(1.0)
            painter.setPen(self.palette().text().color())
            heading = QRectF(left, top, self.width() - left, line - _GAP / 2)
            painter.drawText(heading, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
            painter.setOpacity(0.4 if self._waiting else 1.0)
            for number, image in enumerate(images):
                draw_crisp(painter, QRectF(left + number * (cell + _GAP), top + line, cell, cell), image)
            top += cell + line + _GAP
