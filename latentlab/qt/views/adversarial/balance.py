"""How evenly the samples are spread over the classes, as a classifier sees them: a bar for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_BARS, _GAP = 44, 0.25
_TITLE = "Classes of the samples, as a classifier sees them"


class ClassBalance(DrawnWidget):
    """Bars of shares; a line where all classes would be as frequent."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("classBalance")
        self.setAccessibleName(_TITLE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.classes: tuple[str, ...] = ()
        self.shares: tuple[float, ...] = ()
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(240, _BARS + 2 * self.fontMetrics().height() + 4)

    def show_counts(self, classes: Sequence[str], counts: Sequence[int]) -> None:
        """Shows how many samples are of each class; nothing without any."""
        total = max(1, sum(counts))
        self.classes, self.shares = tuple(classes), tuple(count / total for count in counts)
        self.setVisible(bool(counts))
        self.setAccessibleDescription(", ".join(map(self._in_words, range(len(self.shares)))))
        self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "class balance"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`: the share of each class."""
        return {"class": self.classes, "share": self.shares} if self.shares else {}

    def _in_words(self, number: int) -> str:
        return f"{self.classes[number]}: {100.0 * self.shares[number]:.0f} %"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.shares:
            number = int(event.pos().x() * len(self.shares) / max(1, self.width()))
            words = self._in_words(min(max(number, 0), len(self.shares) - 1))
            QToolTip.showText(event.globalPos(), plain_tip(f"{words} of the samples."), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shares:
            return
        painter, palette, metrics = QPainter(self), self.palette(), self.fontMetrics()
        high, wide = metrics.height(), self.width() / len(self.shares)
        painter.setPen(palette.windowText().color())
        title = metrics.elidedText(f"{_TITLE}; line: all alike", Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), high), Qt.AlignmentFlag.AlignLeft, title)
        bottom, most = float(high + 2 + _BARS), max(*self.shares, 2.0 / len(self.shares), 1e-9)
        for number, share in enumerate(self.shares):
            tall = _BARS * share / most
            bar = QRectF((number + 0.5 * _GAP) * wide, bottom - tall, (1.0 - _GAP) * wide, tall)
            painter.fillRect(bar, palette.highlight())
            name = metrics.elidedText(self.classes[number], Qt.TextElideMode.ElideRight, int(wide))
            painter.drawText(QRectF(number * wide, bottom, wide, high), Qt.AlignmentFlag.AlignHCenter, name)
        painter.setPen(QPen(palette.windowText().color(), 1.0, Qt.PenStyle.DashLine))
        even = bottom - _BARS / len(self.shares) / most
        painter.drawLine(0, round(even), self.width(), round(even))
        painter.end()
