"""The screen of the walk player: one picture with sharp pixels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import draw_crisp, to_qimage


class Screen(QWidget):
    """Shows one picture of the walk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("walkPicture")
        self.setAccessibleName("Picture of the walk")
        self.setToolTip("The picture at this step of the walk.")
        self.setMinimumSize(84, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture: Picture | None = None
        self._image: QImage | None = None

    def show_picture(self, picture: Picture | None) -> None:
        """Shows a uint8 (H, W) or (H, W, 3) picture from now on, or none."""
        if picture is not self.picture:
            self.picture = picture
            self._image = None if picture is None else to_qimage(picture)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is not None:
            painter = QPainter(self)
            draw_crisp(painter, QRectF(self.rect()), self._image)
            painter.end()
