"""The judge's table as a model of Qt: a model in each row, a figure in each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from latentlab.core.judged_text import SIGNS
from latentlab.core.judgement import Cell, Column, Rank, Row, Table
from latentlab.qt.views.judge.words import (
    NOTHING,
    about_cell,
    about_column,
    about_model,
    below_figure,
    figure_of,
    floor_of,
    title_of,
)
from latentlab.qt.widgets.plain_text import listed, plain_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_Role = Qt.ItemDataRole
_DOWN = Qt.SortOrder.DescendingOrder
MEASURING = "…"


class JudgeTableModel(QAbstractTableModel):
    """`table` is what it shows, `columns` and `rows` in the order in which it shows them.

    Rows keep their places while figures come in; sorting is asked for, or done again when all are there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.table: Table | None = None
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Row] = []
        self.every_column = False
        self.sorted_by: tuple[str, Qt.SortOrder] | None = None
        self._ranks: dict[str, Mapping[str, Rank]] = {}
        self._busy = ("", "")

    # What it shows

    def show_table(self, table: Table) -> None:
        """Shows another table, or another state of this one: rows that stay keep their places."""
        places = {row.hash: place for place, row in enumerate(self.rows)}
        same = self.table is not None and self.table.columns == table.columns
        known = {row.hash: row for row in table.rows}
        if same and set(places) == set(known):
            changed = [place for place, row in enumerate(self.rows) if known[row.hash] is not row]
            self.table, self.rows = table, [known[row.hash] for row in self.rows]
            # A new figure may change the places of all.
            self._ranks.clear()
            if changed:
                self._tell_changed(0, len(self.rows) - 1)
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
            return
        self.beginResetModel()
        self.table, self._busy = table, ("", "")
        self._ranks.clear()
        self.columns = self._shown()
        self.rows = self._in_order()
        self.endResetModel()

    def show_every_column(self, on: bool) -> None:
        """Whether the columns for a closer look are shown beside the chief ones."""
        if on == self.every_column:
            return
        self.beginResetModel()
        self.every_column = on
        self.columns = self._shown()
        self.endResetModel()

    def show_busy(self, model: str, key: str) -> None:
        """Marks the cell that is measured now; by the hash of its model."""
        if (model, key) != self._busy:
            before, self._busy = self._busy, (model, key)
            for place in {self.place_of(before[0]), self.place_of(model)} - {-1}:
                self._tell_changed(place, place)

    def cell(self, index: Index) -> tuple[Row, Column, Cell | None] | None:
        """What stands at a place; None outside of the table."""
        if not index.isValid() or index.row() >= len(self.rows) or index.column() >= len(self.columns):
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        return row, column, row.cells.get(column.key)

    def rank(self, row: Row, column: Column) -> Rank | None:
        """A model's place in a column."""
        if self.table is None:
            return None
        if column.key not in self._ranks:
            self._ranks[column.key] = self.table.ranks(column.key)
        return self._ranks[column.key].get(row.hash)

    def place_of(self, model: str) -> int:
        """The row of a model, by its hash; -1 if it has none."""
        return next((place for place, row in enumerate(self.rows) if row.hash == model), -1)

    # As Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        found = self.cell(index)
        if found is None:
            return None
        row, column, cell = found
        match role:
            case _Role.DisplayRole:
                return self._text(row, column, cell)
            case _Role.ToolTipRole:
                about = about_cell(row, column, cell, self.rank(row, column))
                return plain_tip(f"{about}\n{column.help}{_hint(cell)}")
            case _Role.AccessibleTextRole:
                return about_cell(row, column, cell, self.rank(row, column))
            case _Role.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if self.table is None:
            return None
        if orientation is Qt.Orientation.Horizontal and section < len(self.columns):
            column = self.columns[section]
            match role:
                case _Role.DisplayRole:
                    return f"{title_of(column)}\n{floor_of(column, self.table)}".rstrip()
                case _Role.ToolTipRole | _Role.AccessibleDescriptionRole:
                    return plain_tip(about_column(column, self.table))
        if orientation is Qt.Orientation.Vertical and section < len(self.rows):
            row = self.rows[section]
            match role:
                case _Role.DisplayRole:
                    return listed(row.name)
                case _Role.ToolTipRole:
                    return plain_tip(about_model(row))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column: ascending has the best first, and densities of one measure together.

        Column -1 restores the order in which the models were given. Those without a figure come last.
        """
        inside = 0 <= column < len(self.columns)
        self.sorted_by = (self.columns[column].key, order) if inside else None
        self.sort_again()

    def sort_again(self) -> None:
        """Sorts as last asked, with the figures as they are now."""
        places = {row.hash: place for place, row in enumerate(self._in_order())}
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        new = [self.index(places[self.rows[one.row()].hash], one.column()) for one in before]
        self.rows.sort(key=lambda row: places[row.hash])
        self.changePersistentIndexList(before, new)
        self.layoutChanged.emit()

    def _shown(self) -> tuple[Column, ...]:
        every = () if self.table is None else self.table.columns
        return tuple(column for column in every if self.every_column or column.chief)

    def _in_order(self) -> list[Row]:
        if self.table is None or self.sorted_by is None:
            return [] if self.table is None else list(self.table.rows)
        key, order = self.sorted_by
        column = self.table.column(key)
        sign = -1.0 if (column.better == "higher") != (order == _DOWN) else 1.0

        def by(row: Row) -> tuple[bool, str, float]:
            cell = row.cells.get(key)
            if cell is None or cell.value is None:
                return True, "", 0.0
            return False, "" if cell.tag is None else cell.tag.measure, sign * cell.value

        return sorted(self.table.rows, key=by)

    def _text(self, row: Row, column: Column, cell: Cell | None) -> str:
        if cell is None:
            busy = self._busy[0] == row.hash and self._busy[1] in ("", column.key)
            unjudged = not row.cells and column is self.columns[0]
            return MEASURING if busy else f"{NOTHING}\nnot judged yet" if unjudged else ""
        sign = SIGNS[column.standing(cell)]
        below = below_figure(column, cell, self.rank(row, column))
        return f"{figure_of(column, cell)} {sign}".rstrip() + (f"\n{below}" if below else "")

    def _tell_changed(self, first: int, last: int) -> None:
        if self.columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _hint(cell: Cell | None) -> str:
    return "\nClick: the pictures behind it." if cell is not None and cell.behind.numbers else ""
