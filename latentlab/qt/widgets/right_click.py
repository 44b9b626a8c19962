"""Hears a request for a context menu, also where the right button drags."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_PRESS, _RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
_MENU = QEvent.Type.ContextMenu


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
        return False

    def _button(self, event: QMouseEvent, pressed: bool) -> None:
        if event.button() != Qt.MouseButton.RightButton:
            return
        here, there = event.position().toPoint(), self._pressed
        alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed = here if pressed and alone else None
        if there is not None and (here - there).manhattanLength() < QApplication.startDragDistance():
            self.wanted.emit(here, event.globalPosition().toPoint())
