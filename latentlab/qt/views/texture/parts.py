"""The row of what the theory takes a picture apart into."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

# Six of them, settings and pictures fit a window 1024 wide.
_SIDE = 72
# By their names in the reply: caption, and what it is.
_PARTS = {
    "original": ("Picture h", "The picture that the texture is taken from"),
    "periodic": ("Periodic part", "The part without a jump across opposite borders: it tiles"),
    "smooth": ("Smooth part", "What was taken away, about grey: slow changes that made the borders jump"),
    "modulus": ("Modulus", "The strength of each frequency, slow ones in the middle: what a texture keeps"),
    "phase": ("Phase", "The phase of each frequency: what a texture throws dice for"),
    "spot": ("Spot", "What is dropped at random places; it fades out where the texture is larger"),
}


class PartsRow(QWidget):
    """Six small pictures with captions."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("textureParts")
        self.setAccessibleName("What the picture is made of")
        self.pictures = {
            name: CrispPicture(f"texturePart_{name}", what, _SIDE) for name, (_, what) in _PARTS.items()
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name, (caption, _) in _PARTS.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            picture = self.pictures[name]
            picture.setFixedSize(_SIDE, _SIDE)
            column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(Label(caption), 0, Qt.AlignmentFlag.AlignHCenter)
            row.addLayout(column)
        row.addStretch(1)

    def show_parts(self, parts: dict[str, Picture]) -> None:
        """Shows the parts of a picture, by name."""
        for name, picture in self.pictures.items():
            picture.show_picture(_fitting(parts[name]) if name in parts else None)


def _fitting(picture: Picture) -> Picture:
    """Every n-th pixel of a picture that is too large for its place, twice as fine as the place."""
    step = max(1, max(picture.shape[:2]) // (2 * _SIDE))
    return picture[::step, ::step].copy()
