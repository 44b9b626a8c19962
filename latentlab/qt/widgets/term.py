"""Terms of the glossary in the window: a label with a dotted underline, and a small ? beside a choice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolButton, QToolTip, QWidget

from latentlab.guide import glossary
from latentlab.qt.widgets.plain_text import Label, plain_tip, spoken

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


class Term(Label):
    """A label about a term: while the word `term` is in its text, that has a dotted underline.

    Args:
        text: what it shows; may change.
        term: its name in the glossary; "" for the text itself.
    """

    def __init__(self, text: str = "", term: str = "", parent: QWidget | None = None) -> None:
        self.term = term or spoken(text)
        super().__init__(text, parent)

    def setText(self, text: str) -> None:
        super().setText(text)
        if self._explains:
            self.setCursor(Qt.CursorShape.WhatsThisCursor)
        else:
            self.unsetCursor()

    @property
    def _explains(self) -> bool:
        return self.term in spoken(self.text())

    def _word(self) -> QRect:
        """Where the underlined word is, on the only line."""
        shown, letters = spoken(self.text()), self.fontMetrics()
        line = self.style().itemTextRect(letters, self.contentsRect(), self.alignment().value, True, shown)
        before = letters.horizontalAdvance(shown[: shown.find(self.term)])
        return QRect(line.left() + before, line.top(), letters.horizontalAdvance(self.term), line.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._explains:
            return
        word = self._word()
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        colour.setAlphaF(0.7)
        painter = QPainter(self)
        painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DotLine))
        below = min(word.bottom(), self.height() - 1)
        painter.drawLine(word.left(), below, word.right(), below)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Otherwise the press, and with it the release, would go to the parent.
        if event.button() is Qt.MouseButton.LeftButton and self._explains:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and self._explains and inside:
            ask(self.term, self)
        else:
            super().mouseReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.toolTip():
            known = glossary.term(self.term) if self._explains else None
            if known is not None:
                QToolTip.showText(event.globalPos(), plain_tip(known.summary), self)
                return True
        return super().event(event)


class TermButton(QToolButton):
    """A small ? that explains what `term` returns: the choice of a combo box, say."""

    def __init__(self, name: str, term: Callable[[], str]) -> None:
        super().__init__()
        self._term = term
        self.setObjectName(name)
        self.setText("?")
        self.setAutoRaise(True)
        self.setAccessibleName("What does this mean?")
        self.setToolTip("What does this mean?")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        ask(self._term(), self)
