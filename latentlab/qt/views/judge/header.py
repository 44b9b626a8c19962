"""The heading of the judge's table: the three groups over their columns, titles, and floors."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from latentlab.core.judgement import Column, Row
from latentlab.qt.views.judge.table_model import JudgeTableModel
from latentlab.qt.views.judge.words import band_of, floor_of, in_two_lines, title_of
from latentlab.qt.widgets.plain_text import listed

_PAD, _TITLE_LINES = 4, 2
_LEAST_NAMES, _MOST_NAMES = 90, 190
_SMALL = 0.85


def small(font: QFont) -> QFont:
    """The font of second lines."""
    made = QFont(font)
    made.setPointSizeF(max(6.5, font.pointSizeF() * _SMALL))
    return made


class JudgeHeader(QHeaderView):
    """Columns by group; a click sorts, best first, then last, then not at all."""

    def __init__(self, model: JudgeTableModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._of = model
        self.setObjectName("judgeHeader")
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setSortIndicatorClearable(True)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(super().sizeHint().width(), (_TITLE_LINES + 2) * line + 3 * _PAD)

    def _heights(self) -> tuple[int, int]:
        """Of the band of groups, and of the line of floors."""
        line = self.fontMetrics().height()
        return line + _PAD, line

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        table = self._of.table
        if table is None or logical >= len(self._of.columns) or not rect.isValid():
            return
        column, palette = self._of.columns[logical], self.palette()
        band, foot = self._heights()
        painter.save()
        painter.fillRect(rect, palette.button())
        painter.setPen(palette.mid().color())
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.drawLine(rect.right(), rect.top() + band, rect.right(), rect.bottom())
        painter.setPen(palette.buttonText().color())
        font = QFont(self.font())
        font.setBold(self.sortIndicatorSection() == logical)
        painter.setFont(font)
        words = rect.adjusted(_PAD, band + _PAD, -_PAD, -foot - _PAD)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(words, int(flags), self._title(logical, column))
        painter.setFont(small(self.font()))
        painter.setPen(palette.placeholderText().color())
        below = QRect(rect.left() + _PAD, rect.bottom() - foot - _PAD // 2, rect.width() - 2 * _PAD, foot)
        floor = painter.fontMetrics().elidedText(
            floor_of(column, table), Qt.TextElideMode.ElideRight, below.width()
        )
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), floor)
        painter.restore()

    def _title(self, logical: int, column: Column) -> str:
        sorted_here = self.sortIndicatorSection() == logical
        best_first = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        mark = ("▾ " if best_first else "▴ ") if sorted_here else ""
        return "\n".join(filter(None, in_two_lines(f"{mark}{title_of(column)}")))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        band, _ = self._heights()
        for words, left, right in self._bands():
            box = QRect(left, 0, right - left, band)
            if box.right() < 0 or box.left() > self.viewport().width():
                continue
            painter.fillRect(box, self.palette().midlight())
            painter.setPen(self.palette().mid().color())
            painter.drawLine(box.right(), 0, box.right(), self.height())
            painter.drawLine(box.left(), band, box.right(), band)
            # The words stay in sight while the columns are scrolled.
            seen = box.intersected(self.viewport().rect()).adjusted(_PAD, 0, -_PAD, 0)
            painter.setPen(self.palette().buttonText().color())
            shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, seen.width())
            painter.drawText(seen, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()

    def _bands(self) -> list[tuple[str, int, int]]:
        """The groups with their left and right ends."""
        found: list[tuple[str, int, int]] = []
        for logical, column in enumerate(self._of.columns):
            left = self.sectionViewportPosition(logical)
            right, words = left + self.sectionSize(logical), band_of(column)
            if found and found[-1][0] == words:
                found[-1] = (words, found[-1][1], right)
            else:
                found.append((words, left, right))
        return found


class ModelHeader(QHeaderView):
    """The names of the models, which stay where they are while the figures are scrolled.

    `opened` carries the row of a name that was double-clicked.
    """

    opened = Signal(int)

    def __init__(self, model: JudgeTableModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._of = model
        self.setObjectName("judgeModels")
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.sectionDoubleClicked.connect(self.opened)

    def sizeHint(self) -> QSize:
        names, kinds = self.fontMetrics(), QFontMetrics(small(self.font()))
        widest = max((names.horizontalAdvance(listed(row.name)) for row in self._of.rows), default=0)
        widest = max(widest, *(kinds.horizontalAdvance(_below(row)) for row in self._of.rows), 0)
        return QSize(max(_LEAST_NAMES, min(widest + 5 * _PAD, _MOST_NAMES)), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        if logical >= len(self._of.rows) or not rect.isValid():
            return
        row, palette = self._of.rows[logical], self.palette()
        selection = self.selectionModel()
        chosen = selection is not None and selection.rowIntersectsSelection(logical, QModelIndex())
        painter.save()
        painter.fillRect(rect, palette.highlight() if chosen else palette.button())
        painter.setPen(palette.mid().color())
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.drawLine(rect.right(), rect.top(), rect.right(), rect.bottom())
        painter.setPen((palette.highlightedText() if chosen else palette.buttonText()).color())
        box, middle = rect.adjusted(2 * _PAD, 0, -_PAD, 0), rect.height() // 2
        flags = Qt.AlignmentFlag.AlignLeft
        name = self.fontMetrics().elidedText(listed(row.name), Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box.adjusted(0, 0, 0, -middle), int(flags | Qt.AlignmentFlag.AlignBottom), name)
        painter.setFont(small(self.font()))
        if not chosen:
            painter.setPen(palette.placeholderText().color())
        if row.learnt and not chosen:
            painter.setPen(palette.brightText().color())
        below = _below(row)
        kind = painter.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box.adjusted(0, middle, 0, 0), int(flags | Qt.AlignmentFlag.AlignTop), kind)
        painter.restore()


def _below(row: Row) -> str:
    """Under a model's name: its kind, or that its figures are of pictures that it knows."""
    return f"learnt from {row.learnt:,} of these" if row.learnt else listed(row.kind)
