"""A chip of the legend: a class, or a word of another column, with its colour and its count."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from latentlab.qt.widgets.plain_text import listed, on_button, plain_tip, spoken

_DOT = 10
_PAD = 7
_GAP = 5


class ClassChip(QAbstractButton):
    """A class, or a word, as dot, name and count. Checked: shown. A click only emits the wish; the session
    decides.
    """

    toggle_wished = Signal(int)
    solo_wished = Signal(int)
    doubled = Signal(int)

    def __init__(self, label: int, name: str, count: int, colour: QColor, what: str = "Class") -> None:
        super().__init__()
        self.label, self.count, self.colour = label, f"{count:,}", colour
        self.setText(on_button(name))
        self.setObjectName(f"classChip_{label}")
        self.setAccessibleName(f"{what} {name}, {count} pictures")
        self.setToolTip(
            plain_tip(
                f"{what} {listed(name)}: {count:,} pictures. Click to show or hide it; "
                "double-click, Alt-click or press Enter to show it alone, and again to show all."
            )
        )
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._alone = False

    def nextCheckState(self) -> None:
        """A click only emits the wish: Qt would check the chip before the session has agreed."""
        (self.solo_wished if self._alone else self.toggle_wished).emit(self.label)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._alone = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.doubled.emit(self.label)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.solo_wished.emit(self.label)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        text = metrics.horizontalAdvance(spoken(self.text())) + metrics.horizontalAdvance(self.count)
        return QSize(2 * _PAD + _DOT + 2 * _GAP + text, max(metrics.height(), _DOT) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shown: filled chip and dot. Hidden: no background, an empty dot, the name struck out and paler."""
        palette, shown = self.palette(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = palette.highlight() if self.hasFocus() else palette.mid()
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        ground = palette.midlight() if self.underMouse() or self.isDown() else palette.button()
        painter.setBrush(ground if shown or self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 0.5 * box.height(), 0.5 * box.height())
        dot = QRectF(_PAD, 0.5 * (self.height() - _DOT), _DOT, _DOT)
        colour = self.colour
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if shown else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot.adjusted(0.75, 0.75, -0.75, -0.75))
        font = self.font()
        font.setStrikeOut(not shown)
        painter.setFont(font)
        text = box.adjusted(_PAD + _DOT + _GAP, 0, -_PAD, 0)
        painter.setPen((palette.buttonText() if shown else palette.placeholderText()).color())
        painter.drawText(
            text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, spoken(self.text())
        )
        painter.setFont(self.font())
        painter.setPen(palette.placeholderText().color())
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.count)
        painter.end()
