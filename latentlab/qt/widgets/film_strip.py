"""A film strip: numbered pictures in a row that can be clicked and dragged into another order."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentlab.qt.widgets.images import draw_crisp
from latentlab.qt.widgets.plain_text import plain_tip

PICTURE = Qt.ItemDataRole.UserRole
_PAD = 4


class _Frame(QStyledItemDelegate):
    """Paints one pin: its picture, with sharp pixels, and its number below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        strip = self.parent()
        assert isinstance(strip, QListWidget)
        return strip.gridSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box, palette, state = QRectF(option.rect), option.palette, option.state
        box = box.adjusted(_PAD / 2, _PAD / 2, -_PAD / 2, -_PAD / 2)
        line = painter.fontMetrics().height()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.highlight())
            painter.drawRoundedRect(box, 4, 4)
        image = index.data(PICTURE)
        room = box.adjusted(_PAD, _PAD, -_PAD, -line - _PAD / 2)
        if isinstance(image, QImage):
            draw_crisp(painter, room, image)
        painter.setPen((palette.highlightedText() if chosen else palette.text()).color())
        under = QRectF(box.left(), box.bottom() - line - 1, box.width(), line)
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, index.data(Qt.ItemDataRole.DisplayRole))
        painter.restore()


class FilmStrip(QListWidget):
    """Pictures in a row. `moved` (from, to) requests another order; the strip does not change itself.

    `chosen` (row) is emitted at a click or Enter, `passed` (row or -1) when the mouse enters or leaves a
    picture.
    """

    moved = Signal(int, int)
    chosen = Signal(int)
    passed = Signal(int)

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._grip: tuple[int, QPointF] | None = None
        self._gap: int | None = None
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMouseTracking(True)
        self.setItemDelegate(_Frame(self))
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        return QSize(320, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 64 if self.count() else self.fontMetrics().height() + 8)

    def add(self, text: str, image: QImage | None, tip: str) -> None:
        """Appends a picture (None: not available yet) with the text below it."""
        item = QListWidgetItem(text)
        item.setToolTip(plain_tip(tip))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Pin {text}")
        item.setData(PICTURE, image)
        self.addItem(item)

    def fit(self) -> None:
        """Gives every picture the height of the strip, minus a scroll bar if that is needed."""
        room = self.contentsRect().size()
        size = self._frame_size(room.height())
        if size.width() * self.count() > room.width():
            size = self._frame_size(room.height() - self.horizontalScrollBar().sizeHint().height())
        if size != self.gridSize():
            self.setGridSize(size)

    def _frame_size(self, height: int) -> QSize:
        height = max(48, height)
        return QSize(height - self.fontMetrics().height() + _PAD, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self._grip = (row, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._grip is None:
            self.passed.emit(self.indexAt(place.toPoint()).row())
            return
        far = (place - self._grip[1]).manhattanLength() >= QApplication.startDragDistance()
        if far or self._gap is not None:
            gap = self._gap_at(place)
            if gap != self._gap:
                self._gap = gap
                self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self._grip is None:
            return
        row, gap = self._grip[0], self._gap
        self._grip = self._gap = None
        self.viewport().update()
        if gap is None:
            self.chosen.emit(row)
        elif gap not in (row, row + 1):
            self.moved.emit(row, gap if gap < row else gap - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.chosen.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self.count() == 0:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(12, 4, -12, -4), flags, self._empty)
        elif self._gap is not None:
            before = self._gap < self.count()
            box = self.visualItemRect(self.item(self._gap if before else self._gap - 1))
            x = box.left() if before else box.right()
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawLine(x, box.top() + _PAD, x, box.bottom() - _PAD)
        painter.end()

    def _gap_at(self, place: QPointF) -> int:
        """The number of pictures whose centre is left of a position."""
        boxes = [self.visualItemRect(self.item(row)) for row in range(self.count())]
        return sum(box.center().x() < place.x() for box in boxes)
