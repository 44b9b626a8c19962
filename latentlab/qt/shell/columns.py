"""Puts several views into one dock: stacked in a scrolling column, or side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.qt.views.class_legend.view import ClassLegend, LegendRoom
from latentlab.qt.views.points.view import PointsView
from latentlab.qt.widgets.scrolled import ScrolledPage

# As wide as the probe is in a wide window.
_WIDTH = 336
_Arrange = Callable[[tuple[QWidget, ...]], QWidget]


class Column(ScrolledPage):
    """Views one under the other, as wide as the column; scrolls when they are too tall together."""

    def __init__(self, name: str, views: tuple[QWidget, ...]) -> None:
        super().__init__(name)
        self._inner = QWidget()
        rows = QVBoxLayout(self._inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for view in views:
            rows.addWidget(view, 1 if len(views) == 1 else 0)
        if len(views) > 1:
            # Room that nobody needs is below all of them, not between.
            rows.addStretch(1)
        self.setWidget(self._inner)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inner.minimumSizeHint().width() + bar, 160)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 600)


def points_panel(views: tuple[QWidget, ...]) -> QWidget:
    """The panel of points, with the legend inside."""
    panel, legend = views
    assert isinstance(panel, PointsView)
    assert isinstance(legend, ClassLegend)
    panel.take_legend(LegendRoom(legend, most=12, whole=True))
    return panel


def column(name: str) -> _Arrange:
    """Puts views one under the other."""

    def arrange(views: tuple[QWidget, ...]) -> QWidget:
        return Column(name, views)

    return arrange


def beside(name: str) -> _Arrange:
    """Puts views side by side with a splitter handle between them."""

    def arrange(views: tuple[QWidget, ...]) -> QWidget:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName(name)
        splitter.setChildrenCollapsible(False)
        for place, view in enumerate(views):
            splitter.addWidget(view)
            splitter.setStretchFactor(place, 1)
        return splitter

    return arrange
