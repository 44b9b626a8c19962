"""The layout of the reverse page: settings left; the current frame, the tapes and their buttons right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.reverse.frame_panel import FramePanel

# Below these heights pictures matter more than histograms: they are small, or hidden.
_LOW, _LOWEST = 310, 250


class ReverseLayout(QWidget):
    """`left` are stacked, the first as high as there is room; to their right the row of `panels`, the
    `words`, the `tracks` and the `transport`, of which panels and tracks share the height.
    """

    def __init__(
        self,
        left: Sequence[QWidget],
        panels: Sequence[FramePanel],
        words: QWidget,
        tracks: QWidget,
        transport: QWidget,
    ) -> None:
        super().__init__()
        self._panels = panels
        column = QVBoxLayout()
        column.setSpacing(6)
        for place, widget in enumerate(left):
            column.addWidget(widget, 0 if place else 1)
        aspects = QHBoxLayout()
        aspects.setSpacing(10)
        for panel in panels:
            aspects.addWidget(panel, 1)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addLayout(aspects, 5)
        right.addWidget(words)
        right.addWidget(tracks, 3)
        right.addWidget(transport)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.setSpacing(10)
        whole.addLayout(column)
        whole.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        for panel in self._panels:
            panel.histogram.set_low(self.height() < _LOW)
            panel.histogram.setVisible(self.height() >= _LOWEST)
        super().resizeEvent(event)
