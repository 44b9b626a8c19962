"""The pictures of a batch side by side: all of them, four, or the chosen one alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from latentlab.qt.views.diffusion.reverse.mosaic import SHARP, mosaic_of, scale_in, spanned
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

ONE, FOUR, ALL = 1, 4, 0
_EDGE = 2


class Mosaic(QWidget):
    """`picked` (number) requests to choose a picture; `turned` to switch between all and the chosen one;
    `origin_wanted` asks where the chosen one comes from.

    Rendered when painted: frames that come faster than the screen cost nothing.
    """

    picked = Signal(int)
    turned = Signal()
    origin_wanted = Signal()

    def __init__(self, name: str, what: str, reach: float = 1.0) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        self.setToolTip(
            plain_tip(
                f"{what}. Click or use the arrow keys to choose a picture. Double-click to see it alone; "
                "right-click to see which training pictures it is near to."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40, 40)
        self.pictures: NDArray[np.float32] | None = None
        self.chosen, self._most = 0, ALL
        self._reach = reach
        self._image: QImage | None = None
        # The number of columns now, and when the image was made.
        self._columns = self._painted = 1

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def show_pictures(self, x: NDArray[np.float32] | None, chosen: int, most: int) -> None:
        """Shows (B, C, H, W), or nothing: at most so many pictures, 0 for all, among them the chosen one,
        which is marked.
        """
        before = self.numbers
        kept = x is self.pictures
        self.pictures, self.chosen, self._most = x, chosen, most
        if not kept or self.numbers != before:
            self._image = None
        self.update()

    @property
    def alone(self) -> bool:
        """Whether the chosen picture is shown alone."""
        return self._most == ONE

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self._columns

    @property
    def numbers(self) -> range:
        """The numbers of the pictures that are shown."""
        count = 0 if self.pictures is None else len(self.pictures)
        if self._most == ALL or self._most >= count:
            return range(count)
        first = min(self.chosen // self._most * self._most, count - self._most)
        return range(first, first + self._most)

    def place_of(self, number: int) -> QRectF:
        """The box of a picture of the batch, empty if it is not shown."""
        numbers = self.numbers
        if self.pictures is None or number not in numbers:
            return QRectF()
        box, shape = self._box(), self.pictures.shape[2:]
        scale = box.width() / (self._columns * (shape[1] + 1) - 1)
        row, column = divmod(number - numbers.start, self._columns)
        return QRectF(
            box.left() + column * (shape[1] + 1) * scale,
            box.top() + row * (shape[0] + 1) * scale,
            shape[1] * scale,
            shape[0] * scale,
        )

    def _box(self) -> QRectF:
        """The box of the image: as large as there is room for."""
        assert self.pictures is not None
        count, (height, width) = len(self.numbers), self.pictures.shape[2:]
        room = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        ratio = self.devicePixelRatioF()
        self._columns, scale = scale_in(count, (height, width), room.width(), room.height(), ratio)
        across, down = spanned(count, (height, width), self._columns)
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
        box, numbers = self._box(), self.numbers
        if self._image is None or self._painted != self._columns:
            shown = self.pictures[numbers.start : numbers.stop]
            ground = palette.color(QPalette.ColorRole.Window).lightness()
            self._painted = self._columns
            self._image = to_qimage(mosaic_of(shown, self._columns, ground, self._reach))
        sharp = box.width() * self.devicePixelRatioF() >= SHARP * self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not sharp)
        painter.drawImage(box, self._image)
        if len(numbers) > 1:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 3))
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
        return next((number for number in self.numbers if self.place_of(number).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._under(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.picked.emit(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.pictures is not None:
            self.turned.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.pictures is None:
            return
        number = self._under(QPointF(event.pos()))
        if number is not None:
            self.picked.emit(number)
        menu = QMenu(self)
        menu.setObjectName("mosaicMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Where &from?").triggered.connect(self._ask_origin)
        menu.popup(event.globalPos())

    @Slot()
    def _ask_origin(self) -> None:
        self.origin_wanted.emit()

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
