"""How far to trust directions: what held-out pictures say of each, and which drag others along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from latentlab.engine.directions import Directions

_HEADS = (
    (
        "AUC",
        "How often a held-out picture with it lies further along than one without. 0.5 is chance.",
    ),
    ("Cohen's d", "How many standard deviations lie between held-out pictures with it and without."),
    ("With", "Pictures with it, of those that the direction was made from."),
    ("Without", "Pictures without it."),
    ("Length", "How far the probe moves when it is added once; the prior's standard deviation is 1."),
)
_COSINE = "Cosine of the angle between the two: adding the one adds so much of the other's direction."


class TrustTable(QDialog):
    """Figures of each direction, and the cosine of each with each other."""

    def __init__(self, directions: Directions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How far to trust these directions")
        names = directions.names
        held_out = directions.trust[0].have + directions.trust[0].lack
        words = QLabel(
            f"AUC and Cohen's d are of {held_out:,} held-out pictures of {directions.data}. The columns on "
            "the right tell which directions are alike: near 1, adding one adds the other too."
        )
        words.setWordWrap(True)
        self.table = QTableWidget(len(names), len(_HEADS) + len(names))
        self.table.setObjectName("trustTable")
        self.table.setAccessibleName("How far to trust each direction")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setVerticalHeaderLabels(list(names))
        for column, (head, tip) in enumerate((*_HEADS, *((name, _COSINE) for name in names))):
            item = QTableWidgetItem(head)
            item.setToolTip(tip)
            self.table.setHorizontalHeaderItem(column, item)
        for row, trust in enumerate(directions.trust):
            figures = [
                "–" if trust.auc is None else f"{trust.auc:.3f}",
                "–" if trust.cohens_d is None else f"{trust.cohens_d:.2f}",
                f"{directions.have[row]:,}",
                f"{directions.lack[row]:,}",
                f"{directions.lengths[row]:.2f}",
                *(f"{cosine:+.2f}" for cosine in directions.cosines[row]),
            ]
            for column, figure in enumerate(figures):
                item = QTableWidgetItem(figure.replace("-", "\N{MINUS SIGN}"))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.addWidget(words)
        rows.addWidget(self.table, 1)
        rows.addWidget(buttons)

    def sizeHint(self) -> QSize:
        return QSize(900, 190 + self.table.rowCount() * self.table.rowHeight(0))
