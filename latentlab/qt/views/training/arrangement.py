"""Where the parts of the training panel stand: above each other where there is room, else in a row.

Before the first training there are no results, and the form has the whole panel.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from latentlab.qt.views.training.form import TrainingForm

# From this size on there is room for the cards and for curves above each other.
_ROOMY_WIDTH, _ROOMY_HEIGHT = 640, 430
_MARGIN = 6
# The height of the report alone, and Qt's own limit.
_REPORT, _MOST = 130, 16777215


class Arrangement:
    """The form at the left; curves and pictures beside it, once there are any; the report below the curves or
    in the form.
    """

    def __init__(
        self, panel: QWidget, form: TrainingForm, curves: QWidget, pictures: Sequence[QWidget]
    ) -> None:
        self._panel, self._form = panel, form
        self._below, self._kinds, self._begun = _Below(), pictures, False
        self._pictures = QVBoxLayout(self._below)
        self._pictures.setSpacing(4)
        for widget in pictures:
            self._pictures.addWidget(widget, 1)
        self._results, self._split = QSplitter(), QSplitter()
        self._results.setObjectName("trainingResults")
        self._split.setObjectName("trainingSplit")
        _fill(self._results, (curves, 3), (self._below, 1))
        _fill(self._split, (form, 0), (self._results, 1))
        whole = QHBoxLayout(panel)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        self._arrange(roomy=False)

    def begin(self) -> None:
        """A training begins: from now on there are results to be shown."""
        if not self._begun:
            self._begun = True
            self._arrange(self._form.roomy)

    def fit(self) -> None:
        """The panel has another size."""
        roomy = self._panel.height() >= _ROOMY_HEIGHT and self._panel.width() >= _ROOMY_WIDTH
        if roomy != self._form.roomy:
            self._arrange(roomy)

    def show_pictures(self) -> None:
        """Other pictures are shown, or none: then the curves have their room."""
        some = any(not widget.isHidden() for widget in self._kinds)
        self._below.setVisible(some or self._form.roomy)
        self._below.setMaximumHeight(_MOST if some or not self._form.roomy else _REPORT)

    def _arrange(self, roomy: bool) -> None:
        self._form.show_roomy(roomy)
        self._results.setOrientation(Qt.Orientation.Vertical if roomy else Qt.Orientation.Horizontal)
        self._results.setVisible(self._begun)
        if roomy and self._begun:
            self._pictures.insertWidget(0, self._form.report)
        else:
            self._form.take_report()
        margin = _MARGIN if roomy else 0
        self._pictures.setContentsMargins(margin, margin, margin, margin)
        self._split.setSizes([300, 900] if roomy else [350, 940])
        self._results.setSizes([500, 240] if roomy else [700, 240])
        self.show_pictures()


class _Below(QWidget):
    """It is never lower than its wrapped text: a layout's own size hint ignores the lines of that."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        least = layout.minimumSize()
        lines = layout.minimumHeightForWidth(max(least.width(), self.width()))
        return QSize(least.width(), max(least.height(), lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
        super().resizeEvent(event)


def _fill(split: QSplitter, *parts: tuple[QWidget, int]) -> None:
    split.setChildrenCollapsible(False)
    for number, (widget, stretch) in enumerate(parts):
        split.addWidget(widget)
        split.setStretchFactor(number, stretch)
