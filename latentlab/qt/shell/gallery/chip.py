"""The model chip: a flat button that names the open model, its kind and its data, and opens the gallery."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QToolButton

from latentlab.plain import one_line
from latentlab.qt.shell.gallery.strip import Strip
from latentlab.qt.widgets.plain_text import plain_tip

_LEAST, _MOST, _PICTURES, _SIDE, _GAP, _ARROW = 110, 440, 2, 32, 3, 10
# Narrower than this it has words alone.
_ROOM = 190


@dataclass(frozen=True)
class Shown:
    """What the chip says.

    Attributes:
        name: of the open model.
        kind: its kind and latents.
        data: the pictures it is shown on.
        partner: the other model that is at work, "" for none.
        missing: its own pictures, if they were not found.
    """

    name: str
    kind: str = ""
    data: str = ""
    partner: str = ""
    missing: str = ""

    @property
    def second(self) -> str:
        """The second line."""
        partner = f"with {self.partner}" if self.partner else ""
        return " · ".join(filter(None, (self.kind, self.data, partner)))


class ModelChip(QToolButton):
    """Two lines and two pictures; what does not fit is elided in the middle, and whole in the tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("modelChip")
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.shown = Shown("No model is open")
        self._strip = Strip()
        self.show_model(self.shown)

    def show_model(self, shown: Shown) -> None:
        """Names another model."""
        self.shown = shown
        self.setAccessibleName(f"Open model: {one_line(shown.name)}")
        self.setAccessibleDescription(one_line(shown.second))
        partner = shown.partner and f"At work with {shown.partner}"
        missing = shown.missing and f"Its data, {shown.missing}, were not found: see the menu Data."
        lines = (shown.name, shown.kind, shown.data, missing, partner)
        said = "\n".join(one_line(line) for line in lines if line)
        self.setToolTip(plain_tip(f"{said}\nClick to see all models and recent projects (Ctrl+M)."))
        self.updateGeometry()
        self.update()

    def show_pictures(self, png: bytes) -> None:
        """Shows the first pictures that the model draws; b"" if there are none yet."""
        self._strip = Strip(png)
        self.update()

    def sizeHint(self) -> QSize:
        lines = self._bold().lineSpacing() + self._small().lineSpacing()
        words = max(
            self._bold().horizontalAdvance(one_line(self.shown.name)) + _ARROW + 10,
            self._small().horizontalAdvance(one_line(self.shown.second)),
        )
        width = words + _PICTURES * (_SIDE + _GAP) + 26
        return QSize(min(max(width, _LEAST), _MOST), max(_SIDE, lines) + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)
        pictures = _PICTURES if self._strip.known and self.width() >= _ROOM else 0
        top = (self.height() - _SIDE) // 2
        boxes = [QRect(6 + place * (_SIDE + _GAP), top, _SIDE, _SIDE) for place in range(pictures)]
        if boxes:
            self._strip.paint(painter, boxes, self.palette())
        left = boxes[-1].right() + 8 if boxes else 10
        self._write(painter, QRect(left, 0, self.width() - left - 8, self.height()))
        painter.end()

    def _write(self, painter: QPainter, room: QRect) -> None:
        bold, small = self._bold(), self._small()
        height = bold.lineSpacing() + small.lineSpacing()
        top = (self.height() - height) // 2
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.setFont(self._font(1.0, bold=True))
        beside = _ARROW + 10
        first = bold.elidedText(
            one_line(self.shown.name), Qt.TextElideMode.ElideMiddle, room.width() - beside
        )
        painter.drawText(room.left(), top + bold.ascent(), first)
        self._arrow(painter, room.left() + bold.horizontalAdvance(first) + 6, top + bold.height() // 2)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(self._font(0.86))
        second = small.elidedText(one_line(self.shown.second), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room.left(), top + bold.lineSpacing() + small.ascent(), second)

    def _arrow(self, painter: QPainter, left: int, middle: int) -> None:
        """After the name, for it opens something."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.rect = QRect(left, middle - _ARROW // 2, _ARROW, _ARROW)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorArrowDown, option, painter, self)

    def _font(self, share: float, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(share * font.pointSizeF())
        font.setBold(bold)
        return font

    def _bold(self) -> QFontMetrics:
        return QFontMetrics(self._font(1.0, bold=True))

    def _small(self) -> QFontMetrics:
        return QFontMetrics(self._font(0.86))
