"""The edge of the guide's column that is dragged to change its width."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget


class Grip(QWidget):
    """The column's left edge: drag it to change the width."""

    moved = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guideGrip")
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self._from = QPoint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        now = event.globalPosition().toPoint()
        self.moved.emit(self._from.x() - now.x())
        self._from = now
