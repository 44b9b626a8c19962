"""The list of latent dimensions, most used first: the traversal of each, and the probe's coordinates.

Rows are filled when they are first visible, and only visible ones are kept up to date: there may be 256.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.rendering.requests.points import TraversalReply, TraversalRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.dimensions.row import DimensionRow, height_for
from latentlab.qt.views.dimensions.strip import VALUES
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.edits import MoveProbe, SetPlane
from latentlab.session.plane import dimension_name, pair_of, paired, shows_components
from latentlab.session.state import COMPONENTS, PAIR, PlaneSettings, SessionState

# Making a row takes some milliseconds, and must not delay a drag.
_FILLED_AT_ONCE = 3


class Dimensions(QWidget):
    """What the plane shows, and below it a list with a row for each dimension."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dimensionsView")
        self.setAccessibleName("Dimensions")
        self._workspace = workspace
        self._gestures, self._sliding = GestureClock(), -1
        self._path = ""
        self._asked: tuple[Point, Point] = ((), ())
        self.rows: list[DimensionRow] = []
        self.order: list[int] = []
        self.axes = QComboBox()
        self.axes.setObjectName("planeAxes")
        self.axes.setAccessibleName("What the plane shows")
        self.axes.setToolTip(
            "Two dimensions: choose them with the arrows below. Principal components: the two "
            "directions of largest variance of the encoded pictures."
        )
        self.axes.addItem("", PAIR)
        self.axes.addItem("Principal components", COMPONENTS)
        self.axes.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.axes.currentIndexChanged.connect(self._axes_chosen)
        self.list = QScrollArea()
        self.list.setObjectName("dimensionsList")
        self.list.setAccessibleName("Dimensions, sorted by how much information they carry")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWidgetResizable(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self._coalesced = CoalescedRequest(self._refresh, self, workspace.loaded)
        self._sight = Sight(self)
        self._sight.came.connect(self._coalesced.soon)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        workspace.on(TraversalRequest).connect(self._traversed)
        workspace.turned.connect(self._turned)
        workspace.unfolded.connect(self._unfolded)
        workspace.refused.connect(self._refused)
        if workspace.model is not None:
            self._loaded(workspace.model)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        label = Label("&Plane")
        label.setBuddy(self.axes)
        head.addWidget(label)
        head.addWidget(self.axes, 1)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.list.setWidget(self._inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(230, 160)

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if len(self.rows) != model.latents:
            self._make_rows(model.latents)
        if model.path != self._path:
            self._path = model.path
            self._show_weights((), ())
            self._forget_pictures()
            if self._workspace.encodings is not None:  # a panel made after the model was opened
                self._encoded(self._workspace.encodings)
        self._show_axes()
        self._coalesced.soon()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if encodings.done:
            self._show_weights(encodings.kl_per_dimension, encodings.spread)

    @Slot(object)
    def _turned(self, projection: object) -> None:
        self._show_axes()

    @Slot(object)
    def _unfolded(self, encodings: EncodingsReply) -> None:
        """The weights have changed: its pictures too."""
        self._forget_pictures()
        self._coalesced.soon()

    def _forget_pictures(self) -> None:
        for row in self.rows:
            row.drawn_from = None

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.plane != new.plane:
            self._show_axes()
        if (old.probe, old.condition) != (new.probe, new.condition):
            self._coalesced.soon()

    @Slot(object)
    def _traversed(self, reply: TraversalReply) -> None:
        if reply.dimension < len(self.rows) and self.rows[reply.dimension].filled:
            row = self.rows[reply.dimension]
            row.strip.show_pictures(reply.strip)
            row.drawn_from = self._rest(reply.dimension, *self._asked)
        if reply.done:
            self._coalesced.answered()
            self._coalesced.soon()  # more rows may have become visible

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(TraversalRequest):
            self._coalesced.answered()

    # Rows

    def _make_rows(self, count: int) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [DimensionRow(number) for number in range(count)]
        for row in self.rows:
            row.slid.connect(self._slid)
            row.gripped.connect(self._gestures.end)
            row.turned.connect(self._turn)
        self._put_in_order(list(range(count)))
        self._fit_rows()

    def _put_in_order(self, order: list[int]) -> None:
        if order == self.order and self._column.count():
            return
        self.order = order
        while self._column.count():
            self._column.takeAt(0)
        for number in order:
            self._column.addWidget(self.rows[number])
        self._column.addStretch(1)

    def _fit_rows(self) -> None:
        height = height_for(self.list.viewport().width())
        for row in self.rows:
            row.setFixedHeight(height)

    def _show_weights(self, kl: Point, spread: Point) -> None:
        """Sorts the rows by KL; by the spread of the pictures, where there is no KL."""
        known = len(kl) == len(self.rows)
        by = kl if known and all(map(math.isfinite, kl)) else spread if known else (0.0,) * len(self.rows)
        most = max(by, default=0.0)
        for row in self.rows:
            number = row.dimension
            row.show_weight(kl[number] if known else None, spread[number] if known else None, most)
        if self._come_in_order and by is not kl:
            by = (0.0,) * len(self.rows)
        self._put_in_order(sorted(range(len(self.rows)), key=lambda number: (-by[number], number)))
        self._coalesced.soon()

    @property
    def _come_in_order(self) -> bool:
        """Whether the dimensions are principal components: of each, pictures have the same spread."""
        return self._workspace.model is not None and self._workspace.model.can(Capability.HAS_EIGENPICTURES)

    def _show_axes(self) -> None:
        model, plane = self._workspace.model, self._workspace.state.plane
        if model is None:
            return
        first, second = pair_of(plane, model.latents)
        names = f"{dimension_name(first)} and {dimension_name(second)}"
        with QSignalBlocker(self.axes):
            self.axes.setItemText(0, names if first != second else names.partition(" ")[0])
            chosen = COMPONENTS if shows_components(plane, model.latents) else PAIR
            self.axes.setCurrentIndex(self.axes.findData(chosen))
        self.axes.setEnabled(model.latents > 1)
        for row in self.rows:
            if row.filled:
                row.show_axes(self._workspace.projection.axes, model.latents > 1)

    def in_sight(self) -> list[DimensionRow]:
        """The visible rows, from the top."""
        if not self.rows or not in_sight(self):
            return []
        height, top = max(1, self.rows[0].height()), self.list.verticalScrollBar().value()
        last = (top + self.list.viewport().height()) // height
        return [self.rows[number] for number in self.order[top // height : last + 1]]

    def _refresh(self) -> bool:
        """Updates the visible rows; requests pictures where they have changed."""
        state, model = self._workspace.state, self._workspace.model
        if model is None or len(state.probe) != len(self.rows):
            return False
        stale: list[int] = []
        empty = 0
        for row in self.in_sight():
            if not row.filled:
                empty += 1
                if empty > _FILLED_AT_ONCE:
                    self._coalesced.soon()
                    return False
                row.fill()
                row.show_axes(self._workspace.projection.axes, model.latents > 1)
            row.show_value(state.probe[row.dimension])
            if row.drawn_from != self._rest(row.dimension, state.probe, state.condition):
                stale.append(row.dimension)
        if stale:
            self._asked = (state.probe, state.condition)
            dimensions = tuple(stale)
            self._workspace.ask(TraversalRequest, state.probe, dimensions, VALUES, state.condition)
        return bool(stale)

    @staticmethod
    def _rest(dimension: int, z: Point, condition: Point) -> tuple[Point, Point]:
        """What a dimension's pictures depend on: the other coordinates, and the condition."""
        return (*z[:dimension], *z[dimension + 1 :]), condition

    @Slot()
    def _scrolled(self) -> None:
        self._coalesced.soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()
        self._coalesced.soon()

    # The hand

    @Slot(int, float, bool)
    def _slid(self, dimension: int, value: float, held: bool) -> None:
        if dimension != self._sliding:
            self._gestures.end()
            self._sliding = dimension
        probe = self._workspace.state.probe
        z = (*probe[:dimension], value, *probe[dimension + 1 :])
        self._workspace.do(MoveProbe(gesture=self._gestures.gesture(held), z=z))

    @Slot(int, bool)
    def _turn(self, dimension: int, across: bool) -> None:
        plane = paired(self._workspace.state.plane, len(self.rows), dimension, across)
        self._workspace.do(SetPlane(plane=plane))

    @Slot(int)
    def _axes_chosen(self, index: int) -> None:
        first, second = pair_of(self._workspace.state.plane, max(2, len(self.rows)))
        self._workspace.do(SetPlane(plane=PlaneSettings(self.axes.itemData(index), first, second)))


SPEC = ViewSpec(
    "dimensions",
    "Dimensions",
    lambda context: Dimensions(context.workspace),
    needs=frozenset({Capability.DECODES}),
)
