"""The judge's table: cells that say in colour and sign how they stand against their floor."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from latentlab.core.judgement import Standing
from latentlab.qt.views.judge.header import JudgeHeader, ModelHeader, small
from latentlab.qt.views.judge.table_model import JudgeTableModel
from latentlab.qt.views.judge.words import in_two_lines, title_of
from latentlab.qt.widgets.plain_text import Label

Index = QModelIndex | QPersistentModelIndex
_PAD, _LEAST, _MOST = 5, 66, 190
# How much wider columns become where there is room.
_SPARE = 0.4
# Behind figures that are better or worse than their floor, and of their signs, by whether the theme is dark:
# blue and orange, which people with any of the common colour-vision deficiencies tell apart.
_TINTS: dict[Standing, QColor] = {"better": QColor(43, 108, 196, 46), "worse": QColor(224, 130, 30, 46)}
_SIGN_COLOURS: dict[Standing, tuple[str, str]] = {
    "better": ("#1d5fae", "#7db7f0"),
    "worse": ("#a85400", "#f0a860"),
    "alike": ("#5a616b", "#9aa1ac"),
}


class JudgeTable(QTableView):
    """Signals: `cell_chosen` carries the index of a cell whose pictures are asked for, `model_opened` the row
    of a model that is to be opened, `row_chosen` that of the current cell, -1 for none.
    """

    cell_chosen = Signal(QModelIndex)
    model_opened = Signal(int)
    row_chosen = Signal(int)

    def __init__(self, model: JudgeTableModel) -> None:
        super().__init__()
        self.setObjectName("judgeTable")
        self.setAccessibleName("Models and their figures")
        self._of = model
        self._fitting = self._own_widths = False
        # The widths that the columns need; the figures of a table decide them, not its size.
        self._needed: list[int] = []
        self.setModel(model)
        self.setHorizontalHeader(JudgeHeader(model, self))
        names = ModelHeader(model, self)
        names.opened.connect(self.model_opened)
        self.setVerticalHeader(names)
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Tab leads out of the table; the arrow keys go from cell to cell.
        self.setTabKeyNavigation(False)
        self._corner = Label("Model", self)
        self._corner.setObjectName("judgeCorner")
        self._corner.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self._corner.setContentsMargins(8, 0, 0, 6)
        self.clicked.connect(self.cell_chosen)
        names.sectionClicked.connect(self.choose_row)
        # Nothing is sorted by before somebody asks for it.
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.horizontalHeader().sectionResized.connect(self._resized)
        model.modelReset.connect(self.fit)
        model.layoutChanged.connect(self._say_row)
        self.fit()

    def fit_to_figures(self) -> None:
        """Fits the columns to figures that have come in, unless somebody has chosen the widths."""
        if not self._own_widths:
            self.fit()

    @Slot()
    def fit(self) -> None:
        """Gives rows and columns the room that their contents need."""
        line = self.fontMetrics().height()
        self.verticalHeader().setDefaultSectionSize(2 * line + 6)
        self.verticalHeader().setMinimumSectionSize(2 * line + 6)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._needed = [min(max(_LEAST, self._width_of(one)), _MOST) for one in range(self._of.columnCount())]
        self._spread()

    def _spread(self) -> None:
        """Gives each column what it needs, and a part of what is spare."""
        header, widths = self.horizontalHeader(), self._needed
        spare = max(0, self.viewport().width() - sum(widths)) / max(1, len(widths))
        self._fitting = True
        for column, width in enumerate(widths):
            header.resizeSection(column, width + min(int(spare), round(_SPARE * width)))
        self._fitting = False
        self.updateGeometries()

    @property
    def whole_height(self) -> int:
        """As high as it has to be to show all rows."""
        bar = self.horizontalScrollBar().sizeHint().height()
        rows = self._of.rowCount() * self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows + bar + 2 * self.frameWidth()

    @Slot()
    def _resized(self) -> None:
        """Somebody has given a column another width: from now on they stay."""
        self._own_widths = self._own_widths or not self._fitting

    def _width_of(self, column: int) -> int:
        letters, tiny = self.fontMetrics(), QFontMetrics(small(self.font()))
        title = in_two_lines(title_of(self._of.columns[column]))
        widest = max(letters.horizontalAdvance(f"{line} ▾") for line in title)
        for row in range(self._of.rowCount()):
            index = self._of.index(row, column)
            figure, _, below = str(index.data() or "").partition("\n")
            found = self._of.cell(index)
            widest = max(widest, letters.horizontalAdvance(figure))
            # Why there is no figure is elided.
            if found is not None and (found[2] is None or found[2].value is not None):
                widest = max(widest, tiny.horizontalAdvance(below))
        return widest + 2 * _PAD + 2

    # Choosing

    @Slot(int)
    def choose_row(self, row: int) -> None:
        """Makes a cell of this row the current one, in the column where the current one is."""
        if 0 <= row < self._of.rowCount():
            column = max(0, self.currentIndex().column())
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._of.index(row, column), flags)
            self.scrollTo(self._of.index(row, column))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._say_row()

    @Slot()
    def _say_row(self) -> None:
        self.row_chosen.emit(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.currentIndex().isValid():
                self.model_opened.emit(self.currentIndex().row())
        elif enter or event.key() == Qt.Key.Key_Space:
            if self.currentIndex().isValid():
                self.cell_chosen.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def updateGeometries(self) -> None:
        super().updateGeometries()
        if hasattr(self, "_corner"):
            frame = self.frameWidth()
            size = QSize(self.verticalHeader().width(), self.horizontalHeader().height())
            self._corner.setGeometry(QRect(QPoint(frame, frame), size))
            self._corner.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and not self._own_widths:
            self._spread()
        self.updateGeometries()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_needed"):
            self.fit_to_figures()


class _Cells(QStyledItemDelegate):
    """A figure and its sign, below them small letters."""

    def __init__(self, table: JudgeTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = self._table._of.cell(index)
        if found is None:
            return
        _, column, cell = found
        palette, box = option.palette, option.rect
        dark = palette.color(palette.ColorRole.Base).lightnessF() < 0.5
        text, _, below = str(index.data() or "").partition("\n")
        figure, sign, standing = text, "", column.standing(cell) if cell is not None else ""
        if standing:
            figure, _, sign = text.rpartition(" ")
        painter.save()
        painter.fillRect(box, palette.base())
        lacks = cell is not None and cell.value is None
        if lacks:
            painter.fillRect(box, palette.alternateBase())
        elif standing in _TINTS:
            painter.fillRect(box.adjusted(1, 1, -1, -1), _TINTS[standing])
        painter.setPen(palette.mid().color())
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        painter.drawLine(box.right(), box.top(), box.right(), box.bottom())
        inner, half = box.adjusted(_PAD, 2, -_PAD, -2), box.height() // 2
        above, under = inner.adjusted(0, 0, 0, -half + 2), inner.adjusted(0, half - 2, 0, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if sign:
            painter.setPen(QColor(_SIGN_COLOURS[standing][dark]))
            painter.drawText(above, int(right), sign)
            above = above.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(f"{sign} "), 0)
        painter.setPen((palette.placeholderText() if lacks else palette.text()).color())
        painter.drawText(above, int(right), figure)
        painter.setFont(small(option.font))
        painter.setPen(palette.placeholderText().color())
        shown = painter.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, under.width())
        painter.drawText(under, int(right), shown)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(palette.highlight().color())
            for inset in (0, 1):
                painter.drawRect(box.adjusted(inset, inset, -1 - inset, -1 - inset))
        painter.restore()
