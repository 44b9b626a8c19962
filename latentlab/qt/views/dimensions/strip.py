"""The traversal of one dimension: pictures side by side from low to high, with a line at the probe."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

COUNT = 9
VALUES = tuple(-3.0 + 0.75 * number for number in range(COUNT))


class TraversalStrip(QWidget):
    """Nine pictures as wide as the strip. `chosen` carries the value of the clicked one."""

    chosen = Signal(float)

    def __init__(self, dimension: int, name: str) -> None:
        super().__init__()
        self.setObjectName(f"dimensionStrip_{dimension}")
        self.setAccessibleName(f"Pictures along {name}")
        self.setToolTip(
            plain_tip(
                f"{name} from −3 to 3, the other dimensions as at the probe. Click to move the probe there."
            )
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.value = 0.0
        self._image: QImage | None = None
        self._stale = False

    def sizeHint(self) -> QSize:
        return QSize(COUNT * 28, 28)

    def show_pictures(self, strip: Picture) -> None:
        """Shows the pictures, side by side in one."""
        self._image = to_qimage(strip)
        self.update()

    def mark(self, value: float) -> None:
        """Moves the line to another value."""
        if value != self.value:
            self.value = value
            self.update()

    def box(self) -> QRectF:
        """The box of the pictures: as wide as there is room for, in their own proportions."""
        room = QRectF(self.rect())
        if self._image is None:
            return room
        high = room.width() * self._image.height() / self._image.width()
        scale = min(1.0, room.height() / high)
        box = QRectF(0, 0, room.width() * scale, high * scale)
        box.moveTop(0.5 * (room.height() - box.height()))
        return box

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = self.box()
        if event.button() == Qt.MouseButton.LeftButton and box.contains(event.position()):
            picture = int((event.position().x() - box.left()) / box.width() * COUNT)
            self.chosen.emit(VALUES[min(picture, COUNT - 1)])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.box()
        if self._image is None:
            painter.fillRect(box, self.palette().alternateBase())
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)
        # The centre of a picture is at its value.
        step = VALUES[1] - VALUES[0]
        place = box.left() + box.width() / COUNT * (0.5 + (self.value - VALUES[0]) / step)
        if box.left() <= place <= box.right():
            ends = QPointF(place, box.top()), QPointF(place, box.bottom())
            for colour, width in ((QColor("white"), 3.0), (self.palette().highlight().color(), 1.6)):
                painter.setPen(QPen(colour, width))
                painter.drawLine(*ends)
        painter.end()
