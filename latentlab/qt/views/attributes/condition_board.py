"""The conditions of a conditional model: what the decoder is told, the same probe by vector and by condition,
and new pictures of what is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.requests.points import SamplesRequest, WaysReply, WaysRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.burst import Burst
from latentlab.qt.clients.coalesce import Asking
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.condition_row import TILE, WayRow, WayTile
from latentlab.qt.views.attributes.new_samples import NewSamples
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.name_chooser import MOST_BUTTONS
from latentlab.qt.widgets.plain_text import Label
from latentlab.session.conditions import alternatives, change_in_words, holds, told
from latentlab.session.edits import AddAttributes, SetCondition, SetLean, TakeSample
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions

_WORDS = (
    "The decoder is conditioned on these, so z need not encode them. A vector moves z, and "
    "changes little if z encodes little of the attribute (AUC near 0.5); the condition changes "
    "the decoder's input instead."
)
_MANY = (
    "The decoder has {count:,} conditions, too many to show a picture of each: choose one beside "
    "the probe, or draw new pictures below."
)
_LEAN_TIP = (
    "A little of the condition is always encoded in z as well. When you change the condition, z "
    "is moved by what it still encodes of it, so that the two do not contradict each other. Off: "
    "z stays the same."
)


class ConditionBoard(QScrollArea):
    """Hides nothing of itself: whoever shows it knows whether the model has conditions.

    `save_wanted`: the person wants to keep the new pictures.
    """

    save_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conditionBoard")
        self.setAccessibleName("Condition of the decoder")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._workspace, self._burst = workspace, Burst()
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        self._implied: Implied = ()
        # What the decoder was told, and the probe, when a slide began.
        self._gripped: tuple[Point, Point] = ((), ())
        self._directions: Directions | None = None
        self.rows: dict[str, WayRow] = {}
        self.words = Label(_WORDS)
        self.words.setObjectName("conditionWords")
        self.words.setWordWrap(True)
        self.status = Label()
        self.status.setObjectName("conditionStatus")
        self.status.setWordWrap(True)
        self.now = WayTile("conditionNow")
        self.now.setAccessibleName("The probe as it is, under the current condition")
        self.now.setToolTip("The probe as it is, under the current condition.")
        self.now.setEnabled(False)
        self.as_selected = QPushButton("As se&lected")
        self.as_selected.setObjectName("conditionAsSelected")
        self.as_selected.setAccessibleName("Go to the selected picture, under its own condition")
        self.as_selected.setToolTip(
            "Moves the probe to the selected picture and sets the condition to its class or "
            "attributes in the data: this shows its reconstruction, to be changed either way."
        )
        self._selected: SelectionReply | None = None
        self.lean = CheckBox("Com&pensate z")
        self.lean.setObjectName("conditionLean")
        self.lean.setToolTip(_LEAN_TIP)
        self.samples = NewSamples(workspace)
        self.samples.save_wanted.connect(self.save_wanted)
        self._lay_out()
        self._asking = Asking(self._ask, self, workspace.loaded)
        workspace.loaded.connect(self._loaded)
        workspace.on(DirectionsRequest).connect(self._directed)
        workspace.on(WaysRequest).connect(self._shown)
        workspace.probed.connect(self._changed)
        workspace.changed.connect(self._changed)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        workspace.on(SamplesRequest).connect(self._sampled)
        workspace.on(SelectionRequest).connect(self._picked)
        self.as_selected.clicked.connect(self._go_to_selected)
        self.lean.clicked.connect(self._let_lean)
        if workspace.model is not None:
            self._loaded(workspace.model)

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.setHorizontalSpacing(4)
        head.addWidget(self.now, 0, 0)
        left = QVBoxLayout()
        left.addWidget(Label("as it is"))
        left.addWidget(self.as_selected)
        head.addLayout(left, 0, 1)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        for column, title in ((3, "vector"), (4, "condition")):
            label = Label(title)
            label.setAlignment(bottom)
            head.addWidget(label, 0, column, bottom)
            head.setColumnMinimumWidth(column, TILE)
        head.setColumnStretch(2, 1)
        self._inner = QWidget()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        layout = QVBoxLayout(self._inner)
        layout.setContentsMargins(0, 6, 0, 8)
        layout.setSpacing(6)
        for label in (self.words, self.status):
            label.setContentsMargins(8, 0, 8, 0)
            layout.addWidget(label)
        layout.addLayout(head)
        layout.addLayout(self._column)
        below = QVBoxLayout()
        below.setContentsMargins(8, 0, 8, 0)
        below.addWidget(self.lean)
        layout.addLayout(below)
        layout.addWidget(self.samples)
        layout.addStretch(1)
        self.setWidget(self._inner)
        self._say("")

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if (model.condition_names, model.exclusive) != (self._names, self._exclusive):
            self._names, self._exclusive = model.condition_names, model.exclusive
            self._make_rows()
        self._implied = model.implied
        self._directions = self._selected = None
        self._show_selected(self._workspace.state)
        for tile in self._tiles():
            tile.show_picture(None)
        self._show_left()
        self._show_told(self._workspace.state)
        self._grip()
        self._asking.soon()

    @Slot(object)
    def _directed(self, reply: DirectionsReply) -> None:
        if reply.directions is None:
            done = "done" if reply.steering else "of the pictures are encoded"
            self._say(f"Computing the vectors: {reply.share:.0%} {done}.")
            return
        self._say("")
        self._directions = reply.directions
        self._show_left()
        self._asking.soon()

    @Slot(object)
    def _shown(self, reply: WaysReply) -> None:
        self._asking.answered()
        tiles = self._tiles()
        if len(reply.pictures) == len(tiles):
            for tile, picture in zip(tiles, reply.pictures, strict=True):
                tile.show_picture(picture)
            for row in self.rows.values():
                if self._vector_of(row.name) is None:
                    row.vector.show_picture(None)

    @Slot(object)
    def _picked(self, reply: SelectionReply) -> None:
        self._selected = reply if len(reply.condition) == len(self._names) else None
        self._show_selected(self._workspace.state)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        self._show_selected(new)
        if (old.condition, old.lean) != (new.condition, new.lean):
            self._show_told(new)
        if (old.probe, old.condition, old.lean) != (new.probe, new.condition, new.lean):
            self._asking.soon()

    @Slot(object)
    def _unfolded(self, reply: object) -> None:
        """The model has learnt: its pictures are other ones, and its vectors have yet to be found."""
        self._directions = None
        self._show_left()
        self._asking.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(WaysRequest):
            self._asking.answered()
        elif refusal.of(DirectionsRequest):
            self._say(f"There are no vectors to compare with: {refusal.message}")

    @Slot(object)
    def _sampled(self, reply: object) -> None:
        # Once the new pictures have their room.
        QTimer.singleShot(0, partial(self._keep_in_place, self._height_of_draw()))

    def _height_of_draw(self) -> int:
        """Where the button lies in sight, in pixels from the top."""
        return self.samples.draw.mapTo(self.viewport(), QPoint(0, 0)).y()

    def _keep_in_place(self, before: int) -> None:
        """The pictures come above the button: it stays under the mouse, for another press."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._height_of_draw() - before)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._asking.soon()

    # What is shown

    def _say(self, words: str) -> None:
        self.status.setText(words)
        self.status.setVisible(bool(words))

    def _tiles(self) -> list[WayTile]:
        """In the order in which their pictures are asked for."""
        rows = self.rows.values()
        return [self.now, *(row.vector for row in rows), *(row.condition for row in rows)]

    def _make_rows(self) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        many = len(self._names) > MOST_BUTTONS
        self.words.setText(_MANY.format(count=len(self._names)) if many else _WORDS)
        for name in () if many else self._names:
            row = WayRow(name, self._exclusive)
            row.told.connect(self._told)
            row.gripped.connect(self._grip)
            row.by_vector.connect(self._by_vector)
            row.by_condition.connect(self._by_condition)
            self.rows[name] = row
            self._column.addWidget(row)

    def _show_told(self, state: SessionState) -> None:
        # Classes exclude each other: none is told a little more.
        self.lean.setVisible(bool(self._names) and not self._exclusive)
        self.lean.setChecked(state.lean)
        if self.rows and len(state.condition) == len(self._names):
            for number, (name, value) in enumerate(zip(self._names, state.condition, strict=True)):
                change = change_in_words(state.condition, number, self._implied, self._names)
                self.rows[name].show_told(value, holds(value), state.lean, change)

    def _show_selected(self, state: SessionState) -> None:
        """There is somewhere to go if an image is selected and the probe is not there, told what it is of."""
        found = self._selected
        there = found is not None and found.index == state.selected
        self.as_selected.setEnabled(
            found is not None and there and (found.mean, found.condition) != (state.probe, state.condition)
        )

    def _show_left(self) -> None:
        found = self._directions
        for name, row in self.rows.items():
            known = found is not None and name in found.names
            row.show_left(found.trust[found.names.index(name)].auc if found is not None and known else None)
            row.vector.setEnabled(self._vector_of(name) is not None)

    def _vector_of(self, name: str) -> Directions | None:
        """The directions, if that of this name is among them and fits the probe."""
        found = self._directions
        fits = found is not None and name in found.names and found.latents == len(self._workspace.state.probe)
        return found if fits else None

    def _step(self, number: int) -> float:
        """How often its vector changes an attribute to the other way round: once up, or once down."""
        there = holds(self._workspace.state.condition[number])
        return 0.0 if self._exclusive and there else -1.0 if there else 1.0

    def _moved(self, number: int) -> Point:
        """The probe with an attribute changed by vector; where it is, if there is no vector."""
        z, name = self._workspace.state.probe, self._names[number]
        found = self._vector_of(name)
        return z if found is None else tuple(map(float, found.shift(z, {name: self._step(number)})))

    def _ask(self) -> bool:
        """Asks for the pictures, if anybody can see them."""
        state = self._workspace.state
        whole = bool(self._names) and len(state.condition) == len(self._names)
        if not whole or self._workspace.model is None or self._inner.visibleRegion().isEmpty():
            return False
        vectors = tuple(self._moved(number) for number in range(len(self.rows)))
        others = alternatives(state.condition, self._exclusive, self._implied) if self.rows else ()
        conditions = ((state.condition,) * (1 + len(vectors))) + others
        leaning = map(self._workspace.leant, others)
        self._workspace.ask(WaysRequest, (state.probe, *vectors, *leaning), conditions)
        return True

    # The hand

    @Slot(str, float, bool)
    def _told(self, name: str, value: float, held: bool) -> None:
        # Under the hand all is reckoned from where the slide began: slid back, it is as it was.
        since = self._gripped if held else (self._workspace.state.condition, self._workspace.state.probe)
        condition = told(since[0], self._names.index(name), value, self._implied)
        z = self._workspace.leant(condition, since)
        self._workspace.do(SetCondition(gesture=self._burst.gesture(held), condition=condition, z=z))

    @Slot()
    def _grip(self) -> None:
        """A slide begins, or ends."""
        self._burst.end()
        self._gripped = (self._workspace.state.condition, self._workspace.state.probe)

    @Slot(bool)
    def _let_lean(self, lean: bool) -> None:
        self._workspace.do(SetLean(lean=lean))

    @Slot()
    def _go_to_selected(self) -> None:
        if self._selected is not None:
            self._workspace.do(TakeSample(z=self._selected.mean, condition=self._selected.condition))

    @Slot(str)
    def _by_condition(self, name: str) -> None:
        self._burst.end()
        number = self._names.index(name)
        chosen = alternatives(self._workspace.state.condition, self._exclusive, self._implied)[number]
        if chosen != self._workspace.state.condition:
            self._workspace.do(SetCondition(condition=chosen, z=self._workspace.leant(chosen)))

    @Slot(str)
    def _by_vector(self, name: str) -> None:
        number = self._names.index(name)
        step = self._step(number)
        if self._vector_of(name) is None or not step:
            return
        amounts = dict(self._workspace.state.amounts)
        amounts[name] = amounts.get(name, 0.0) + step
        kept = tuple(sorted((one, amount) for one, amount in amounts.items() if amount))
        self._workspace.do(AddAttributes(amounts=kept, z=self._moved(number)))
