"""What the model is told: the class, or the attributes; and the probe under each of them, side by side.

A model that is told nothing has no use for this view: it hides itself.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from latentlab.engine.implications import Implied
from latentlab.engine.replies import (
    ConditionStripReply,
    DirectionsReply,
    EncodingsReply,
    LoadedReply,
    Refusal,
)
from latentlab.engine.requests import ConditionStripRequest, Point
from latentlab.qt.asking import Asking
from latentlab.qt.check_box import CheckBox
from latentlab.qt.choice_button import ChoiceButton
from latentlab.qt.condition_tile import ConditionTile
from latentlab.qt.desk import Desk
from latentlab.qt.flow_layout import FlowLayout, TileLayout
from latentlab.qt.leaning import leant
from latentlab.qt.pixels import to_qimage
from latentlab.qt.plain import RichLabel, listed, on_button, plain_tip
from latentlab.session.conditions import alternatives, change_in_words, holds, one_of, switched
from latentlab.session.edits import SetCondition
from latentlab.session.state import SessionState


class ConditionSelector(QWidget):
    """A button for each class, or a box to check for each attribute; below, a picture for each."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classSelector")
        self.setAccessibleName("Class that the model is told")
        self._desk = desk
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        self._implied: Implied = ()
        self.buttons: list[QAbstractButton] = []
        self.tiles: list[ConditionTile] = []
        self.heading = RichLabel()
        self._choice, self._strip = QWidget(), QWidget()
        self._flow, self._row = FlowLayout(self._choice, gap=3), TileLayout(self._strip, gap=2, least=40)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self._choice)
        layout.addWidget(self._strip)
        self._asking = Asking(self._ask, self, desk.loaded)
        self.hide()
        desk.changed.connect(self._changed)
        desk.probed.connect(self._changed)
        desk.loaded.connect(self._loaded)
        desk.compared.connect(self._compared)
        desk.directed.connect(self._directed)
        desk.unfolded.connect(self._unfolded)
        desk.refused.connect(self._refused)
        if desk.model is not None:
            self._loaded(desk.model)

    # What comes from the desk

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if (model.condition_names, model.exclusive) != (self._names, self._exclusive):
            self._names, self._exclusive = model.condition_names, model.exclusive
            self._make_controls()
        self._implied = model.implied
        for tile in self.tiles:
            tile.show_image(None)
        self._show(self._desk.state.condition)
        self.setVisible(bool(self._names))
        self._asking.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.condition != new.condition:
            self._show(new.condition)
        told = (old.condition, old.lean) != (new.condition, new.lean)
        if old.probe != new.probe or (told and not self._exclusive):
            self._asking.soon()

    @Slot(object)
    def _unfolded(self, encodings: EncodingsReply) -> None:
        """The model has learnt: its pictures are other ones."""
        self._asking.soon()

    @Slot(object)
    def _compared(self, reply: ConditionStripReply) -> None:
        if len(reply.pictures) == len(self.tiles):
            for tile, picture in zip(self.tiles, reply.pictures, strict=True):
                tile.show_image(to_qimage(picture))
        self._asking.answered()

    @Slot(object)
    def _directed(self, reply: DirectionsReply) -> None:
        """It may be known now how z leans."""
        if reply.directions is not None and not self._exclusive:
            self._asking.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.slot == ConditionStripRequest.slot:
            self._asking.answered()

    def _ask(self) -> bool:
        """Asks for the strip, if anybody can see it."""
        wanted = bool(self._names) and self.isVisible() and self._desk.model is not None
        if wanted:
            others = alternatives(self._desk.state.condition, self._exclusive, self._implied)
            self._desk.request_conditions(tuple(leant(self._desk, other) for other in others), others)
        return wanted

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._asking.soon()

    # Controls

    def _make_controls(self) -> None:
        for control in (*self.buttons, *self.tiles):
            control.hide()
            control.deleteLater()
        self.heading.setText("<b>Class</b>" if self._exclusive else "<b>Attributes</b>")
        self.buttons, self.tiles = [], []
        for number, name in enumerate(self._names):
            self.buttons.append(self._made_button(number, name))
            self._flow.addWidget(self.buttons[-1])
            tile = ConditionTile(number, name)
            tile.clicked.connect(self._clicked)
            self.tiles.append(tile)
            self._row.addWidget(tile)

    def _made_button(self, number: int, name: str) -> QAbstractButton:
        button: QAbstractButton
        if self._exclusive:
            button = ChoiceButton(on_button(name))
            button.setToolTip(plain_tip(f"Decode everything as class {listed(name)}."))
        else:
            button = CheckBox(on_button(name))
            button.setToolTip(plain_tip(f"Decode everything with or without {listed(name)}."))
        button.setObjectName(f"condition_{number}")
        button.setAccessibleName(f"Class {name}" if self._exclusive else name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._clicked)
        return button

    def _show(self, condition: Point) -> None:
        """Checks what holds. A tile of an attribute shows, and says, what it would be the other way round."""
        for number, (button, tile) in enumerate(zip(self.buttons, self.tiles, strict=True)):
            there, name = number < len(condition) and holds(condition[number]), self._names[number]
            button.setChecked(there)
            if self._exclusive:
                tile.setChecked(there)
                words = f"The probe as class {name}"
            else:
                tile.setText(f"{'−' if there else '+'} {name}")
                words = f"The probe {change_in_words(condition, number, self._implied, self._names)}"
            tile.setAccessibleName(words)
            tile.setToolTip(plain_tip(f"{words}. Click to choose it."))

    # The hand

    @Slot()
    def _clicked(self) -> None:
        sender, condition = self.sender(), self._desk.state.condition
        controls: list[QAbstractButton] = [*self.buttons, *self.tiles]
        if not isinstance(sender, QAbstractButton) or sender not in controls:
            return
        number = controls.index(sender) % len(self._names)
        count = len(self._names)
        chosen = one_of(number, count) if self._exclusive else switched(condition, number, self._implied)
        self._desk.do(SetCondition(condition=chosen, z=leant(self._desk, chosen)))
