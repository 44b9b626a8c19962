"""The base of bar charts in the training view, for latent dimensions and for noise levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip

from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_TOP, _BOTTOM, _SIDE = 20, 16, 6
_SLOWLY = 0.995
# A number is shown under every bar that leaves it so many pixels.
_LABEL_ROOM = 24
_WIDEST = 72.0


class Bars(DrawnWidget):
    """A bar for each of `numbers`, from 0 up; those below `hollow` are a line at the foot.

    Args:
        name, title, tip: object name, accessible name, and what it all means.
        waiting: the text while there are no numbers.
        least_top: the axis never ends below this.
    """

    hollow = 0.0
    # Labels under the first and the last bar, where numbers under all would say less.
    ends: tuple[str, str] | None = None

    def __init__(self, name: str, title: str, tip: str, waiting: str, least_top: float) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setToolTip(plain_tip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self.numbers: tuple[float, ...] = ()
        self.marks: tuple[float, ...] = ()
        self._waiting, self._least_top = waiting, least_top
        # The top of the scale: it follows slowly falling values with a delay, so that the fall is visible.
        self._top = 0.0

    def sizeHint(self) -> QSize:
        return QSize(230, 150)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return self.accessibleName()

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self.numbers else QSize()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        columns: dict[str, Sequence[object]] = {
            "number": range(1, len(self.numbers) + 1),
            self.accessibleName(): self.numbers,
        }
        return columns | ({"held out": self.marks} if len(self.marks) == len(self.numbers) else {})

    def show_numbers(self, numbers: tuple[float, ...], marks: tuple[float, ...] = ()) -> None:
        """Shows a bar for each number, and a mark across it at each of `marks`; NaN shows nothing."""
        if len(numbers) != len(self.numbers):
            self._top = 0.0
        self.numbers, self.marks = numbers, marks
        # NaN compares false, and max() would keep the earlier value.
        self._top = max(_SLOWLY * self._top, self._least_top, *numbers, *marks) if numbers else 0.0
        self.setAccessibleDescription(self.summary())
        self.update()

    def summary(self) -> str:
        """The essentials, in a short text."""
        return ""

    def headings(self) -> tuple[str, ...]:
        """The line above the bars: the first of these that fits, or the last."""
        return (self.summary(),)

    def tip_of(self, number: int) -> str:
        """The tooltip of one bar."""
        return f"{self.numbers[number]:.3f}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self.numbers:
            self._paint_bars(painter)
        else:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(_SIDE, 0, -_SIDE, 0), flags, self._waiting)
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        text, accent = self.palette().text().color(), self.palette().highlight().color()
        font = painter.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        heading = QFont(font)
        heading.setBold(True)
        painter.setFont(heading)
        painter.setPen(text)
        top = QRectF(_SIDE, 2, self.width() - 2 * _SIDE, _TOP - 2)
        measure, headings = painter.fontMetrics(), self.headings()
        fitting = (words for words in headings if measure.horizontalAdvance(words) <= top.width())
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, next(fitting, headings[-1]))
        painter.setFont(font)
        room = QRectF(_SIDE, _TOP, self.width() - 2 * _SIDE, self.height() - _TOP - _BOTTOM)
        step = room.width() / len(self.numbers)
        bar = max(1.0, min(step - 1.0, 0.8 * step, _WIDEST))
        pale = QColor(text)
        pale.setAlphaF(0.5)
        every = max(1, round(_LABEL_ROOM / max(step, 1e-6)))
        for number, value in enumerate(self.numbers):
            left = room.left() + number * step + 0.5 * (step - bar)
            height = max(1.0, self._height(room, value))
            if value >= self.hollow:
                painter.fillRect(QRectF(left, room.bottom() - height, bar, height), accent)
            else:  # NaN too
                painter.setPen(pale)
                painter.drawLine(QPointF(left, room.bottom()), QPointF(left + bar, room.bottom()))
            if number < len(self.marks) and self.marks[number] >= 0.0:
                up = room.bottom() - self._height(room, self.marks[number])
                painter.fillRect(QRectF(left - 1, up - 1, bar + 2, 2), text)
            if self.ends is None and number % every == 0:
                painter.setPen(text)
                under = QRectF(left + 0.5 * bar - 20, room.bottom() + 1, 40, _BOTTOM)
                painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, str(number + 1))

        if self.ends is not None:
            painter.setPen(text)
            under = QRectF(room.left(), room.bottom() + 1, room.width(), _BOTTOM)
            painter.drawText(under, Qt.AlignmentFlag.AlignLeft, self.ends[0])
            painter.drawText(under, Qt.AlignmentFlag.AlignRight, self.ends[1])

    def _height(self, room: QRectF, value: float) -> float:
        return room.height() * max(0.0, value) / self._top

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.numbers:
            step = (self.width() - 2 * _SIDE) / len(self.numbers)
            number = int((event.pos().x() - _SIDE) / step)
            if 0 <= number < len(self.numbers):
                QToolTip.showText(event.globalPos(), plain_tip(self.tip_of(number)), self)
                return True
        return super().event(event)
