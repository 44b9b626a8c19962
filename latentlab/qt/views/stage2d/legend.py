"""Under the stage: whose points are whose, and what the colours behind them mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.stage.events import Field
from latentlab.qt.views.stage2d.inks import data_ink, ends_of, made_ink

_BAR, _DOT, _GAP = 56, 8, 6


class StageLegend(QWidget):
    """One line of text high.

    Attributes:
        words: what is behind the points, "" for nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageLegend")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._names, self._field, self.words = ("data", "made"), None, ""
        self.explain(("data", "made"), None, "")

    _names: tuple[str, str]
    _field: Field | None

    def sizeHint(self) -> QSize:
        return QSize(300, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().height() + 4)

    def explain(self, names: tuple[str, str], field: Field | None, words: str) -> None:
        """The names of the two clouds, and what is behind them; `words` where that is nothing."""
        self._names, self._field = names, field
        self.words = words if field is None else field.words
        self.setAccessibleName(f"Blue: {names[0]}. Orange: {names[1]}. {self.words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, letters = QPainter(self), self.palette(), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, x = self.height() / 2.0, 2.0
        for name, ink in zip(self._names, (data_ink(palette), made_ink(palette)), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(QPointF(x + _DOT / 2.0, middle), _DOT / 2.0, _DOT / 2.0)
            x += _DOT + 4
            painter.setPen(palette.windowText().color())
            x = self._word(painter, name, x) + 2 * _GAP
        field = self._field
        if field is not None:
            low, high = (letters.horizontalAdvance(end) for end in field.ends)
            bar = low + high + _BAR + 2 * _GAP
            room = self.width() - x - bar - 2 * _GAP
            painter.setPen(palette.placeholderText().color())
            shown = letters.elidedText(self.words, Qt.TextElideMode.ElideRight, int(max(0.0, room)))
            x = max(x, self.width() - bar - letters.horizontalAdvance(shown) - 2 * _GAP)
            x = self._word(painter, shown, x) + 2 * _GAP
            x = self._word(painter, field.ends[0], x) + _GAP
            box = QRectF(x, middle - _DOT / 2.0, _BAR, _DOT)
            shades = QLinearGradient(box.topLeft(), box.topRight())
            for place, colour in zip((0.0, 0.5, 1.0), ends_of(field, palette), strict=True):
                shades.setColorAt(place, colour)
            painter.fillRect(box, shades)
            painter.setPen(QPen(palette.mid().color(), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            painter.setPen(palette.placeholderText().color())
            self._word(painter, field.ends[1], x + _BAR + _GAP)
        elif self.words:
            painter.setPen(palette.placeholderText().color())
            room = int(max(0.0, self.width() - x))
            self._word(painter, letters.elidedText(self.words, Qt.TextElideMode.ElideRight, room), x)
        painter.end()

    def _word(self, painter: QPainter, text: str, x: float) -> float:
        """Writes a word at x; where it ends."""
        wide = self.fontMetrics().horizontalAdvance(text)
        room = QRectF(x, 0.0, wide + 2.0, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        return x + wide
