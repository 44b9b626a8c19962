"""A bar for each latent dimension: how much of the picture it carries."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.training.history import UNUSED_NATS

_TOP, _BOTTOM, _SIDE = 20, 16, 6
_SLOWLY = 0.995


class KLBars(QWidget):
    """KL(q(z_j|x) || p(z_j)) of each dimension j, in nats, averaged over pictures; unused ones are hollow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("klBars")
        self.setAccessibleName("KL of each latent dimension")
        self.setToolTip(
            "How much each latent dimension says of a picture, in nats. A dimension at 0 says nothing: "
            "its posterior is the prior for every picture."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self.kl: tuple[float, ...] = ()
        # The top of the scale: it follows what falls slowly, so that a fall is seen.
        self._top = 0.0

    def sizeHint(self) -> QSize:
        return QSize(230, 150)

    def show_kl(self, kl_per_dimension: tuple[float, ...]) -> None:
        """Shows a bar for each number."""
        if len(kl_per_dimension) != len(self.kl):
            self._top = 0.0
        self.kl = kl_per_dimension
        self._top = max(*self.kl, _SLOWLY * self._top, 0.1) if self.kl else 0.0
        self.setAccessibleDescription(self.summary())
        self.update()

    def summary(self) -> str:
        """How many dimensions are in use, in words."""
        if not self.kl:
            return ""
        active = sum(kl >= UNUSED_NATS for kl in self.kl)
        return f"{active} of {len(self.kl)} in use"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self.kl:
            self._paint_bars(painter)
        else:
            painter.setPen(self.palette().placeholderText().color())
            words = "KL of each dimension, once a training runs"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        text, accent = self.palette().text().color(), self.palette().highlight().color()
        font = painter.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        painter.setFont(font)
        painter.setPen(text)
        top = QRectF(_SIDE, 2, self.width() - 2 * _SIDE, _TOP - 2)
        painter.drawText(
            top, Qt.AlignmentFlag.AlignLeft, f"KL up to {max(self.kl):.1f} nats · {self.summary()}"
        )
        highest = self._top
        room = QRectF(_SIDE, _TOP, self.width() - 2 * _SIDE, self.height() - _TOP - _BOTTOM)
        step = room.width() / len(self.kl)
        bar = max(1.0, min(step - 1.0, 0.8 * step))
        hollow = QColor(text)
        hollow.setAlphaF(0.5)
        every = max(1, round(24 / max(step, 1e-6)))
        for number, kl in enumerate(self.kl):
            height = max(1.0, room.height() * max(0.0, kl) / highest)
            left = room.left() + number * step + 0.5 * (step - bar)
            box = QRectF(left, room.bottom() - height, bar, height)
            if kl >= UNUSED_NATS:
                painter.fillRect(box, accent)
            else:
                painter.setPen(hollow)
                painter.drawLine(QPointF(left, room.bottom()), QPointF(left + bar, room.bottom()))
            if number % every == 0:
                painter.setPen(text)
                under = QRectF(left + 0.5 * bar - 20, room.bottom() + 1, 40, _BOTTOM)
                painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, str(number + 1))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.kl:
            step = (self.width() - 2 * _SIDE) / len(self.kl)
            number = int((event.pos().x() - _SIDE) / step)
            if 0 <= number < len(self.kl):
                QToolTip.showText(event.globalPos(), f"z{number + 1}: {self.kl[number]:.3f} nats", self)
                return True
        return super().event(event)
