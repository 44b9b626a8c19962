"""What is painted over the cells: the frames of chosen pictures, and the marks of the groups A and B."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen

from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.session import groups
from latentlab.session.state import SessionState

_MARK = 14.0


class Badges:
    """Knows which pictures are in a group, and which is the session's selected one."""

    def __init__(self) -> None:
        self._members: dict[str, NDArray[np.bool_]] = {}
        self.selected: int | None = None

    def forget(self, like: NDArray[np.bool_]) -> None:
        """No picture is in a group; there are as many as in `like`."""
        self._members = {group: np.zeros(len(like), dtype=np.bool_) for group in groups.GROUPS}
        self.selected = None

    def show(self, state: SessionState) -> None:
        """Marks the selected picture and the members of the groups."""
        for group, inside in self._members.items():
            numbers = [one for one in groups.members(state, group) if one < len(inside)]
            inside[:] = False
            inside[numbers] = True
            if group == groups.A:
                there = state.selected is not None and state.selected < len(inside)
                self.selected = state.selected if there else None

    def marked(self, numbers: NDArray[np.int32], chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Which of these pictures have something painted over them, as places among them."""
        some = chosen[numbers]
        for inside in self._members.values():
            some = some | inside[numbers]
        if self.selected is not None:
            some = some | (numbers == self.selected)
        return np.flatnonzero(some)

    def paint(self, painter: QPainter, box: QRectF, number: int, chosen: bool, palette: QPalette) -> None:
        """Paints what a picture has, into its cell."""
        highlight = palette.color(QPalette.ColorRole.Highlight)
        if chosen or number == self.selected:
            painter.setPen(QPen(highlight, 3 if number == self.selected else 2))
            fill = QColor(highlight)
            fill.setAlphaF(0.28 if chosen else 0.0)
            painter.setBrush(fill)
            painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5))
        left = box.right() - _MARK - 2
        for group, inside in self._members.items():
            if inside[number]:
                self._paint_mark(painter, QRectF(left, box.top() + 2, _MARK, _MARK), group)
                left -= _MARK + 1

    def _paint_mark(self, painter: QPainter, box: QRectF, group: str) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.white, 1.2))
        painter.setBrush(QColor(GROUP_COLOURS[group]))
        # As in the plane: a circle for A, a square for B.
        (painter.drawEllipse if group == groups.A else painter.drawRect)(box)
        font = QFont(painter.font())
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, group.upper())
        painter.restore()

    def paint_current(self, painter: QPainter, box: QRectF, palette: QPalette) -> None:
        """Paints where the keys are."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
        painter.drawRect(box.adjusted(3.5, 3.5, -3.5, -3.5))

    def paint_hover(self, painter: QPainter, box: QRectF, palette: QPalette) -> None:
        """Paints where the mouse is."""
        colour = QColor(palette.color(QPalette.ColorRole.Highlight))
        colour.setAlphaF(0.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        painter.drawRect(box.adjusted(1, 1, -1, -1))
