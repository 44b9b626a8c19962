"""A row of thumbnails of the data, for any number: only visible ones are made."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.widgets.images import data_picture, draw_crisp, to_qimage

SIDE = 44
_PAD = 3
_Index = QModelIndex | QPersistentModelIndex


class Members(QAbstractListModel):
    """Pictures of the open data, by their numbers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.numbers: tuple[int, ...] = ()
        self._model: LoadedReply | None = None

    def show_members(self, model: LoadedReply | None, numbers: tuple[int, ...]) -> None:
        """Sets the pictures."""
        self.beginResetModel()
        self._model, self.numbers = model, numbers if model is not None else ()
        self.endResetModel()

    def picture(self, row: int) -> QImage | None:
        """The picture of a row."""
        model, number = self._model, self.numbers[row]
        if model is None or number >= len(model.images):
            return None
        return to_qimage(data_picture(model.images, number))

    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self.numbers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        number = self.numbers[index.row()]
        name = f"Picture {number:,}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{name}. Click to select it; Del or a right-click removes it from the group."
        return None


class _Frame(QStyledItemDelegate):
    """Paints one picture, with sharp pixels; the current one has a frame."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(SIDE, SIDE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        box = QRectF(option.rect).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        members = index.model()
        image = members.picture(index.row()) if isinstance(members, Members) else None
        painter.save()
        if image is not None:
            box = draw_crisp(painter, box, image)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(QPen(option.palette.highlight(), 2))
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.restore()


class Thumbs(QListView):
    """`chosen` (number) is emitted at a click or Enter, `removed` (number) at Del or from the context
    menu.
    """

    chosen = Signal(int)
    removed = Signal(int)

    def __init__(self, empty: str) -> None:
        super().__init__()
        self._empty = empty
        self.members = Members(self)
        self.setModel(self.members)
        self.setItemDelegate(_Frame(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Room for the scroll bar: if it came and went, everything below would jump.
        self.setFixedHeight(SIDE + self.horizontalScrollBar().sizeHint().height() + 4)
        self.setMinimumWidth(100)

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def show_members(self, model: LoadedReply | None, numbers: tuple[int, ...]) -> None:
        """Shows these pictures; the current one stays, or the one in its position."""
        row = self.currentIndex().row()
        grown = len(numbers) > len(self.members.numbers)
        self.members.show_members(model, numbers)
        if row >= 0 and numbers and not grown:
            self.setCurrentIndex(self.members.index(min(row, len(numbers) - 1), 0))
        elif grown:
            self.scrollTo(self.members.index(len(numbers) - 1, 0))
        self.viewport().update()

    def place_of(self, number: int) -> QPointF:
        """The centre of a picture in the viewport."""
        index = self.members.index(self.members.numbers.index(number), 0)
        return QRectF(self.visualRect(index)).center()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._tell(self.chosen, self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.chosen, self.currentIndex())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._tell(self.removed, self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            number, menu = self.members.numbers[index.row()], QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            out = menu.addAction(f"Take picture {number:,} out")
            out.triggered.connect(lambda: self.removed.emit(number))
            menu.addAction("Select it").triggered.connect(lambda: self.chosen.emit(number))
            menu.popup(event.globalPos())

    def _tell(self, signal: SignalInstance, index: QModelIndex) -> None:
        if index.isValid():
            signal.emit(self.members.numbers[index.row()])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.members.numbers:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(6, 2, -6, -2), flags, self._empty)
            painter.end()
