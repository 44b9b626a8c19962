"""Paints pictures that a model draws, as they are kept: ten in one PNG, two rows of five."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap

from latentlab.engine.rendering.requests.drawn import COLUMNS, ROWS

# Enlarged so often with sharp pixels before it is fitted smoothly: pixels stay square at any size.
_SHARP = 4


class Strip:
    """Ten pictures, or as many placeholders."""

    def __init__(self, png: bytes = b"") -> None:
        self._image = QImage.fromData(png) if png else QImage()
        self._fitted: tuple[tuple[int, float], list[QPixmap]] | None = None

    @property
    def known(self) -> bool:
        """Whether there are pictures."""
        return not self._image.isNull()

    def paint(self, painter: QPainter, boxes: list[QRect], palette: QPalette) -> None:
        """Paints the first pictures into these boxes, all squares of one size."""
        pictures = self._pictures(boxes[0].width(), painter.device().devicePixelRatioF()) if boxes else []
        for number, box in enumerate(boxes):
            if number < len(pictures):
                painter.drawPixmap(box.topLeft(), pictures[number])
            else:
                painter.fillRect(box, palette.color(QPalette.ColorRole.AlternateBase))
                painter.setPen(palette.color(QPalette.ColorRole.Midlight))
                painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _pictures(self, side: int, ratio: float) -> list[QPixmap]:
        """Each picture in a square of `side`, made once for a size."""
        if not self.known:
            return []
        if self._fitted is None or self._fitted[0] != (side, ratio):
            self._fitted = (side, ratio), [self._picture(number, side, ratio) for number in range(10)]
        return self._fitted[1]

    def _picture(self, number: int, side: int, ratio: float) -> QPixmap:
        width, height = self._image.width() // COLUMNS, self._image.height() // ROWS
        image = self._image.copy(number % COLUMNS * width, number // COLUMNS * height, width, height)
        sharp = image.scaled(image.size() * _SHARP)
        pixels = round(side * ratio)
        fitted = sharp.scaled(
            QSize(pixels, pixels),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        canvas = QPixmap(pixels, pixels)
        canvas.fill(Qt.GlobalColor.transparent)
        painter = QPainter(canvas)
        place = QRectF(fitted.rect())
        place.moveCenter(QRectF(canvas.rect()).center())
        painter.drawImage(place.topLeft(), fitted)
        painter.end()
        canvas.setDevicePixelRatio(ratio)
        return canvas
