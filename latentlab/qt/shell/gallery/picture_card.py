"""A card of the gallery: pictures, a name, two pale lines, and a text of at most two lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolButton

from latentlab.plain import one_line
from latentlab.qt.shell.gallery.strip import Strip
from latentlab.qt.widgets.plain_text import plain_tip

# The widths between which the cards of a row share the room.
NARROWEST, WIDEST = 268, 360
_PAD, _GAP, _COLUMNS, _LINES = 10, 4, 5, 2


@dataclass(frozen=True)
class CardText:
    """What a card says.

    Attributes:
        title: its name.
        path: its file.
        first, second: the pale lines.
        third: what stands below them.
        tip: more of it, a line each before the path; those that are empty are left out.
        menu: what its menu offers, in a sentence.
    """

    title: str
    path: Path
    first: str
    second: str
    third: str
    tip: tuple[str, ...]
    menu: str


class PictureCard(QAbstractButton):
    """`clicked` opens what it shows; `menu_wanted` asks for its menu at a global place.

    `came` says that it has the keyboard focus now.
    """

    menu_wanted = Signal(object)
    came = Signal()

    def __init__(self, text: CardText, png: bytes, is_open: bool) -> None:
        super().__init__()
        self.setObjectName(f"card_{one_line(text.title)}")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.words, self.is_open = text, is_open
        self.strip = Strip(png)
        self._drawn_in_vain = False
        self.more = QToolButton(self)
        self.more.setObjectName("cardMenu")
        self.more.setText("⋮")
        self.more.setAutoRaise(True)
        self.more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.more.setCursor(Qt.CursorShape.ArrowCursor)
        self.more.setAccessibleName(f"What can be done with {one_line(text.title)}")
        self.more.setToolTip(plain_tip(text.menu))
        self.more.clicked.connect(self._more)
        self.setAccessibleName(one_line(text.title))
        self.setAccessibleDescription(one_line(". ".join(filter(None, (text.first, text.second)))))
        tip = (text.title, *text.tip, str(text.path))
        self.setToolTip(plain_tip("\n".join(one_line(line) for line in tip if line)))

    @property
    def title(self) -> str:
        """What it is called."""
        return self.words.title

    @property
    def path(self) -> Path:
        """The file of what it shows."""
        return self.words.path

    def matches(self, query: str) -> bool:
        """Whether each word of a query occurs in what it says."""
        text = self.words
        known = " ".join((text.title, text.first, text.second, text.third)).casefold()
        return all(word in known for word in query.casefold().split())

    def show_pictures(self, png: bytes) -> None:
        """Shows what the model draws in place of placeholders."""
        self.strip = Strip(png)
        self.update()

    def show_failure(self) -> None:
        """The model draws nothing: the placeholders say so."""
        self._drawn_in_vain = True
        self.update()

    def reachable(self, by_tab: bool) -> None:
        """Whether Tab leads to this card: to one of them, from where arrows lead on."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if by_tab else Qt.FocusPolicy.ClickFocus)

    @property
    def _below_pictures(self) -> int:
        return _PAD + 2 * _side(self.width()) + _GAP + 6

    def heightForWidth(self, width: int) -> int:
        name, small = QFontMetrics(self._name_font), QFontMetrics(self._small_font)
        words = name.lineSpacing() + (2 + _LINES) * small.lineSpacing()
        return _PAD + 2 * _side(width) + _GAP + 6 + words + _PAD

    def sizeHint(self) -> QSize:
        return QSize(NARROWEST, self.heightForWidth(NARROWEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = self.more.sizeHint().height()
        self.more.setGeometry(self.width() - _PAD - side + 4, self._below_pictures - 2, side, side)

    @property
    def _name_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    @property
    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(0.9 * font.pointSizeF())
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, under = self.palette(), self.underMouse() or self.isDown()
        frame = QPainterPath()
        thick = 2.5 if self.hasFocus() else 1.0
        edge = 0.5 * thick
        frame.addRoundedRect(self.rect().toRectF().adjusted(edge, edge, -edge, -edge), 6.0, 6.0)
        ground = QPalette.ColorRole.AlternateBase if under else QPalette.ColorRole.Base
        painter.fillPath(frame, palette.color(ground))
        pen = painter.pen()
        accent = self.hasFocus() or self.is_open
        pen.setColor(palette.color(QPalette.ColorRole.Highlight if accent else QPalette.ColorRole.Mid))
        pen.setWidthF(thick)
        painter.setPen(pen)
        painter.drawPath(frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.strip.paint(painter, self._boxes(), palette)
        self._write(painter)
        painter.end()

    def _boxes(self) -> list[QRect]:
        side = _side(self.width())
        step = side + _GAP
        return [
            QRect(_PAD + number % _COLUMNS * step, _PAD + number // _COLUMNS * step, side, side)
            for number in range(2 * _COLUMNS)
        ]

    def _write(self, painter: QPainter) -> None:
        palette, middle = self.palette(), Qt.TextElideMode.ElideMiddle
        room, y = self.width() - 2 * _PAD, self._below_pictures
        strong, pale = (
            palette.color(QPalette.ColorRole.Text),
            palette.color(QPalette.ColorRole.PlaceholderText),
        )
        painter.setFont(self._name_font)
        metrics = QFontMetrics(self._name_font)
        open_ = "  open" if self.is_open else ""
        beside = self.more.width() + metrics.horizontalAdvance(open_)
        name = metrics.elidedText(one_line(self.words.title), middle, room - beside)
        painter.setPen(strong)
        painter.drawText(_PAD, y + metrics.ascent(), name)
        if open_:
            painter.setPen(palette.color(QPalette.ColorRole.Link))
            painter.drawText(_PAD + metrics.horizontalAdvance(name), y + metrics.ascent(), open_)
        y += metrics.lineSpacing()
        painter.setFont(self._small_font)
        metrics = QFontMetrics(self._small_font)
        for line, colour in ((self.words.first, pale), (self.words.second, pale)):
            painter.setPen(colour)
            painter.drawText(_PAD, y + metrics.ascent(), metrics.elidedText(one_line(line), middle, room))
            y += metrics.lineSpacing()
        painter.setPen(strong)
        words = "It cannot draw: open it to see why." if self._drawn_in_vain else one_line(self.words.third)
        box = QRect(_PAD, y, room, _LINES * metrics.lineSpacing())
        painter.drawText(box, Qt.TextFlag.TextWordWrap, _in_lines(words, metrics, room))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.came.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.click()
        else:
            # Arrows and letters are the page's.
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.menu_wanted.emit(event.globalPos() if by_mouse else self._beside_more())

    @Slot()
    def _more(self) -> None:
        self.menu_wanted.emit(self._beside_more())

    def _beside_more(self) -> QPoint:
        return self.more.mapToGlobal(self.more.rect().bottomLeft())


def _side(width: int) -> int:
    """Of each picture on a card of this width."""
    return (width - 2 * _PAD - (_COLUMNS - 1) * _GAP) // _COLUMNS


def _in_lines(text: str, metrics: QFontMetrics, width: int) -> str:
    """As much of a text as takes two lines, with "…" at its end if that is not all."""
    if metrics.horizontalAdvance(text) <= 1.8 * width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(1.8 * width))
