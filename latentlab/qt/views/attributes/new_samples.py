"""Samples under requested conditions: check boxes, a button that draws, and the pictures."""

from __future__ import annotations

import random

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import SamplesReply, SamplesRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.plain import spaced
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.condition_tile import ConditionTile
from latentlab.qt.widgets.flow_layout import FlowLayout, TileLayout, laid_out_once
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.name_chooser import MOST_BUTTONS, NameChooser
from latentlab.qt.widgets.plain_text import Label, RichLabel, listed, on_button, plain_tip, without_mnemonic
from latentlab.qt.widgets.sight import in_sight
from latentlab.session.conditions import asked_in_words, in_words
from latentlab.session.edits import AskFor, TakeSample
from latentlab.session.state import SessionState

COUNT = 12
# Short enough to type after `latentlab sample --seed`.
_SEEDS = 100_000
_ANY, _WITH, _WITHOUT = Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked, Qt.CheckState.Unchecked
_NEXT = {_ANY: _WITH, _WITH: _WITHOUT, _WITHOUT: _ANY}


class AskBox(CheckBox):
    """A box for a requested attribute: with it, without it, or either."""

    def __init__(self, name: str) -> None:
        super().__init__(on_button(spaced(name)))
        self.name = name
        self.setTristate(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def nextCheckState(self) -> None:
        """A click only emits the wish: the session decides the state."""

    def show_asked(self, value: float | None) -> None:
        """1 with, 0 without, None either."""
        self.setCheckState(_ANY if value is None else _WITH if value >= 0.5 else _WITHOUT)
        name = listed(spaced(self.name))
        words = {_ANY: f"{name} or not", _WITH: f"with {name}", _WITHOUT: f"without {name}"}
        self.setText(without_mnemonic(words[self.checkState()]))
        self.setAccessibleName(f"New pictures {words[self.checkState()]}")
        self.setToolTip(plain_tip(f"Click: {words[_NEXT[self.checkState()]]}."))

    @property
    def next_asked(self) -> float | None:
        """What the next click requests."""
        return {_ANY: None, _WITH: 1.0, _WITHOUT: 0.0}[_NEXT[self.checkState()]]


class NewSamples(QWidget):
    """Boxes for the conditions, a button that draws twelve samples, and the pictures; a click on one moves
    the probe there.
    """

    save_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newSamples")
        self.setAccessibleName("New pictures with the chosen attributes")
        self._workspace, self._chance = workspace, random.Random()
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        self._reply: SamplesReply | None = None
        self.boxes: dict[str, QAbstractButton] = {}
        self.tiles: list[ConditionTile] = []
        self.draw = QPushButton(f"Dra&w {COUNT}")
        self.draw.setObjectName("drawSamples")
        self.draw.setAccessibleName(f"Draw {COUNT} new pictures")
        self.draw.setToolTip(
            "Decode new samples from the prior under these conditions. Each press draws others."
        )
        self.save = QPushButton("&Save …")
        self.save.setObjectName("saveSamples")
        self.save.setAccessibleName("Save the new pictures")
        self.save.setToolTip("Save the new pictures as one sheet, with the conditions in its description.")
        self.note = Label()
        self.note.setObjectName("samplesNote")
        self.note.setWordWrap(True)
        self._choice, self._strip = QWidget(), QWidget()
        self._flow, self._grid = FlowLayout(self._choice, gap=6), TileLayout(self._strip, gap=2, least=44)
        self.chooser = NameChooser("any class")
        self.chooser.setObjectName("askChooser")
        self.chooser.setAccessibleName("Class of the new pictures")
        self.chooser.setToolTip("The class of the new pictures. Type a part of its name to find it.")
        self.chooser.hide()
        self._lay_out()
        self.chooser.chosen.connect(self._class_asked)
        self.draw.clicked.connect(self._draw)
        self.save.clicked.connect(self.save_wanted)
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._moved)
        workspace.on(SamplesRequest).connect(self._sampled)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        if workspace.model is not None:
            self._loaded(workspace.model)

    def _lay_out(self) -> None:
        for number in range(COUNT):
            tile = ConditionTile(number, "")
            tile.setObjectName(f"sample_{number}")
            tile.clicked.connect(self._taken)
            self.tiles.append(tile)
            self._grid.addWidget(tile)
        buttons = QHBoxLayout()
        buttons.addWidget(self.draw)
        buttons.addWidget(self.save)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(6)
        for widget in (RichLabel("<b>New pictures</b>"), self.chooser, self._choice, self._strip):
            layout.addWidget(widget)
        # Below the pictures: scrolling to show them can leave the button under the mouse.
        layout.addLayout(buttons)
        layout.addWidget(self.note)

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if (model.condition_names, model.exclusive) != (self._names, self._exclusive):
            self._names, self._exclusive = model.condition_names, model.exclusive
            with laid_out_once(self._choice):
                self._make_boxes()
            self._choice.setVisible(bool(self.boxes))
        self._show_samples(None)
        self._say(f"Choose attributes and draw {COUNT}." if self._names else "")
        self._show_asked(self._workspace.state)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.asked != new.asked:
            self._show_asked(new)
        self._mark(new)

    @Slot(object, object)
    def _moved(self, old: SessionState, new: SessionState) -> None:
        self._mark(new)

    @Slot(object)
    def _sampled(self, reply: SamplesReply) -> None:
        self._show_samples(reply)
        words = [asked_in_words(reply.asked).replace(",", ", "), reply.origin, f"seed {reply.seed}"]
        self._say("; ".join(word for word in words if word) + ".")

    @Slot(object)
    def _unfolded(self, reply: object) -> None:
        """The weights have changed: the same draws decode to other pictures."""
        if self._reply is not None and in_sight(self):
            self._ask(self._reply.asked, self._reply.seed)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(SamplesRequest):
            self._say(refusal.message)

    # What is shown

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _make_boxes(self) -> None:
        for old in self.boxes.values():
            old.hide()
            old.deleteLater()
        self.boxes = {}
        many = self._exclusive and len(self._names) > MOST_BUTTONS
        self.chooser.setVisible(many)
        self.chooser.offer(self._names if many else ())
        for name in () if many else self._names:
            box: QAbstractButton = ChoiceButton(on_button(name)) if self._exclusive else AskBox(name)
            box.setObjectName(f"ask_{name}")
            box.clicked.connect(self._asked)
            self.boxes[name] = box
            self._flow.addWidget(box)

    def _show_asked(self, state: SessionState) -> None:
        asked = dict(state.asked)
        wanted = next((name for name in asked if name in self._names), None)
        self.chooser.show_number(-1 if wanted is None else self._names.index(wanted))
        for name, box in self.boxes.items():
            if isinstance(box, AskBox):
                box.show_asked(asked.get(name))
            else:
                box.setChecked(name in asked)
                box.setAccessibleName(f"New pictures of class {name}")
                box.setToolTip(
                    plain_tip("Click: any class." if name in asked else f"Click: only class {listed(name)}.")
                )

    def _show_samples(self, reply: SamplesReply | None) -> None:
        self._reply = reply
        self.save.setEnabled(reply is not None)
        self._strip.setVisible(reply is not None)
        for number, tile in enumerate(self.tiles):
            there = reply is not None and number < len(reply.pictures)
            tile.setVisible(there)
            if reply is None or not there:
                continue
            tile.show_image(to_qimage(reply.pictures[number]))
            told = in_words(reply.conditions[number], self._names) if reply.conditions else "nothing"
            words = f"New picture {number + 1}, condition {told}"
            tile.setAccessibleName(words)
            tile.setToolTip(plain_tip(f"{words}. Click to go there."))
        self._mark(self._workspace.state)

    def _mark(self, state: SessionState) -> None:
        """Marks the picture at which the probe is."""
        if self._reply is None:
            return
        for number, (tile, z) in enumerate(zip(self.tiles, self._reply.points, strict=False)):
            told = self._reply.conditions[number] if self._reply.conditions else ()
            tile.setChecked((z, told) == (state.probe, state.condition))

    # The hand

    @Slot()
    def _asked(self) -> None:
        box, asked = self.sender(), dict(self._workspace.state.asked)
        name = next((name for name, known in self.boxes.items() if known is box), None)
        if name is None:
            return
        if isinstance(box, AskBox):
            value = box.next_asked
            asked.pop(name, None)
            if value is not None:
                asked[name] = value
            wanted = tuple((one, asked[one]) for one in self._names if one in asked)
        else:
            wanted = () if name in asked else ((name, 1.0),)
        self._workspace.do(AskFor(asked=wanted))

    @Slot(int)
    def _class_asked(self, number: int) -> None:
        self._workspace.do(AskFor(asked=((self._names[number], 1.0),) if number >= 0 else ()))

    @Slot()
    def _draw(self) -> None:
        self._say("Drawing …")
        self._ask(self._workspace.state.asked, self._chance.randrange(_SEEDS))

    def _ask(self, asked: tuple[tuple[str, float], ...], seed: int) -> None:
        """Draws from the prior under the requested conditions; the others are drawn from the data."""
        self._workspace.ask(SamplesRequest, asked, COUNT, seed, self._workspace.state.data)

    @Slot()
    def _taken(self) -> None:
        tile, reply = self.sender(), self._reply
        if reply is None or tile not in self.tiles:
            return
        number = self.tiles.index(tile)
        if number >= len(reply.points):
            return  # drawn without a point, by a model without a latent space
        condition = reply.conditions[number] if reply.conditions else ()
        self._workspace.do(TakeSample(z=reply.points[number], condition=condition))
