"""Hears a request for a context menu, also where the right button drags."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_PRESS, _RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
_MOVE, _MENU = QEvent.Type.MouseMove, QEvent.Type.ContextMenu


class RightClick(QObject):
    """`wanted` carries the place in the widget and on the screen.

    Args:
        widget: it, or something in it, is clicked.
        drags: whether the right button drags there: then only a click without a move asks for the menu.
    """

    wanted = Signal(QPoint, QPoint)

    def __init__(self, widget: QWidget, drags: bool = False) -> None:
        super().__init__(widget)
        self._drags = drags
        self._pressed: QPoint | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == _MENU and isinstance(event, QContextMenuEvent):
            if not self._drags or event.reason() != QContextMenuEvent.Reason.Mouse:
                self.wanted.emit(event.pos(), event.globalPos())
            return True
        if self._drags and kind in (_PRESS, _RELEASE) and isinstance(event, QMouseEvent):
            self._button(event, pressed=kind == _PRESS)
        elif kind == _MOVE and isinstance(event, QMouseEvent) and self._is_far(event):
            # A drag that comes back to where it began is none the less a drag.
            self._pressed = None
        return False

    def _button(self, event: QMouseEvent, pressed: bool) -> None:
        if event.button() != Qt.MouseButton.RightButton:
            return
        here, there = event.position().toPoint(), self._pressed
        alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed = here if pressed and alone else None
        near = there is not None and (here - there).manhattanLength() < QApplication.startDragDistance()
        if near and not pressed:
            self.wanted.emit(here, event.globalPosition().toPoint())

    def _is_far(self, event: QMouseEvent) -> bool:
        there = self._pressed
        far = QApplication.startDragDistance()
        return there is not None and (event.position().toPoint() - there).manhattanLength() >= far
