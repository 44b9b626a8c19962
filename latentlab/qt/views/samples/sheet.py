"""A sheet of made pictures, of which one is chosen by mouse or keys, and asked where it comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu

from latentlab.engine.files.export import sheet
from latentlab.engine.types import Picture
from latentlab.qt.widgets.picture_label import CrispPicture


class SampleSheet(CrispPicture):
    """`origin_wanted` carries the picture that was double-clicked, or asked for by its menu or Enter."""

    origin_wanted = Signal(object)

    def __init__(self, largest: int) -> None:
        super().__init__("samplesSheet", "Pictures drawn by the model", largest)
        self.setToolTip(
            "Pictures drawn by the model. Click or use the arrow keys to choose one; double-click it or "
            "press Enter to see which training pictures it is near to."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pictures: tuple[Picture, ...] = ()
        self.chosen = 0

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Shows some pictures of one shape, or nothing."""
        self.pictures, self.chosen = tuple(pictures), 0
        self.show_picture(sheet(list(pictures), self.columns) if pictures else None)

    @property
    def columns(self) -> int:
        """The number of columns."""
        return max(1, math.ceil(math.sqrt(len(self.pictures))))

    def choose(self, number: int) -> None:
        """Chooses a picture, if there is one of this number."""
        if 0 <= number < len(self.pictures):
            self.chosen = number
            self.update()

    @Slot()
    def ask(self) -> None:
        """Asks where the chosen picture comes from."""
        if self.pictures:
            self.origin_wanted.emit(self.pictures[self.chosen])

    def place_of(self, number: int) -> QRectF:
        """The box of a picture."""
        rows = math.ceil(len(self.pictures) / self.columns)
        down, across = self.shape
        ratio = self.devicePixelRatioF()
        room = min(self.width() / across, self.height() / down) * ratio
        scale = (int(room) if room >= 1 else room) / ratio
        whole = QRectF(0, 0, across * scale, down * scale)
        whole.moveCenter(QRectF(self.rect()).center())
        wide, high = whole.width() / self.columns, whole.height() / rows
        row, column = divmod(number, self.columns)
        return QRectF(whole.left() + column * wide, whole.top() + row * high, wide, high)

    def _under(self, place: QPointF) -> int | None:
        numbers = range(len(self.pictures))
        return next((number for number in numbers if self.place_of(number).contains(place)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.pictures:
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().highlight().color(), 3 if self.hasFocus() else 2))
            painter.drawRect(self.place_of(self.chosen).adjusted(1, 1, -1, -1))
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._under(event.position())
        if number is not None:
            self.choose(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._under(event.position()) is not None:
            self.ask()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.pictures:
            return
        menu = QMenu(self)
        menu.setObjectName("sampleMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Where &from?").triggered.connect(self.ask)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and self.pictures:
            self.choose(self.chosen + steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ask()
        else:
            super().keyPressEvent(event)
