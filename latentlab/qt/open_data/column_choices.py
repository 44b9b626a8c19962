"""The options for the columns of the table beside the pictures, shown once there is one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from latentlab.data.columns import Columns
from latentlab.data.table_facts import TableSeen
from latentlab.plain import short_name
from latentlab.qt.widgets.plain_text import NAME, plain_tip

# Between rows, so that they align with the rows of other options.
ROW_GAP = 6
_AS_FOUND, _NONE = "As found", "None"


class ColumnChoices(QWidget):
    """Three choices among a table's columns, hidden until `tell`; `changed` is emitted at another choice."""

    changed = Signal()

    def __init__(self, asked: Columns) -> None:
        super().__init__()
        self._asked = asked
        self._header: tuple[str, ...] = ()
        self.file = _box("dataFileColumn", "File column", "The column of the table that names the files.")
        self.label = _box("dataClassColumn", "Class column", "The column of the table with the class.")
        self.split = _box("dataSplitColumn", "Split column", "The column that defines the split.")
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(ROW_GAP)
        form.addRow("Fi&les in", self.file)
        form.addRow("Cl&ass in", self.label)
        form.addRow("S&plit in", self.split)
        self.hide()
        for box, chosen in self._boxes(asked):
            _fill(box, (), chosen)
            box.currentIndexChanged.connect(self.changed)

    @property
    def columns(self) -> Columns:
        """The chosen columns."""
        file, label, split = (box.currentData() for box, _ in self._boxes(self._asked))
        return replace(self._asked, file=file, label=label, split=split)

    def tell(self, table: TableSeen | None) -> None:
        """Sets the columns, and those taken automatically."""
        if table is None:
            return
        if table.header != self._header:
            self._header = table.header
            for box, _ in self._boxes(self._asked):
                _fill(box, table.header, box.currentData())
        for box, taken in self._boxes(table.taken):
            # The automatic result instead of a choice is unknown.
            if box.currentData() is None:
                box.setItemText(0, f"{_AS_FOUND}: {short_name(taken, NAME) if taken else 'none'}")
        self.show()

    def _boxes(self, columns: Columns) -> tuple[tuple[QComboBox, str | None], ...]:
        """Each combo box, and its entry in a set of columns."""
        return (self.file, columns.file), (self.label, columns.label), (self.split, columns.split)


def _box(name: str, title: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(plain_tip(tip))
    box.setMinimumContentsLength(18)
    return box


def _fill(box: QComboBox, header: tuple[str, ...], chosen: str | None) -> None:
    """Fills in the columns without signals; the choices stay."""
    blocked = box.blockSignals(True)
    box.clear()
    box.addItem(_AS_FOUND, None)
    if box.objectName() != "dataFileColumn":
        box.addItem(_NONE, "")
    for name in header:
        box.addItem(short_name(name, NAME), name)
    if box.findData(chosen) < 0:
        box.addItem(short_name(chosen or "", NAME), chosen)
    box.setCurrentIndex(0 if chosen is None else box.findData(chosen))
    box.blockSignals(blocked)
