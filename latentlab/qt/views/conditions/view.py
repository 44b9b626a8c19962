"""The condition of the model, class or attributes, and the probe under each alternative, side by side.

Hidden for an unconditional model.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QVBoxLayout, QWidget

from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.rendering.requests.points import ConditionStripReply, ConditionStripRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.plain import spaced
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.condition_tile import ConditionTile
from latentlab.qt.widgets.flow_layout import FlowLayout, TileLayout, laid_out_once
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.name_chooser import MOST_BUTTONS, NameChooser
from latentlab.qt.widgets.plain_text import RichLabel, listed, on_button, plain_tip
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.conditions import alternatives, change_in_words, holds, one_of, switched
from latentlab.session.edits import SetCondition
from latentlab.session.state import SessionState

# Pixels for the boxes of very many attributes, which scroll.
_ROOM = 160
# The sides of a picture's tile: as wide as its name, within these, and then no higher than the last.
_NARROW, _WIDE, _HIGH = 40, 120, 62


class ConditionSelector(QWidget):
    """A button for each class, or a check box for each attribute; below, a picture for each.

    With very many there are no pictures: classes are chosen from a list, boxes scroll.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classSelector")
        self.setAccessibleName("Condition of the model")
        self._workspace = workspace
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        self._implied: Implied = ()
        self.buttons: list[QAbstractButton] = []
        self.tiles: list[ConditionTile] = []
        self.heading = RichLabel()
        self._choice, self._strip = QWidget(), QWidget()
        self._flow = FlowLayout(self._choice, gap=3)
        self._row = TileLayout(self._strip, gap=2, least=_NARROW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        self.chooser = NameChooser()
        self.chooser.setObjectName("conditionChooser")
        self.chooser.setAccessibleName("Class to decode as")
        self.chooser.setToolTip("Decode everything as this class. Type a part of its name to find it.")
        self.chooser.chosen.connect(self._class_chosen)
        self._room = QScrollArea()
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setWidgetResizable(True)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setFixedHeight(_ROOM)
        layout.addWidget(self.chooser)
        layout.addWidget(self._room)
        layout.addWidget(self._choice)
        layout.addWidget(self._strip)
        self._column = layout
        self._choose_controls()
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        self._sight = Sight(self)
        self._sight.came.connect(self._coalesced.soon)
        self.hide()
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(ConditionStripRequest).connect(self._compared)
        workspace.on(DirectionsRequest).connect(self._directed)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        if workspace.model is not None:
            self._loaded(workspace.model)

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if (model.condition_names, model.exclusive) != (self._names, self._exclusive):
            self._names, self._exclusive = model.condition_names, model.exclusive
            with laid_out_once(self._choice):
                self._make_controls()
            # Whether it is visible is decided there.
            self._choose_controls()
        self._implied = model.implied
        for tile in self.tiles:
            tile.show_image(None)
        self._show(self._workspace.state.condition)
        self.setVisible(bool(self._names))
        self._coalesced.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.condition != new.condition:
            self._show(new.condition)
        told = (old.condition, old.lean) != (new.condition, new.lean)
        if old.probe != new.probe or (told and not self._exclusive):
            self._coalesced.soon()

    @Slot(object)
    def _unfolded(self, encodings: EncodingsReply) -> None:
        """The weights have changed: its pictures too."""
        self._coalesced.soon()

    @Slot(object)
    def _compared(self, reply: ConditionStripReply) -> None:
        if len(reply.pictures) == len(self.tiles):
            for tile, picture in zip(self.tiles, reply.pictures, strict=True):
                tile.show_image(to_qimage(picture))
        self._coalesced.answered()

    @Slot(object)
    def _directed(self, reply: DirectionsReply) -> None:
        """The compensation may be known now."""
        if reply.directions is not None and not self._exclusive:
            self._coalesced.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(ConditionStripRequest):
            self._coalesced.answered()

    def _ask(self) -> bool:
        """Requests the strip, if it can be seen."""
        wanted = bool(self.tiles) and in_sight(self) and self._workspace.model is not None
        if wanted:
            others = alternatives(self._workspace.state.condition, self._exclusive, self._implied)
            points = tuple(map(self._workspace.compensated, others))
            self._workspace.ask(ConditionStripRequest, points, others)
        return wanted

    # Controls

    def _make_controls(self) -> None:
        for control in (*self.buttons, *self.tiles):
            control.hide()
            control.deleteLater()
        self.heading.setText("<b>Class</b>" if self._exclusive else "<b>Attributes</b>")
        self.buttons, self.tiles = [], []
        if self._many and self._exclusive:
            self.chooser.offer(self._names)
            return
        for number, name in enumerate(self._names):
            self.buttons.append(self._made_button(number, name))
            self._flow.addWidget(self.buttons[-1])
            if self._many:
                continue
            tile = ConditionTile(number, name)
            tile.clicked.connect(self._clicked)
            self.tiles.append(tile)
            self._row.addWidget(tile)

    def _fit_names(self) -> None:
        """Makes the tiles wide enough for the names under them."""
        widest = max((tile.name_width for tile in self.tiles), default=0)
        least = min(max(widest, _NARROW), _WIDE)
        if least != self._row.least:
            self._row.least, self._row.highest = least, _HIGH if least > _NARROW else None
            self._row.invalidate()

    @property
    def _many(self) -> bool:
        return len(self._names) > MOST_BUTTONS

    def _choose_controls(self) -> None:
        """Shows the controls that suit the number of names."""
        self.chooser.setVisible(self._many and self._exclusive)
        scrolls = self._many and not self._exclusive
        if scrolls and self._room.widget() is None:
            self._room.setWidget(self._choice)
        elif not scrolls and self._room.widget() is not None:
            self._room.takeWidget()
            self._column.insertWidget(self._column.indexOf(self._strip), self._choice)
        self._room.setVisible(scrolls)
        self._choice.setVisible(scrolls or not self._many)
        self._strip.setVisible(not self._many)

    def _made_button(self, number: int, name: str) -> QAbstractButton:
        button: QAbstractButton
        if self._exclusive:
            button = ChoiceButton(on_button(name))
            button.setToolTip(plain_tip(f"Decode everything as class {listed(name)}."))
        else:
            button = CheckBox(on_button(spaced(name)))
            button.setToolTip(plain_tip(f"Decode everything with or without {listed(spaced(name))}."))
        button.setObjectName(f"condition_{number}")
        button.setAccessibleName(f"Class {name}" if self._exclusive else name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._clicked)
        return button

    def _show(self, condition: Point) -> None:
        """Checks what holds. The tile of an attribute shows its inversion."""
        if self._many:
            if self._exclusive and any(condition):
                self.chooser.show_number(condition.index(max(condition)))
            for number, button in enumerate(self.buttons):
                button.setChecked(number < len(condition) and holds(condition[number]))
            return
        for number, (button, tile) in enumerate(zip(self.buttons, self.tiles, strict=True)):
            there, name = number < len(condition) and holds(condition[number]), self._names[number]
            button.setChecked(there)
            if self._exclusive:
                tile.setChecked(there)
                words = f"The probe as class {name}"
            else:
                tile.setText(f"{'−' if there else '+'} {spaced(name)}")
                words = f"The probe {change_in_words(condition, number, self._implied, self._names)}"
            tile.setAccessibleName(words)
            tile.setToolTip(plain_tip(f"{words}. Click to choose it."))
        self._fit_names()

    # The hand

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        controls: list[QAbstractButton] = [*self.buttons, *self.tiles]
        if not isinstance(sender, QAbstractButton) or sender not in controls:
            return
        self._class_chosen(controls.index(sender) % len(self._names))

    @Slot(int)
    def _class_chosen(self, number: int) -> None:
        """A class was chosen, or the attribute to invert."""
        condition, count = self._workspace.state.condition, len(self._names)
        chosen = one_of(number, count) if self._exclusive else switched(condition, number, self._implied)
        self._workspace.do(SetCondition(condition=chosen, z=self._workspace.compensated(chosen)))


SPEC = ViewSpec(
    "conditions",
    "Condition",
    lambda context: ConditionSelector(context.workspace),
)
