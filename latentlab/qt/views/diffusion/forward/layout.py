"""The layout of the forward page: high, low and wide, or narrow.

Where it is wide, two rows of controls are above the pictures and the curves, which share the rest: one above
the other where it is high, side by side where it is low. Where it is narrow, everything is in one column.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.forward.four_pictures import FourPictures
from latentlab.qt.views.diffusion.forward.schedule_plot import ScheduleCurves
from latentlab.qt.widgets.flow_layout import FlowLayout

_EDGE, _ANY = 8, 16_777_215
# From this width on it is wide, and from this height on it is high.
_WIDE, _HIGH = 620, 300


class ForwardLayout(QScrollArea):
    """`head` and `slide` are rows, `buttons` follow each other beside the `note`."""

    def __init__(
        self,
        head: Sequence[QWidget],
        slide: Sequence[QWidget],
        note: QLabel,
        buttons: Sequence[QWidget],
        pictures: FourPictures,
        curves: ScheduleCurves,
    ) -> None:
        super().__init__()
        self._pictures, self._curves, self._note = pictures, curves, note
        ways = QBoxLayout.Direction.LeftToRight
        self._first, self._second, self._rest = QBoxLayout(ways), QBoxLayout(ways), QBoxLayout(ways)
        heads = QHBoxLayout()
        heads.setSpacing(4)
        for place, widget in enumerate(head):
            heads.addWidget(widget, 1 if place == 1 else 0)
        slides = QHBoxLayout()
        for place, widget in enumerate(slide):
            slides.addWidget(widget, 1 if place == 1 else 0)
        self._first.addLayout(heads, 1)
        self._first.addLayout(slides, 2)
        self._first.setSpacing(12)
        flowing = QWidget()
        flow = FlowLayout(flowing)
        for widget in buttons:
            flow.addWidget(widget)
        self._second.addWidget(note, 1)
        self._second.addWidget(flowing)
        for part in (pictures, curves):
            self._rest.addWidget(part)
        self._rest.setSpacing(_EDGE)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        rows.setSpacing(6)
        rows.addLayout(self._first)
        rows.addLayout(self._second)
        rows.addLayout(self._rest, 1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)

    def fit(self) -> None:
        """Lays everything out again: the size, or the shape of the pictures, has changed."""
        wide, high = self.width() >= _WIDE, self.height() >= _HIGH
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        inside = self.viewport().width() - 2 * _EDGE
        for row in (self._first, self._second):
            row.setDirection(across if wide else down)
        self._rest.setDirection(across if wide and not high else down)
        # At its maximal height, or everything below would jump when the text takes a second line.
        self._note.setMinimumHeight(2 * self._note.fontMetrics().lineSpacing() if wide else 0)
        self._rest.setStretch(0, 2 if wide and not high else 3)
        self._rest.setStretch(1, 1 if wide and not high else 2)
        best = self._pictures.height_at(inside)
        self._pictures.setMinimumHeight(0 if wide else best)
        self._pictures.setMaximumHeight(best if high or not wide else _ANY)
        self._curves.setMinimumHeight(0 if wide else self._curves.height_at(inside))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)
