"""The images whose codes are nearest to the probe.

The search runs on a timer, never on mouse moves: some 15 times a second at most, and not at all while the
view is hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.views.neighbours.group_menu import group_menu
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.flow_layout import TileLayout
from latentlab.qt.widgets.images import data_picture, to_qimage
from latentlab.qt.widgets.neighbour_button import FRAME, NeighbourButton
from latentlab.qt.widgets.plain_text import Label, RichLabel, listed, plain_tip
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.edits import PointAt
from latentlab.session.neighbours import nearest, squared_lengths
from latentlab.session.state import SessionState

COUNT = 8


class Neighbours(QWidget):
    """The eight nearest images that no filter hides. A click selects one; hovering marks its point."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neighbours")
        self.setAccessibleName("Pictures nearest to the probe")
        self._workspace, self._facts = workspace, facts_of(workspace)
        self._pointing: NeighbourButton | None = None
        self._lengths: tuple[EncodingsReply, NDArray[np.float32] | None] | None = None
        self.heading = RichLabel("<b>Nearest pictures</b>")
        self.note = Label("The pictures are not encoded yet.")
        self.note.setObjectName("neighboursNote")
        self.note.setWordWrap(True)
        self.buttons = [NeighbourButton(number) for number in range(COUNT)]
        tiles = TileLayout(gap=2, least=2 * 28 + 2 * FRAME)
        for button in self.buttons:
            button.clicked.connect(self._clicked)
            button.pointed.connect(self._button_pointed)
            tiles.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.note)
        layout.addLayout(tiles)
        layout.addStretch()
        self._filled_from: dict[NeighbourButton, LoadedReply] = {}
        self._due = QTimer(self, singleShot=True, interval=60)
        self._due.timeout.connect(self._find)
        self._sight = Sight(self)
        self._sight.came.connect(self._due.start)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        self._facts.look_changed.connect(self._look_changed)
        self._due.start()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe and not self._due.isActive():
            self._due.start()

    @Slot()
    def _look_changed(self) -> None:
        """The points have other colours, or others are hidden."""
        if not self._due.isActive():
            self._due.start()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._find()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if not self._due.isActive():
            self._due.start()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        button = self.childAt(event.pos())
        if isinstance(button, NeighbourButton) and button.row is not None:
            gallery = [one.row for one in self.buttons if one.row is not None and not one.isHidden()]
            group_menu(self, self._workspace, button.row, gallery).popup(event.globalPos())

    @Slot()
    def _find(self) -> None:
        """Shows the currently nearest images."""
        if not in_sight(self):
            return
        model, encodings = self._workspace.model, self._workspace.encodings
        rows: list[int] = []
        if model is not None and encodings is not None:
            rows = self._nearest(encodings)
            for row, button in zip(rows, self.buttons, strict=False):
                self._fill(button, row, model, encodings)
        for number, button in enumerate(self.buttons):
            if button.isHidden() == (number < len(rows)):
                button.setVisible(number < len(rows))
        if model is not None and model.missing:
            words = "The pictures of this model were not found."
        elif encodings is None or not len(encodings.mean):
            words = "The pictures are not encoded yet."
        else:
            words = "All points are hidden."
        self.note.setText(words)
        self.note.setVisible(not rows)

    def _nearest(self, encodings: EncodingsReply) -> list[int]:
        points, state, look = encodings.mean, self._workspace.state, self._facts.look
        if points.shape[1] != len(state.probe):
            return []  # another model's, about to be replaced
        if self._lengths is None or self._lengths[0] is not encodings:
            self._lengths = (encodings, squared_lengths(points))
        lengths = self._lengths[1]
        if look is None or look.shown is None or len(look.shown) < len(points):
            return nearest(points, state.probe, COUNT, lengths=lengths)
        return nearest(points, state.probe, COUNT, look.shown[: len(points)], lengths)

    def _fill(self, button: NeighbourButton, row: int, model: LoadedReply, encodings: EncodingsReply) -> None:
        z = tuple(map(float, encodings.mean[row]))
        # The same picture may have another class after its data were read differently.
        if (row, z) != (button.row, button.z) or self._filled_from.get(button) is not model:
            self._filled_from[button] = model
            label = -1 if model.labels is None else int(model.labels[row])
            colour = self._facts.colour_of(row)
            button.show_image(row, z, colour, to_qimage(data_picture(model.images, row)))
            name = "" if label < 0 else f", class {listed(model.classes[label])}"
            button.setAccessibleName(f"Picture {row:,}{name}")
            if button is self._pointing:
                self._workspace.do(PointAt(z=z))
        button.frame_in(self._facts.colour_of(row))
        gap = float(np.linalg.norm(encodings.mean[row] - np.asarray(self._workspace.state.probe, np.float32)))
        button.setToolTip(
            plain_tip(
                f"{button.accessibleName()}, at distance {gap:.3f} from the probe. Click to "
                "select; right-click to add it to a group."
            )
        )

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, NeighbourButton) and button.row is not None:
            self._workspace.select(button.row)

    @Slot(bool)
    def _button_pointed(self, on: bool) -> None:
        button = self.sender()
        if on and isinstance(button, NeighbourButton):
            self._pointing = button
            self._workspace.do(PointAt(z=button.z))
        elif button is self._pointing:
            self._pointing = None
            self._workspace.do(PointAt(z=None))


SPEC = ViewSpec(
    "neighbours",
    "Neighbours",
    lambda context: Neighbours(context.workspace),
    needs=frozenset({Capability.ENCODES}),
)
