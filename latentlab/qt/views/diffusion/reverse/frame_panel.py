"""A panel for one layer of the current frame: its pictures, of which one is chosen, and their histogram."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.reverse.histogram import Histogram
from latentlab.qt.views.diffusion.reverse.mosaic import columns_for, mosaic_of
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import RichLabel, plain_tip

_SHARP = 3.0


class Mosaic(QWidget):
    """The pictures of a batch side by side, or the chosen one alone.

    `picked` (number) requests to choose a picture; `turned` to switch between batch and single picture.
    Rendered when painted: frames that come faster than the screen cost nothing.
    """

    picked = Signal(int)
    turned = Signal()

    def __init__(self, name: str, what: str, reach: float = 1.0) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        self.setToolTip(
            plain_tip(
                f"{what}. Click or use the arrow keys to choose a picture. Double-click to see it alone."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40, 40)
        self.pictures: NDArray[np.float32] | None = None
        self.chosen, self.alone = 0, False
        self._reach = reach
        self._image: QImage | None = None
        # The number of columns now, and when the image was made.
        self._columns = self._painted = 1

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def show_pictures(self, x: NDArray[np.float32] | None, chosen: int, alone: bool) -> None:
        """Shows (B, C, H, W), or nothing; marks the chosen one, or shows that alone."""
        if x is not self.pictures or alone != self.alone or (alone and chosen != self.chosen):
            self._image = None
        self.pictures, self.chosen, self.alone = x, chosen, alone
        self.update()

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self._columns

    def place_of(self, number: int) -> QRectF:
        """The box of a picture of the batch."""
        if self.pictures is None:
            return QRectF()
        box, shape = self._box(), self.pictures.shape[2:]
        scale = box.width() / (self._columns * (shape[1] + 1) - 1)
        row, column = divmod(number, self._columns)
        return QRectF(
            box.left() + column * (shape[1] + 1) * scale,
            box.top() + row * (shape[0] + 1) * scale,
            shape[1] * scale,
            shape[0] * scale,
        )

    def _box(self) -> QRectF:
        """The box of the image: as large as there is room for."""
        assert self.pictures is not None
        count, (height, width) = 1 if self.alone else len(self.pictures), self.pictures.shape[2:]
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        self._columns = columns_for(count, (height, width), room.width(), room.height())
        rows = math.ceil(count / self._columns)
        across, down = self._columns * (width + 1) - 1, rows * (height + 1) - 1
        ratio = self.devicePixelRatioF()
        scale = min(room.width() / across, room.height() / down) * ratio
        # Whole-number scale where that costs little; else a third of the room would be unused.
        scale = (math.floor(scale) if scale >= _SHARP else scale) / ratio
        box = QRectF(0, 0, across * scale, down * scale)
        box.moveCenter(room.center())
        box.moveTop(room.top())
        return box

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        if self.pictures is None:
            painter.setPen(QPen(palette.mid(), 1, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(self.rect()).adjusted(2, 2, -3, -3))
            painter.end()
            return
        box = self._box()
        if self._image is None or self._painted != self._columns:
            shown = self.pictures[self.chosen : self.chosen + 1] if self.alone else self.pictures
            ground = palette.color(QPalette.ColorRole.Window).lightness()
            self._painted = self._columns
            self._image = to_qimage(mosaic_of(shown, self._columns, ground, self._reach))
        sharp = box.width() * self.devicePixelRatioF() >= _SHARP * self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not sharp)
        painter.drawImage(box, self._image)
        if len(self.pictures) > 1 and not self.alone:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.place_of(self.chosen).adjusted(-0.5, -0.5, 0.5, 0.5))
        if self.hasFocus():
            painter.setPen(QPen(palette.windowText(), 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -1, -1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._image = None
        super().changeEvent(event)

    # The hand

    def _under(self, place: QPointF) -> int | None:
        if self.pictures is None or self.alone:
            return None
        self._box()
        return next((n for n in range(len(self.pictures)) if self.place_of(n).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._under(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.picked.emit(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.pictures is not None:
            self.turned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Down: self._columns,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if self.pictures is None:
            super().keyPressEvent(event)
        elif key in steps:
            number = self.chosen + steps[key]
            if 0 <= number < len(self.pictures):
                self.picked.emit(number)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.turned.emit()
        else:
            super().keyPressEvent(event)


class FramePanel(QWidget):
    """A title, a mosaic and a histogram.

    Args:
        name: the mosaic's objectName.
        title, tip: what it shows, shortly, starting with its symbol, and in full.
        reach: numbers from -reach to reach go from black to white.
        normal: whether a normal distribution is drawn into the histogram.
    """

    def __init__(self, name: str, title: str, tip: str, reach: float = 1.0, normal: bool = True) -> None:
        super().__init__()
        sign, _, rest = title.partition(" ")
        self.title = RichLabel(f"<b>{sign}</b> {rest}")
        self.title.setToolTip(plain_tip(tip))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.mosaic = Mosaic(name, tip, reach)
        self.histogram = Histogram(f"{name}Histogram", f"Histogram: {title}", normal)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.title)
        rows.addWidget(self.mosaic, 1)
        rows.addWidget(self.histogram)

    def show_pictures(self, x: NDArray[np.float32] | None, chosen: int, alone: bool) -> None:
        """Shows (B, C, H, W) or nothing; the histogram is of the visible pictures."""
        self.mosaic.show_pictures(x, chosen, alone)
        self.histogram.show_numbers(None if x is None else x[chosen] if alone else x)
