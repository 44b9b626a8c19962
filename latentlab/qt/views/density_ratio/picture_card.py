"""One picture of the gallery, large, and what is told of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

_LARGEST = 140
_HINT = "Point at a picture of the gallery to read how much likelier it is in one set than in the other."


class PictureCard(QWidget):
    """The picture under the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ratioCard")
        self.setAccessibleName("The picture under the mouse")
        self.picture = CrispPicture("ratioPicture", "The picture under the mouse", _LARGEST)
        self.words = Label(_HINT)
        self.words.setObjectName("ratioPictureWords")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.picture)
        rows.addWidget(self.words, 1)

    def sizeHint(self) -> QSize:
        return QSize(200, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(130, 90)

    def clear(self) -> None:
        """Shows none."""
        self.picture.show_picture(None)
        self.picture.hide()
        self.words.setText(_HINT)

    def show_picture(self, picture: Picture, words: str) -> None:
        """Shows one, and what is told of it."""
        self.picture.show()
        self.picture.show_picture(picture)
        self.words.setText(words)
