"""The pictures before and after adding attributes, side by side; small where height is limited."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

_LARGEST, _SMALL = 160, 64
# Qt's QWIDGETSIZE_MAX: no limit.
_UNBOUNDED = 2**24 - 1


class BeforeAfter(QWidget):
    """The picture that attributes are added to, and the one with them."""

    def __init__(self) -> None:
        super().__init__()
        self.before = CrispPicture("attributesBefore", "The picture that attributes are added to", _LARGEST)
        self.after = CrispPicture("attributesAfter", "The picture with the attributes added", _LARGEST)
        self._captions = Label("Before"), Label("After")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self.tight = False
        self._place()

    def set_tight(self, tight: bool) -> None:
        """Sets whether height is limited: then the captions are beside the pictures, not above them."""
        if tight != self.tight:
            self.tight = tight
            self._place()

    def _place(self) -> None:
        row, centre = (0, Qt.AlignmentFlag.AlignCenter) if self.tight else (1, Qt.AlignmentFlag.AlignHCenter)
        pairs = zip(self._captions, (self.before, self.after), strict=True)
        for number, (caption, picture) in enumerate(pairs):
            for widget in (caption, picture):
                self._grid.removeWidget(widget)
            picture.setMaximumHeight(_SMALL if self.tight else _UNBOUNDED)
            self._grid.addWidget(caption, 0, 2 * number if self.tight else number, centre)
            self._grid.addWidget(picture, row, 2 * number + 1 if self.tight else number)
