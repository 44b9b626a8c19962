"""The pictures before and after adding attributes: beside each other, small, or large one above the other."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

_LARGEST, _SMALL = 160, 64
# Qt's QWIDGETSIZE_MAX: no limit.
_UNBOUNDED = 2**24 - 1


class Arrangement(Enum):
    """How the two pictures stand."""

    SMALL = "beside each other, the captions at their sides, where height is limited"
    BESIDE = "beside each other, the captions above"
    LARGE = "one above the other"


class BeforeAfter(QWidget):
    """The picture that attributes are added to, and the one with them."""

    def __init__(self) -> None:
        super().__init__()
        self.before = CrispPicture("attributesBefore", "The picture that attributes are added to", _LARGEST)
        self.after = CrispPicture("attributesAfter", "The picture with the attributes added", _LARGEST)
        self._captions = Label("Before"), Label("After")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self.arrangement = Arrangement.BESIDE
        self._place()

    def arrange(self, arrangement: Arrangement, side: int = _LARGEST) -> None:
        """Places them; `side` is the largest side of a large picture, in pixels."""
        largest = side if arrangement is Arrangement.LARGE else _LARGEST
        for picture in (self.before, self.after):
            picture.set_largest(largest)
        large = arrangement is Arrangement.LARGE
        self.setMinimumWidth(side + 16 if large else 0)
        self.setMaximumWidth(side + 16 if large else _UNBOUNDED)
        if arrangement is not self.arrangement:
            self.arrangement = arrangement
            self._place()

    def _place(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        small, large = self.arrangement is Arrangement.SMALL, self.arrangement is Arrangement.LARGE
        pairs = list(zip(self._captions, (self.before, self.after), strict=True))
        for widget in (widget for pair in pairs for widget in pair):
            self._grid.removeWidget(widget)
        for number, (caption, picture) in enumerate(pairs):
            picture.setMaximumHeight(_SMALL if small else _UNBOUNDED)
            if small:
                self._grid.addWidget(caption, 0, 2 * number, Qt.AlignmentFlag.AlignCenter)
                self._grid.addWidget(picture, 0, 2 * number + 1)
            elif large:
                self._grid.addWidget(caption, 2 * number, 0, centre)
                self._grid.addWidget(picture, 2 * number + 1, 0)
            else:
                self._grid.addWidget(caption, 0, number, centre)
                self._grid.addWidget(picture, 1, number)
        # What is left over is below the lower picture.
        self._grid.setRowStretch(4, 1 if large else 0)
