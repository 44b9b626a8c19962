"""The grid of pictures under mouse and keyboard."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from latentlab.qt.views.data_browser.area import PictureArea
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.session.picture_rows import PictureRows

_KEY = Qt.Key
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
# Letters typed within so many seconds of each other are one word.
_PAUSE_S = 1.0


class PictureGrid(PictureArea):
    """Pictures in rows.

    A click chooses one, Ctrl adds one, Shift all between, a drag those in a rectangle. Arrow keys, Home, End
    and Page go from picture to picture, with Shift they extend the choice; letters go to the next caption
    that begins so. Ctrl and the wheel, + and -: larger and smaller.

    Signals: `chosen` when the choice has changed, `opened` (number) at a double-click or Enter, `pointed`
    (number, or -1) when the mouse is over another picture, `sized` when pictures have become larger or
    smaller, `typed` (letters), `menu_wanted` (place on the screen).
    """

    chosen = Signal()
    opened = Signal(int)
    pointed = Signal(int)
    sized = Signal(int)
    typed = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._word, self._typed_at = "", 0.0
        # Of a drag: the place where it began, the last one, and what was chosen besides.
        self._drag: tuple[int, int, NDArray[np.bool_] | None] | None = None

    def show_rows(self, rows: PictureRows | None) -> None:
        self._drag = None
        super().show_rows(rows)

    def arrange(self, order: NDArray[np.int32]) -> None:
        self._drag = None
        super().arrange(order)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.number_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.RightButton:
            if number is not None and not self.choice.chosen[number]:
                self._choose(number, Qt.KeyboardModifier.NoModifier)
        elif event.button() == Qt.MouseButton.LeftButton:
            if number is not None:
                self._choose(number, event.modifiers())
                place = self.choice.place_of(number)
                besides = self.choice.chosen.copy() if event.modifiers() & _CTRL else None
                self._drag = None if place is None else (place, place, besides)
            elif not event.modifiers() & (_SHIFT | _CTRL) and self.choice.count:
                self.choice.only(None)
                self._tell()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self.number_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if self._drag is not None:
            self._drag_to(place, event.position().y())
        self._hover(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            first, last, _ = self._drag
            self._drag = None
            if first != last:
                self._tell()

    def _drag_to(self, place: int | None, y: float) -> None:
        """Chooses the pictures in the rectangle to where the mouse is; beyond the edges the view scrolls."""
        assert self._drag is not None
        beyond = min(0.0, y) or max(0.0, y - self.viewport().height())
        if beyond:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + round(beyond))
        first, last, besides = self._drag
        if place is not None and place != last:
            self._drag = first, place, besides
            self.choice.frame(first, place, self.cells.columns, besides)
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            if place is None:
                QToolTip.hideText()
            else:
                tip, box = self.tip(int(self.choice.order[place])), self.rect_of(place)
                QToolTip.showText(event.globalPos(), plain_tip(tip), self.viewport(), box)
            return True
        return super().viewportEvent(event)

    def _hover(self, place: int | None) -> None:
        if place == self.hovered:
            return
        for one in (self.hovered, place):
            if one is not None:
                self.viewport().update(self.rect_of(one))
        self.hovered = place
        self.pointed.emit(-1 if place is None else int(self.choice.order[place]))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & _CTRL:
            self._resize_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)
            self._hover(self.place_at(event.position().toPoint()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_wanted.emit(event.globalPos())
        else:
            place = self.choice.place_of(self.choice.current)
            middle = self.rect_of(place).center() if place is not None else QPoint()
            self.menu_wanted.emit(self.viewport().mapToGlobal(middle))

    def _choose(self, number: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & _SHIFT:
            self.choice.extend(number)
        elif modifiers & _CTRL:
            self.choice.toggle(number)
        else:
            self.choice.only(number)
        self._tell()

    def _tell(self) -> None:
        self.viewport().update()
        self.chosen.emit()

    def _resize_by(self, steps: int) -> None:
        sides = self.sides
        place = sides.index(self.side) + steps
        if 0 <= place < len(sides):
            self.set_side(sides[place])
            self.sized.emit(sides[place])

    # The keys

    def event(self, event: QEvent) -> bool:
        # Letters go to a picture here; elsewhere some of them are commands.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_word(event)
        ):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _is_word(event: QKeyEvent) -> bool:
        held = event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
        return (
            not held
            and bool(event.text().strip())
            and event.text().isprintable()
            and event.text() not in "+-"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = Qt.Key(event.key()), len(self.choice.order)
        if not count:
            super().keyPressEvent(event)
            return
        place = self.choice.place_of(self.choice.current)
        step = self._step(key)
        if step is not None:
            goal = 0 if place is None else max(0, min(count - 1, place + step))
            # Up and down keep the column.
            if place is not None and abs(step) >= self.cells.columns and abs(step) < count:
                goal = place + step if 0 <= place + step < count else place
            self._go(int(self.choice.order[goal]), event.modifiers())
        elif key in (_KEY.Key_Return, _KEY.Key_Enter):
            self.open_current()
        elif key == _KEY.Key_A and event.modifiers() & _CTRL:
            self.choice.all_shown()
            self._tell()
        elif key == _KEY.Key_Space and event.modifiers() & _CTRL and self.choice.current is not None:
            self._choose(self.choice.current, _CTRL)
        elif key == _KEY.Key_Escape and self.choice.count:
            self.choice.only(None)
            self._tell()
        elif event.text() and event.text() in "+-":
            self._resize_by(1 if event.text() == "+" else -1)
        elif self._is_word(event) or (event.text() == " " and self._word):
            now = time.monotonic()
            self._word = (self._word if now - self._typed_at < _PAUSE_S else "") + event.text()
            self._typed_at = now
            self.typed.emit(self._word)
        else:
            super().keyPressEvent(event)

    def _step(self, key: Qt.Key) -> int | None:
        """By how many pictures a key goes on; None for other keys."""
        page = max(1, self.viewport().height() // self.cells.down)
        columns, every = self.cells.columns, len(self.choice.order)
        return {
            _KEY.Key_Left: -1, _KEY.Key_Right: 1, _KEY.Key_Up: -columns, _KEY.Key_Down: columns,
            _KEY.Key_PageUp: -columns * page, _KEY.Key_PageDown: columns * page,
            _KEY.Key_Home: -every, _KEY.Key_End: every,
        }.get(key)  # fmt: skip

    def _go(self, number: int, modifiers: Qt.KeyboardModifier) -> None:
        self._choose(number, modifiers & _SHIFT)
        self.bring_into_view(number)

    def open_current(self) -> None:
        """Does with the current picture what a double-click does."""
        if self.choice.current is not None:
            self.opened.emit(self.choice.current)

    def go_to(self, number: int) -> None:
        """Chooses a picture and shows it."""
        self._go(number, Qt.KeyboardModifier.NoModifier)
