"""The list of all that can be added to the probe: attributes, the user's own directions, components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.addable import Offer, of_attributes, of_components, of_own
from latentlab.qt.views.attributes.own_directions import Discovered, Yours, owned
from latentlab.qt.views.attributes.row import AttributeRow
from latentlab.qt.views.attributes.sections import Section
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions


class SectionsList(QScrollArea):
    """`slid` and `gripped` are those of the rows; `changed` says that the rows have changed.

    `offers` are the things behind the rows, by key.
    """

    slid = Signal(str, float, bool)
    gripped = Signal()
    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._directions: Directions | None = None
        self.offers: dict[str, Offer] = {}
        self._listed: dict[Section, list[Offer]] = {}
        self.attributes = Section("attributes", "Attributes")
        self.yours, self.discovered = Yours(workspace), Discovered(workspace)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in (self.attributes, self.yours, self.discovered):
            section.slid.connect(self.slid)
            section.gripped.connect(self.gripped)
            column.addWidget(section)
        column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        for naming in (self.yours, self.discovered):
            naming.added.connect(self._show_row)
        self.discovered.more_wanted.connect(self._offer_own)
        workspace.encoded.connect(self._encoded)
        workspace.changed.connect(self._changed)
        self.show_directions(None)

    @property
    def rows(self) -> dict[str, AttributeRow]:
        """All rows, by key."""
        sections = (self.attributes, self.yours, self.discovered)
        return {key: row for section in sections for key, row in section.rows.items()}

    def show_directions(self, directions: Directions | None) -> None:
        """Shows these attributes, or none; the user's own directions stay."""
        self._directions = directions
        self._list(self.attributes, of_attributes(directions))
        self.attributes.setVisible(bool(self.attributes.rows))
        self._offer_own()

    @Slot()
    def _offer_own(self) -> None:
        mine, encodings = owned(self._workspace), self._workspace.encodings
        self._list(self.yours, of_own(mine, self._directions))
        self.yours.export.setEnabled(bool(mine))
        most = self.discovered.most
        self._list(self.discovered, of_components(encodings, mine, most))
        known = len(encodings.principal) if encodings is not None else 0
        self.discovered.more.setVisible(known > most)
        self.discovered.setVisible(known > 0)
        self.changed.emit()

    def _list(self, section: Section, offers: list[Offer]) -> None:
        self._listed[section] = offers
        section.offer(offers)
        self.offers = {one.key: one for listed in self._listed.values() for one in listed}

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if encodings.done and (encodings.principal or self.discovered.rows):
            self._offer_own()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.own != new.own:
            self._offer_own()
        if new.gathering and new.gathering != old.gathering:
            self.yours.show_body(True)
            self.ensureWidgetVisible(self.yours.groups)

    @Slot(str)
    def _show_row(self, key: str) -> None:
        row = self.rows.get(key)
        if row is not None:
            self.yours.show_body(True)
            row.slider.setFocus()
            # The row is positioned when the layout is done, at the next turn of the event loop.
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row))
