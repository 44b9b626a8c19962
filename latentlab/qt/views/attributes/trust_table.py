"""The table of how far to trust directions: figures on held-out pictures, and cosines between directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.attributes.trust import STEERED
from latentlab.plain import spaced
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.term import ask, explain_by_f1

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions
    from latentlab.engine.attributes.trust import Trust
    from latentlab.session.own_directions import OwnDirection

_HEADS = (
    (
        "AUC",
        "How often a held-out picture with it projects further along the direction than one "
        "without. 0.5 is chance. Click for more.",
    ),
    (
        "Cohen's d",
        "How many standard deviations the projections of held-out pictures with it and without are apart. "
        "Click for more.",
    ),
    ("With", "Pictures with it that the direction was computed from."),
    ("Without", "Pictures without it that the direction was computed from."),
    ("Length", "How far the probe moves for an amount of 1; the prior's standard deviation is 1."),
)
# The first of them are terms of the glossary.
_EXPLAINED = 2
_COSINE = "Cosine of the angle between the two: adding one adds this much of the other."


_OF_STEERED = (
    " Steered directions were trained on what they decode to, not on separating pictures: their "
    "AUC may be lower than that of a difference of means although they draw better."
)
# Of the dialog; and of a title bar.
_WIDTH, _TITLE = 900, 40


class TrustTable(QDialog):
    """Figures of each direction of the attributes, if there are any, and of the user's own, and the cosine of
    each with those of the attributes.
    """

    def __init__(
        self, directions: Directions | None, own: Sequence[OwnDirection], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("How reliable these directions are")
        explain_by_f1(self, "AUC")
        names = () if directions is None else directions.names
        self.words = Label(_in_words(directions, bool(own)))
        self.words.setWordWrap(True)
        lines = [*_of_attributes(directions), *_of_own(own, directions)]
        self.table = QTableWidget(len(lines), len(_HEADS) + len(names))
        self.table.setObjectName("trustTable")
        self.table.setAccessibleName("Reliability of each direction")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setVerticalHeaderLabels([listed(spaced(name)) for name, _ in lines])
        for column, (head, tip) in enumerate((*_HEADS, *((name, _COSINE) for name in names))):
            item = QTableWidgetItem(listed(head))
            item.setToolTip(plain_tip(tip))
            self.table.setHorizontalHeaderItem(column, item)
        for row, (_, figures) in enumerate(lines):
            for column, figure in enumerate(figures):
                item = QTableWidgetItem(figure.replace("-", "\N{MINUS SIGN}"))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.horizontalHeader().sectionClicked.connect(self._headed)
        self.table.resizeColumnsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.addWidget(self.words)
        rows.addWidget(self.table, 1)
        rows.addWidget(buttons)
        # Qt would limit it to two thirds of the screen, and cut a row in half.
        self.resize(self.sizeHint())

    @Slot(int)
    def _headed(self, column: int) -> None:
        """Asks what the figure of a column means, where the glossary has it."""
        if column < _EXPLAINED:
            ask(_HEADS[column][0], self.table.horizontalHeader())

    def sizeHint(self) -> QSize:
        """The height of all rows, or of as many whole ones as the screen has room for."""
        layout, table = self.layout(), self.table
        assert layout is not None
        room = self.screen().availableSize()
        width = min(_WIDTH, room.width() - 40)
        margins = layout.contentsMargins()
        words = self.words.heightForWidth(width - margins.left() - margins.right())
        around = layout.sizeHint().height() - self.words.sizeHint().height() - table.sizeHint().height()
        heads = table.horizontalHeader().sizeHint().height() + table.horizontalScrollBar().sizeHint().height()
        fixed = around + words + heads + 2 * table.frameWidth()
        left, high = room.height() - _TITLE - fixed, 0
        for row in range(table.rowCount()):
            if high + table.rowHeight(row) > left:
                break
            high += table.rowHeight(row)
        return QSize(width, fixed + high)


_Line = tuple[str, list[str]]


def _in_words(directions: Directions | None, own: bool) -> str:
    said = []
    if directions is not None:
        said.append(
            f"AUC and Cohen's d are measured on {directions.judged_on} held-out pictures of "
            f"{directions.data}. The columns on the right show which directions are similar: near "
            "1, adding one adds the other too." + (_OF_STEERED if directions.method == STEERED else "")
        )
    if own:
        said.append(
            "Your own directions are at the bottom; the tool tip of their sliders says how they "
            "were measured."
            if said
            else "The tool tip of each slider says how it was measured."
        )
    return " ".join(said)


def _of_attributes(directions: Directions | None) -> Iterator[_Line]:
    if directions is None:
        return
    counts = zip(directions.have, directions.lack, strict=True)
    for row, (name, (have, lack)) in enumerate(zip(directions.names, counts, strict=True)):
        cosines = directions.cosines[row].tolist()
        yield name, _figures(directions.trust[row], have, lack, directions.lengths[row], cosines)


def _of_own(own: Sequence[OwnDirection], directions: Directions | None) -> Iterator[_Line]:
    for one in own:
        vector = np.array(one.vector)
        length, cosines = float(np.linalg.norm(vector)), []
        if directions is not None and directions.latents == len(vector):
            cosines = (directions.vectors @ vector / np.maximum(directions.lengths * length, 1e-30)).tolist()
        yield one.name, _figures(one.trust, one.have, one.lack, length, cosines)


def _figures(trust: Trust, have: int, lack: int, length: float, cosines: list[float]) -> list[str]:
    return [
        "–" if trust.auc is None else f"{trust.auc:.3f}",
        "–" if trust.cohens_d is None else f"{trust.cohens_d:.2f}",
        # A principal component is not made from groups.
        f"{have:,}" if have or lack else "–",
        f"{lack:,}" if have or lack else "–",
        f"{length:.2f}",
        *(f"{cosine:+.2f}" for cosine in cosines),
    ]
