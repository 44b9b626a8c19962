"""Terms of the glossary in the window: a label with a dotted underline, and a small ? beside a choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QMargins, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShortcut,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QToolButton, QToolTip, QWidget

from latentlab.guide import glossary
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip, spoken

# Of a line that is not wrapped, in pixels.
_ENDLESS = 100_000.0
_EXPLAIN = QEvent.Type(QEvent.registerEventType())


class ExplainEvent(QEvent):
    """The question what a term means, asked at a widget; whoever explains it accepts the event."""

    def __init__(self, term: str, widget: QWidget) -> None:
        super().__init__(_EXPLAIN)
        self.term, self.widget = term, widget


def ask(term: str, widget: QWidget) -> bool:
    """Asks the widgets above this one, also above its window; returns whether one explains."""
    event = ExplainEvent(term, widget)
    asked: QWidget | None = widget
    while asked is not None:
        event.ignore()
        if QCoreApplication.sendEvent(asked, event) and event.isAccepted():
            return True
        asked = asked.parentWidget()
    return False


def explain_by_f1(dialog: QWidget, name: str) -> None:
    """F1 in a dialog says what is seen in it: `resources/guide/panels/<name>.md`, or a term."""
    QShortcut(QKeySequence(Qt.Key.Key_F1), dialog).activated.connect(partial(ask, name, dialog))


class Term(Label):
    """A label with terms in it: each that is in its text has a dotted underline.

    Args:
        text: what it shows; may change.
        terms: their names in the glossary; without any, the text itself.
    """

    def __init__(self, text: str = "", *terms: str) -> None:
        self.terms = terms or (spoken(text),)
        super().__init__(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        if self.shown_terms:
            self.setCursor(Qt.CursorShape.WhatsThisCursor)
        else:
            self.unsetCursor()

    @property
    def shown_terms(self) -> tuple[str, ...]:
        """Those in the text now, as whole words."""
        text = spoken(self.text())
        return tuple(term for term in self.terms if _place(term, text) >= 0)

    def words(self, term: str) -> list[QRect]:
        """Where a term stands, in pixels of this label: a part in each line that it reaches over."""
        shown = spoken(self.text())
        first = _place(term, shown)
        if first < 0:
            return []
        room = self.contentsRect().marginsRemoved(QMargins(*4 * [self.margin()]))
        return parts_in(
            shown, (first, first + len(term)), self.font(), room, self.alignment(), self.wordWrap()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        for term in self.shown_terms:
            for part in self.words(term):
                _underline(self, part.left(), part.right(), part.bottom())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Otherwise the press, and with it the release, would go to the parent.
        if event.button() is Qt.MouseButton.LeftButton and self.shown_terms:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        terms = self.shown_terms
        if event.button() is Qt.MouseButton.LeftButton and terms and self.rect().contains(place):
            ask(min(terms, key=lambda term: min(_apart(part, place) for part in self.words(term))), self)
        else:
            super().mouseReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.toolTip():
            known = [glossary.term(term) for term in self.shown_terms]
            words = "\n".join(term.summary for term in known if term is not None)
            if words:
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
                return True
        return super().event(event)


class RichTerm(RichLabel):
    """A heading in HTML, about a term.

    Args:
        text: what it shows; may change.
        term: its name in the glossary; if that does not have it, this is a label like any other.
        head: what is underlined, the beginning of the text; in bold.
    """

    def __init__(self, text: str, term: str, head: str = "") -> None:
        super().__init__(text)
        self.term, self._head = term, head or term
        self.explains = glossary.term(term) is not None
        if self.explains:
            self.setCursor(Qt.CursorShape.WhatsThisCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.explains:
            bold = QFont(self.font())
            bold.setBold(True)
            width = min(QFontMetrics(bold).horizontalAdvance(self._head), self.width())
            left = self.contentsRect().left()
            _underline(self, left, left + width, self.contentsRect().bottom())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.explains:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.explains and self.rect().contains(event.position().toPoint()):
            ask(self.term, self)


def named(text: str, buddy: QWidget) -> Label:
    """The label of a control: a term, where the glossary has it."""
    label = Term(text) if glossary.term(spoken(text)) else Label(text)
    label.setBuddy(buddy)
    return label


def _place(term: str, text: str) -> int:
    """Where a term begins in a text, as a whole word; -1 if it is not in it."""
    found = re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text)
    return found.start() if found else -1


def parts_in(
    text: str, part: tuple[int, int], font: QFont, room: QRect, align: Qt.AlignmentFlag, wraps: bool
) -> list[QRect]:
    """Where the letters from one to before another are drawn, in pixels: a rectangle in each line.

    The lines are broken as QPainter breaks those of a label.
    """
    layout = QTextLayout(text.replace("\n", "\N{LINE SEPARATOR}"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap if wraps else QTextOption.WrapMode.ManualWrap)
    layout.setTextOption(option)
    leading = QFontMetricsF(font).leading()
    lines: list[tuple[QTextLine, float]] = []
    height = -leading
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room.width() if wraps else _ENDLESS)
        height += leading
        lines.append((line, height))
        height += line.height()
    layout.endLayout()
    down = {Qt.AlignmentFlag.AlignVCenter: 0.5, Qt.AlignmentFlag.AlignBottom: 1.0}
    across = {Qt.AlignmentFlag.AlignHCenter: 0.5, Qt.AlignmentFlag.AlignRight: 1.0}
    top = room.top() + _share(align, down) * (room.height() - height)
    found = []
    for line, above in lines:
        first = max(part[0], line.textStart())
        last = min(part[1], line.textStart() + line.textLength())
        if first < last:
            left = room.left() + _share(align, across) * (room.width() - line.naturalTextWidth())
            begin, end = (min(_x_in(line, place), line.naturalTextWidth()) for place in (first, last))
            found.append(QRectF(left + begin, top + above, end - begin, line.height()).toRect())
    return found


def _share(align: Qt.AlignmentFlag, shares: Mapping[Qt.AlignmentFlag, float]) -> float:
    return next((share for flag, share in shares.items() if align & flag), 0.0)


def _x_in(line: QTextLine, place: int) -> float:
    """Of a letter's left edge; PySide gives the letter back beside it."""
    found: Any = line.cursorToX(place)
    return float(found[0])


def _apart(part: QRect, place: QPoint) -> int:
    """How far a place is from a rectangle, in pixels; 0 inside."""
    across = max(part.left() - place.x(), place.x() - part.right(), 0)
    return across + max(part.top() - place.y(), place.y() - part.bottom(), 0)


def _underline(widget: QWidget, left: int, right: int, below: int) -> None:
    colour = widget.palette().color(QPalette.ColorRole.WindowText)
    colour.setAlphaF(0.7)
    painter = QPainter(widget)
    painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DotLine))
    below = min(below, widget.height() - 1)
    painter.drawLine(left, below, right, below)


class TermButton(QToolButton):
    """A small ? that explains what `term` returns: the choice of a combo box, say, or a panel's name."""

    def __init__(self, name: str, term: Callable[[], str], tip: str = "What does this mean?") -> None:
        super().__init__()
        self._term = term
        self.setObjectName(name)
        self.setText("?")
        self.setAutoRaise(True)
        self.setAccessibleName(tip)
        self.setToolTip(plain_tip(tip))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        ask(self._term(), self)
