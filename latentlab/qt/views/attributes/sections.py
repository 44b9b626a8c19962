"""A section of the attribute board: a collapsible heading, and a row for each thing to add."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from latentlab.qt.views.attributes.addable import Offer
from latentlab.qt.views.attributes.row import AttributeRow
from latentlab.qt.widgets.plain_text import plain_tip


class Section(QWidget):
    """Rows under a heading. The signals are those of its rows, each with its key.

    Each row has commands to rename and delete, if `renaming` and `deleting` are given as their texts.
    """

    slid = Signal(str, float, bool)
    gripped = Signal()
    renaming = Signal(str)
    deleting = Signal(str)

    def __init__(self, name: str, title: str, rename: str = "", delete: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = (rename, delete)
        self.rows: dict[str, AttributeRow] = {}
        self.heading = QToolButton()
        self.heading.setObjectName(f"{name}Heading")
        self.heading.setText(title)
        self.heading.setAccessibleName(f"{title}: expand or collapse")
        self.heading.setAutoRaise(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setArrowType(Qt.ArrowType.DownArrow)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading.setToolTip(plain_tip(f"Expand or collapse: {title}."))
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(2, 4, 8, 0)
        self.head.addWidget(self.heading, 1)
        self._body = QWidget()
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.head)
        layout.addWidget(self._body)
        self.heading.clicked.connect(self._fold)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Replaces the rows."""
        for row in self.rows.values():
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        rename, delete = self._words
        for place, offer in enumerate(offers):
            row = AttributeRow(offer.name, offer.trust, offer.tip, offer.key)
            row.slid.connect(self.slid)
            row.gripped.connect(self.gripped)
            if rename:
                row.add_command(rename, "F2", self.renaming)
            if delete:
                row.add_command(delete, "Del", self.deleting)
            self.rows[offer.key] = row
            self.body.insertWidget(place, row)

    @property
    def folded(self) -> bool:
        """Whether it is collapsed to its heading."""
        return self._body.isHidden()

    @Slot()
    def _fold(self) -> None:
        self.show_body(self.folded)

    def show_body(self, unfolded: bool) -> None:
        """Expands or collapses the section."""
        self._body.setVisible(unfolded)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
