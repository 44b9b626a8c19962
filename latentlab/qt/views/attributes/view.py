"""The attribute board: a slider for each attribute of the data, the picture before and after.

The initial point is the probe minus what has been added to it; so moving the probe in any other way sets a
new initial point. Directions are requested when the board is first visible, because finding them takes a
while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import BeforeRequest, PointReply, PointRequest, WalkReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.addable import moved
from latentlab.qt.views.attributes.board_form import BoardForm
from latentlab.qt.views.attributes.condition_board import ConditionBoard
from latentlab.qt.views.attributes.far_warning import FarWarning
from latentlab.qt.views.attributes.own_directions import owned
from latentlab.qt.views.attributes.row import AttributeRow
from latentlab.qt.views.attributes.sections_list import SectionsList
from latentlab.qt.views.attributes.sheet_dialog import SheetDialog
from latentlab.qt.views.attributes.trust_table import TrustTable
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.sight import in_sight
from latentlab.session.edits import AddAttributes
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions

# Rounding error when the same amount was added and removed.
_ROUNDING = 1e-5
_LEARNING = "The model is still being trained. Its directions are computed when the training is finished."


class AttributeBoard(QWidget):
    """Adds attributes to the probe, each by the amount of its slider.

    `sheet_drawn` (page, description) is emitted for a sheet of many pictures, `sheet_wanted` requests to save
    it; `key_frame_wanted` requests to pin the probe as the next key frame of the walk.
    """

    sheet_drawn = Signal(object, object)
    sheet_wanted = Signal()
    key_frame_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attributeBoard")
        self.setAccessibleName("Attributes to add to the probe")
        self._workspace, self._gestures = workspace, GestureClock()
        self._directions: Directions | None = None
        self._opened = ""
        self._wanted = self._chosen = self._stale = False
        # The point that attributes are added to, and the condition there.
        self._asked: tuple[Point, Point] | None = None
        self.sections = SectionsList(workspace)
        self.far = FarWarning(workspace)
        self.far.setContentsMargins(8, 0, 8, 0)
        self.form = BoardForm(self.sections, self.far)
        self.pictures, self.method, self.status = self.form.pictures, self.form.method, self.form.status
        self.before, self.after = self.pictures.before, self.pictures.after
        self.zero_all, self.trust = self.form.zero_all, self.form.trust
        self.sheet, self.key_frame = self.form.sheet, self.form.key_frame
        self.conditions = ConditionBoard(workspace)
        self.pages = QTabWidget()
        self.pages.setObjectName("attributePages")
        self.pages.setDocumentMode(True)
        self._lay_out()
        self._coalesced = CoalescedRequest(self._ask_before, self, workspace.loaded)
        self.method.currentIndexChanged.connect(self._want)
        self.method.activated.connect(self._choose)
        self.sections.slid.connect(self._slid)
        self.sections.gripped.connect(self._gestures.end)
        self.sections.changed.connect(self._offered)
        self.zero_all.clicked.connect(self._zero_all)
        self.trust.clicked.connect(self._show_trust)
        self.sheet.clicked.connect(self._show_sheet)
        self.key_frame.clicked.connect(self.key_frame_wanted)
        workspace.loaded.connect(self._loaded)
        workspace.on(DirectionsRequest).connect(self._directed)
        workspace.on(BeforeRequest).connect(self._before)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.probed.connect(self._changed)
        workspace.changed.connect(self._changed)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        if workspace.model is not None:
            self._loaded(workspace.model)

    def _lay_out(self) -> None:
        self.pages.addTab(self.form, "By vect&or")
        self.pages.addTab(self.conditions, "By &condition")
        self.pages.setTabToolTip(0, "Move z along the direction of an attribute.")
        self.pages.setTabToolTip(1, "Change the decoder's condition, and compare it with the vector.")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.form.fit(self.width(), self.height())
        super().resizeEvent(event)

    @property
    def rows(self) -> dict[str, AttributeRow]:
        """The rows by key: for an attribute, its name."""
        return self.sections.rows

    def minimumSizeHint(self) -> QSize:
        return QSize(230, 160)

    def make_direction(self) -> None:
        """Makes a direction from the groups, or says why that is not possible."""
        self.pages.setCurrentIndex(0)
        self.sections.yours.make()

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        # Without conditions there is only one way.
        tabs = self.pages.tabBar()
        tabs.setVisible(bool(model.condition_names))
        # It is the focus proxy of the pages: hidden, it would stop Tab for good.
        stop = Qt.FocusPolicy.TabFocus if model.condition_names else Qt.FocusPolicy.NoFocus
        tabs.setFocusPolicy(stop)
        if not model.condition_names:
            self.pages.setCurrentIndex(0)
        elif model.path != self._opened:
            # What it is conditioned on z need not encode: its vectors change little.
            self.pages.setCurrentIndex(1)
        self._opened = model.path
        self._show_directions(None)
        self._asked = None
        self.before.show_picture(None)
        self.after.show_picture(None)
        if not self._chosen:
            # Steered directions work best, and those that ship are available at once.
            with QSignalBlocker(self.method):
                self.method.setCurrentIndex(self.method.findData(STEERED if model.steered else "means"))
        self._want()

    @Slot()
    def _choose(self) -> None:
        """The user has chosen the method; it is kept for other models."""
        self._chosen = True

    @Slot()
    def _want(self) -> None:
        """Directions are wanted; they are requested once the board is visible."""
        self._wanted = True
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale:
            # The probe has moved while the board was not to be seen.
            self._coalesced.soon()
        if self._wanted and self._workspace.model is not None:
            self._wanted = False
            if self._workspace.following:
                self.form.say(_LEARNING)
            else:
                self.form.say("Computing directions …")
                workspace = self._workspace
                workspace.ask(DirectionsRequest, workspace.state.data, self.method.currentData())
            self._coalesced.soon()
        super().paintEvent(event)

    @Slot(object)
    def _directed(self, reply: DirectionsReply) -> None:
        if reply.directions is None:
            self.form.say(
                f"Steering directions through the decoder: {reply.share:.0%}."
                if reply.steering
                else f"Computing directions: {reply.share:.0%} of the pictures are encoded."
            )
        else:
            self._show_directions(reply.directions)

    @Slot(object)
    def _unfolded(self, reply: object) -> None:
        # Other weights decode the same point to another picture.
        self._asked, self._stale = None, True
        self.update()
        if self._directions is not None or self.status.text() != _LEARNING:
            self._show_directions(None)
            self.form.say(_LEARNING)

    @Slot(object)
    def _before(self, reply: WalkReply) -> None:
        self.before.show_picture(reply.pictures[0])
        self._coalesced.answered()

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self.after.show_picture(reply.picture)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(DirectionsRequest):
            self.form.say(refusal.message)
        elif refusal.of(BeforeRequest):
            self._coalesced.answered()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.amounts != new.amounts:
            self._show_amounts(new, old)
        if (old.probe, old.condition) != (new.probe, new.condition):
            self._stale = True
            self._coalesced.soon()

    # What is shown

    def _show_directions(self, directions: Directions | None) -> None:
        self._directions = directions
        self.form.say("")
        self.sections.show_directions(directions)

    @Slot()
    def _offered(self) -> None:
        """The rows have changed, and perhaps what they add."""
        self._show_amounts(self._workspace.state)
        self._coalesced.soon()

    def _show_amounts(self, state: SessionState, before: SessionState | None = None) -> None:
        """Shows the amounts of `state`; only those that differ from the previous state, if given."""
        amounts, shown = dict(state.amounts), dict(before.amounts) if before is not None else None
        for name, row in self.rows.items():
            amount = amounts.get(name, 0.0)
            if shown is None or shown.get(name, 0.0) != amount:
                row.show_amount(amount)
        self.zero_all.setEnabled(bool(amounts) and bool(self.rows))
        self.sheet.setEnabled(bool(self.rows))
        self.trust.setEnabled(self._directions is not None or bool(owned(self._workspace)))

    def _ask_before(self) -> bool:
        """Requests the picture of the initial point, if it has changed."""
        if self._workspace.model is None or not in_sight(self):
            return False
        self._stale = False
        base, told = self._beginning(), self._workspace.state.condition
        if self._asked is not None and told == self._asked[1] and _alike(base, self._asked[0]):
            return False
        self._asked = (base, told)
        self._workspace.ask(BeforeRequest, (base,), told)
        return True

    def _beginning(self) -> Point:
        """The probe minus what has been added to it; exact only if nothing has."""
        state = self._workspace.state
        return self._moved(state.probe, {name: -amount for name, amount in state.amounts})

    def _moved(self, z: Point, amounts: dict[str, float]) -> Point:
        return moved(z, amounts, self.sections.offers)

    # The hand

    @Slot(str, float, bool)
    def _slid(self, name: str, amount: float, held: bool) -> None:
        amounts = dict(self._workspace.state.amounts)
        step = amount - amounts.get(name, 0.0)
        if amount:
            amounts[name] = amount
        else:
            amounts.pop(name, None)
        self._add({name: step}, amounts, self._gestures.gesture(held))

    @Slot()
    def _zero_all(self) -> None:
        back = {name: -amount for name, amount in self._workspace.state.amounts}
        if back:
            self._gestures.end()
            self._add(back, {}, None)

    def _add(self, steps: dict[str, float], amounts: dict[str, float], gesture: int | None) -> None:
        z = self._moved(self._workspace.state.probe, steps)
        self._workspace.do(AddAttributes(gesture=gesture, amounts=tuple(sorted(amounts.items())), z=z))

    @Slot()
    def _show_sheet(self) -> None:
        dialog = SheetDialog(self._workspace, self.sections.offers, self)
        dialog.drawn.connect(self.sheet_drawn)
        dialog.save_wanted.connect(self.sheet_wanted)
        dialog.open()

    @Slot()
    def _show_trust(self) -> None:
        if self._directions is not None or owned(self._workspace):
            table = TrustTable(self._directions, owned(self._workspace), self)
            table.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            table.open()


def _alike(z: Point, other: Point) -> bool:
    return len(z) == len(other) and all(abs(one - two) < _ROUNDING for one, two in zip(z, other, strict=True))


SPEC = ViewSpec(
    "attributes",
    "Attributes",
    lambda context: AttributeBoard(context.workspace),
    needs=frozenset({Capability.ENCODES, Capability.DECODES}),
)
