"""A clickable picture under one condition, with its name below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from latentlab.qt.widgets.plain_text import on_button, spoken

_FRAME = 2


class ConditionTile(QAbstractButton):
    """Checked: the probe is decoded under this condition now."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__()
        self.number = number
        self.setObjectName(f"conditionTile_{number}")
        self.setText(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(36, 36)
        self._image: QImage | None = None

    def setText(self, text: str) -> None:
        super().setText(on_button(text))

    def show_image(self, image: QImage | None) -> None:
        """Shows another picture."""
        self._image = image
        self.update()

    @property
    def name_width(self) -> int:
        """How wide the tile must be to show all of its name, in pixels."""
        return QFontMetrics(self._small).horizontalAdvance(spoken(self.text())) + 2 * _FRAME + 1

    @property
    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        return font

    def nextCheckState(self) -> None:
        """A click only emits the wish: the session decides which tile is checked."""

    def sizeHint(self) -> QSize:
        return QSize(62, 62)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setFont(self._small)
        line = painter.fontMetrics().height() if self.text() else 0
        box = QRectF(self.rect()).adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        if self.isChecked():
            painter.fillRect(self.rect(), palette.highlight())
        if self._image is not None:
            # As large as there is room for: whole-number scales would leave most of a tile empty.
            place = QRectF(self._image.rect())
            room = box.adjusted(0, 0, 0, -line)
            place.setSize(place.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
            place.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
        painter.setPen((palette.highlightedText() if self.isChecked() else palette.windowText()).color())
        words = QRectF(box.left(), box.bottom() - line, box.width(), line)
        name = painter.fontMetrics().elidedText(
            spoken(self.text()), Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, name)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(palette.windowText(), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()
