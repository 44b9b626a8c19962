"""First steps: a bubble that points at one thing of the window after the other, and never stands in the way.

It is no dialog: everything can be used while it is there. The thing that it points at has a frame, through
which the mouse goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QPushButton, QVBoxLayout, QWidget

from latentlab.qt.shell.guide.marks import Mark
from latentlab.qt.widgets.focus_return import focus_to_return_to
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button

_WIDTH, _GAP, _SMALL, _FOLLOW_MS = 300, 12, 80, 50


class FirstSteps(QObject):
    """Shows the marks of a window.

    Args:
        begin: is called at the beginning.
        bring: brings the panel of a view of this name to the front.

    Signals:
        ended: after the last mark, or when the rest was skipped.
    """

    ended = Signal()

    def __init__(
        self,
        window: QMainWindow,
        marks: Sequence[Mark],
        begin: Callable[[], None],
        bring: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._begin, self._bring = begin, bring
        self._window, self._marks, self._number = window, marks, 0
        self._came_from: QWidget | None = None
        self.frame = _Frame(window)
        self.bubble = _Bubble(window, len(marks))
        self.bubble.back.clicked.connect(self.go_back)
        self.bubble.next.clicked.connect(self.go_on)
        self.bubble.skip.clicked.connect(self.end)
        self.bubble.left.connect(self.end)
        self._follow = QTimer(self, interval=_FOLLOW_MS)
        self._follow.timeout.connect(self._place)

    @property
    def running(self) -> bool:
        """Whether a mark is shown."""
        return self._follow.isActive()

    @Slot()
    def begin(self) -> None:
        """Shows the first mark."""
        self._came_from = self._window.focusWidget()
        self._number = 0
        self._begin()
        self._follow.start()
        self._show()
        self.bubble.next.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def go_on(self) -> None:
        """To the next mark; after the last one it ends."""
        if self._number + 1 < len(self._marks):
            self._number += 1
            self._show()
        else:
            self.end()

    @Slot()
    def go_back(self) -> None:
        """To the mark before."""
        self._number = max(0, self._number - 1)
        self._show()

    @Slot()
    def end(self) -> None:
        """Takes everything away; the keyboard focus goes back to where it was, if it was here."""
        focus = self._window.focusWidget()
        inside = focus is not None and self.bubble.isAncestorOf(focus)
        self._follow.stop()
        self.bubble.hide()
        self.frame.hide()
        target = focus_to_return_to(self._came_from, self._window)
        if inside and target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None
        self.ended.emit()

    def _show(self) -> None:
        mark = self._marks[self._number]
        if mark.panel:
            focus = self._window.focusWidget()
            self._bring(mark.panel)
            if focus is not None and self.bubble.isAncestorOf(focus):
                focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bubble.say(mark, self._number)
        self._place()
        # A panel that has come to the front lies over it.
        self.frame.raise_()
        self.bubble.show()
        self.bubble.raise_()

    @Slot()
    def _place(self) -> None:
        """Frame and bubble follow what they point at."""
        target = self._marks[self._number].place()
        room = self._window.rect()
        self.frame.surround(target)
        size = self.bubble.sizeHint()
        size.setHeight(max(size.height(), self.bubble.heightForWidth(_WIDTH)))
        size.setWidth(_WIDTH)
        place = QRect(QPoint(), size)
        if target is None:
            place.moveCenter(room.center())
        else:
            place.moveTopLeft(_beside(target, place, room))
        if self.bubble.geometry() != place:
            self.bubble.setGeometry(place)


def _beside(target: QRect, bubble: QRect, room: QRect) -> QPoint:
    """Where a bubble stands next to a target: where it fits, else within it at its lower edge."""
    width, height = bubble.width(), bubble.height()
    top = min(max(target.top(), room.top() + _GAP), room.bottom() - height - _GAP)
    left = min(max(target.center().x() - width // 2, room.left() + _GAP), room.right() - width - _GAP)
    places = [
        QPoint(target.right() + _GAP, top),
        QPoint(target.left() - width - _GAP, top),
        QPoint(left, target.bottom() + _GAP),
        QPoint(left, target.top() - height - _GAP),
    ]
    if target.height() < _SMALL:  # a button, or the ring: below it
        places.insert(0, places.pop(2))
    fitting = (place for place in places if room.contains(QRect(place, bubble.size())))
    return next(fitting, QPoint(left, min(target.bottom(), room.bottom()) - height - _GAP))


class _Frame(QWidget):
    """A rounded frame around the target; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("firstStepsFrame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def surround(self, target: QRect | None) -> None:
        """Moves to a rectangle of the window; None hides it."""
        if target is None:
            self.hide()
            return
        around = target.adjusted(-4, -4, 4, 4)
        if self.geometry() != around:
            self.setGeometry(around)
        if self.isHidden():
            self.show()
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_accent(self), 3.0))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)


class _Bubble(QFrame):
    """The text of a mark, and the way on.

    Signals:
        left: Esc was pressed in it.
    """

    left = Signal()

    def __init__(self, window: QWidget, count: int) -> None:
        super().__init__(window)
        self._count = count
        self.setObjectName("firstSteps")
        self.setAccessibleName("First steps")
        self.setAutoFillBackground(True)
        self.title, self.text, self.place = Label(), Label(), Label()
        self.title.setObjectName("firstStepsTitle")
        self.text.setObjectName("firstStepsText")
        self.place.setObjectName("firstStepsPlace")
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.text.setWordWrap(True)
        self.skip = _button("firstStepsSkip", "Skip", "Close First steps; they are under Help.")
        self.back = _button("firstStepsBack", "Back", "The mark before.")
        self.next = _button("firstStepsNext", "Next", "The next mark.")
        foot = QHBoxLayout()
        foot.addWidget(self.place)
        foot.addStretch()
        for button in (self.skip, self.back, self.next):
            foot.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 10, 14, 10)
        rows.addWidget(self.title)
        rows.addWidget(self.text)
        rows.addLayout(foot)
        self.hide()

    def say(self, mark: Mark, number: int) -> None:
        """Shows a mark."""
        self.title.setText(mark.title)
        self.text.setText(mark.text)
        self.place.setText(f"{number + 1} of {self._count}")
        self.setAccessibleDescription(f"{mark.title}. {mark.text}")
        last = number + 1 == self._count
        self.back.setEnabled(number > 0)
        self.skip.setVisible(not last)
        self.next.setText("Done" if last else "Next")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(_accent(self), 2.0))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _accent(widget: QWidget) -> QColor:
    return widget.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = text_button(name, text, tip)
    button.setAutoDefault(True)
    return button


class FirstStepsHint(QFrame):
    """A small offer in the status bar, at the very first start: First steps, or not."""

    def __init__(self, begin: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("firstStepsHint")
        self.setAccessibleName("First steps are offered")
        self._begin = begin
        self.start = _button("firstStepsStart", "First steps", "Six marks on this window say where to begin.")
        self.no = _button("firstStepsNo", "✕", "Not now: First steps stay under Help.")
        self.no.setAccessibleName("Do not show First steps")
        for button in (self.start, self.no):
            button.setFlat(button is self.no)
        self.no.setFixedWidth(26)
        self.start.clicked.connect(self._take)
        self.no.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(Label("New here?"))
        row.addWidget(self.start)
        row.addWidget(self.no)

    @Slot()
    def _take(self) -> None:
        self.hide()
        self._begin()
