"""The conditions of a conditional model: controls, the probe changed in two ways, and new samples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import SamplesRequest, WaysReply, WaysRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.as_selected import AsSelected
from latentlab.qt.views.attributes.condition_row import TILE, WayRow, WayTile
from latentlab.qt.views.attributes.new_samples import NewSamples
from latentlab.qt.views.attributes.ways import Ways
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.name_chooser import MOST_BUTTONS
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.conditions import holds
from latentlab.session.edits import SetCompensation, SetCondition
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    pass

_WORDS = (
    "The decoder is conditioned on these, so z need not encode them. A vector moves z, and "
    "changes little if z encodes little of the attribute (AUC near 0.5); the condition changes "
    "the decoder's input instead."
)
_MANY = (
    "The decoder has {count:,} conditions, too many to show a picture of each: choose one beside "
    "the probe, or draw new pictures below."
)
_COMPENSATE_TIP = (
    "A little of the condition is always encoded in z as well. When you change the condition, z "
    "is moved by what it still encodes of it, so that the two do not contradict each other. Off: "
    "z stays the same."
)


class ConditionBoard(QScrollArea):
    """Never hides itself: its parent knows whether the model has conditions.

    `save_wanted`: the user wants to save the samples.
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
        self._workspace, self._gestures = workspace, GestureClock()
        self.ways = Ways(workspace)
        # The condition and the probe at the start of a slide.
        self._gripped: tuple[Point, Point] = ((), ())
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
        self.as_selected = AsSelected(workspace)
        self.compensate = CheckBox("Com&pensate z")
        self.compensate.setObjectName("conditionLean")
        self.compensate.setToolTip(_COMPENSATE_TIP)
        self.samples = NewSamples(workspace)
        self.samples.save_wanted.connect(self.save_wanted)
        self._lay_out()
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        self._sight = Sight(self)
        self._sight.came.connect(self._coalesced.soon)
        workspace.loaded.connect(self._loaded)
        workspace.on(DirectionsRequest).connect(self._directed)
        workspace.on(WaysRequest).connect(self._shown)
        workspace.probed.connect(self._changed)
        workspace.changed.connect(self._changed)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        workspace.on(SamplesRequest).connect(self._sampled)
        self.compensate.clicked.connect(self._set_compensation)
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
        below.addWidget(self.compensate)
        layout.addLayout(below)
        layout.addWidget(self.samples)
        layout.addStretch(1)
        self.setWidget(self._inner)
        self._say("")

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if self.ways.begin(model):
            self._make_rows()
        for tile in self._tiles():
            tile.show_picture(None)
        self._show_left()
        self._show_condition(self._workspace.state)
        self._grip()
        self._coalesced.soon()

    @Slot(object)
    def _directed(self, reply: DirectionsReply) -> None:
        if reply.directions is None:
            done = "done" if reply.steering else "of the pictures are encoded"
            self._say(f"Computing the vectors: {reply.share:.0%} {done}.")
            return
        self._say("")
        self.ways.directions = reply.directions
        self._show_left()
        self._coalesced.soon()

    @Slot(object)
    def _shown(self, reply: WaysReply) -> None:
        self._coalesced.answered()
        tiles = self._tiles()
        if len(reply.pictures) == len(tiles):
            for tile, picture in zip(tiles, reply.pictures, strict=True):
                tile.show_picture(picture)
            for row in self.rows.values():
                if self.ways.vector_of(row.name) is None:
                    row.vector.show_picture(None)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.condition, old.lean) != (new.condition, new.lean):
            self._show_condition(new)
        if (old.probe, old.condition, old.lean) != (new.probe, new.condition, new.lean):
            self._coalesced.soon()

    @Slot(object)
    def _unfolded(self, reply: object) -> None:
        """The weights have changed: its pictures too, and its vectors have yet to be found."""
        self.ways.directions = None
        self._show_left()
        self._coalesced.soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(WaysRequest):
            self._coalesced.answered()
        elif refusal.of(DirectionsRequest):
            self._say(f"There are no vectors to compare with: {refusal.message}")

    @Slot(object)
    def _sampled(self, reply: object) -> None:
        # Once the new pictures are laid out.
        QTimer.singleShot(0, partial(self._keep_in_place, self._height_of_draw()))

    def _height_of_draw(self) -> int:
        """The visible position of the button, in pixels from the top."""
        return self.samples.draw.mapTo(self.viewport(), QPoint(0, 0)).y()

    def _keep_in_place(self, before: int) -> None:
        """The pictures appear above the button: scrolls so that it stays under the mouse."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._height_of_draw() - before)

    # What is shown

    def _say(self, words: str) -> None:
        self.status.setText(words)
        self.status.setVisible(bool(words))

    def _tiles(self) -> list[WayTile]:
        """The tiles in the order in which their pictures are requested."""
        rows = self.rows.values()
        return [self.now, *(row.vector for row in rows), *(row.condition for row in rows)]

    def _make_rows(self) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        many = len(self.ways.names) > MOST_BUTTONS
        self.words.setText(_MANY.format(count=len(self.ways.names)) if many else _WORDS)
        for name in () if many else self.ways.names:
            row = WayRow(name, self.ways.exclusive)
            row.told.connect(self._told)
            row.gripped.connect(self._grip)
            row.by_vector.connect(self._by_vector)
            row.by_condition.connect(self._by_condition)
            self.rows[name] = row
            self._column.addWidget(row)

    def _show_condition(self, state: SessionState) -> None:
        # Classes exclude each other: they have no intermediate values.
        self.compensate.setVisible(bool(self.ways.names) and not self.ways.exclusive)
        self.compensate.setChecked(state.lean)
        if self.rows and len(state.condition) == len(self.ways.names):
            for number, (name, value) in enumerate(zip(self.ways.names, state.condition, strict=True)):
                self.rows[name].show_condition(
                    value, holds(value), state.lean, self.ways.change_in_words(state.condition, number)
                )

    def _show_left(self) -> None:
        for name, row in self.rows.items():
            row.show_left(self.ways.auc(name))
            row.vector.setEnabled(self.ways.vector_of(name) is not None)

    def _ask(self) -> bool:
        """Requests the pictures, if they are visible."""
        if not self.ways.known or self._workspace.model is None or not in_sight(self._inner):
            return False
        points, conditions = self.ways.places(len(self.rows))
        self._workspace.ask(WaysRequest, points, conditions)
        return True

    # The hand

    @Slot(str, float, bool)
    def _told(self, name: str, value: float, held: bool) -> None:
        # During a slide everything is computed from its start: moved back, the state is as it was.
        since = self._gripped if held else (self._workspace.state.condition, self._workspace.state.probe)
        condition = self.ways.changed(name, value, since[0])
        z = self._workspace.compensated(condition, since)
        self._workspace.do(SetCondition(gesture=self._gestures.gesture(held), condition=condition, z=z))

    @Slot()
    def _grip(self) -> None:
        """A slide begins, or ends."""
        self._gestures.end()
        self._gripped = (self._workspace.state.condition, self._workspace.state.probe)

    @Slot(bool)
    def _set_compensation(self, lean: bool) -> None:
        self._workspace.do(SetCompensation(lean=lean))

    @Slot(str)
    def _by_condition(self, name: str) -> None:
        self._gestures.end()
        edit = self.ways.by_condition(name)
        if edit is not None:
            self._workspace.do(edit)

    @Slot(str)
    def _by_vector(self, name: str) -> None:
        edit = self.ways.by_vector(name)
        if edit is not None:
            self._workspace.do(edit)
