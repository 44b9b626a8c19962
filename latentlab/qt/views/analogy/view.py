"""The analogy view, a is to b as c is to ?: three pictures, the computed fourth, and real ones near it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.pictures import OwnPictureReply, PictureSlotRequest
from latentlab.engine.rendering.requests.points import AnalogyRequest, WalkReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.analogy.nearest_row import NearestRow
from latentlab.qt.views.analogy.slot import NOTHING, OWN, PROBE, SELECTED, Joint, PictureSlot, SlotPicture
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.incoming import incoming
from latentlab.qt.widgets.plain_text import Label, RichLabel
from latentlab.qt.widgets.push_button import tip_button
from latentlab.session.analogy import fourth, with_point
from latentlab.session.edits import MoveProbe, SetAnalogy
from latentlab.session.state import Analogy, SessionState

_NEAREST = 4
_BETWEEN = ("is to", "as", "is to")


class AnalogyView(QWidget):
    """Three slots that hold points of the latent space, as part of the session; `failed` carries a message
    and details.
    """

    failed = Signal(str, str)

    def __init__(self, workspace: Workspace, pictures: OwnPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("analogyView")
        self.setAccessibleName("Analogy: a is to b as c is to what?")
        self._workspace, self._pictures = workspace, pictures
        self._drawn: dict[Point, Picture] = {}
        self._wanted = True
        # Dropped pictures waiting to be encoded, one after the other; if a model was being opened, by that
        # one, because points of another latent space have no meaning.
        self._waiting: deque[tuple[int, Picture]] = deque()
        self._under_way: tuple[int, Picture] | None = None
        self._opening = False
        self.picture_slots = tuple(PictureSlot(place) for place in range(3))
        self.result = SlotPicture("analogyResult", "The fourth picture", "?")
        self.result.setToolTip("What the model decodes at z_c + z_b − z_a.")
        self.go = tip_button("analogyGo", "&Go there", "Move the probe to the fourth picture")
        self.swap = tip_button("analogySwap", "&Swap a and b", "Reverse the change: swap a and b")
        self.clear = tip_button("analogyClear", "&Clear", "Clear all three pictures")
        self.nearest = NearestRow(workspace, "analogyNearest", _NEAREST)
        self._lay_out()
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        for picture_slot in self.picture_slots:
            picture_slot.taken.connect(self._take)
            picture_slot.dropped.connect(self._dropped)
        self.go.clicked.connect(self._go)
        self.swap.clicked.connect(self._swap)
        self.clear.clicked.connect(self._clear)
        workspace.changed.connect(self._changed)
        workspace.busy.connect(self._busy)
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        workspace.unfolded.connect(self._drawn_anew)
        workspace.on(AnalogyRequest).connect(self._analogous)
        workspace.on(PictureSlotRequest).connect(self._slot_encoded)
        workspace.refused.connect(self._refused)
        pictures.changed.connect(self._offer)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = RichLabel("<b>a is to b as c is to ?</b>")
        title.setToolTip("The change from a to b is added to c: z_c + z_b − z_a.")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head.addWidget(title, 1)
        for button in (self.swap, self.clear):
            head.addWidget(button)
        last = QWidget()
        column = QVBoxLayout(last)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.result, 1)
        column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignHCenter)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        words = Label("Nearest pictures")
        words.setToolTip(
            "The pictures of the data whose encodings are nearest to that of the fourth picture."
        )
        column.addWidget(words)
        column.addWidget(self.nearest, 1)
        row = QHBoxLayout()
        row.setSpacing(6)
        for number, widget in enumerate((*self.picture_slots, last)):
            row.addWidget(widget, 5 if isinstance(widget, PictureSlot) else 4)
            if number < len(_BETWEEN):
                row.addWidget(Joint(_BETWEEN[number], self.picture_slots[0]))
        row.addWidget(beside, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(row, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 150)

    # What is shown

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.condition != new.condition:
            self._drawn_anew()
        if old.analogy != new.analogy:
            self._show()
        elif old.selected != new.selected:
            self._offer()

    @Slot(str)
    def _busy(self, words: str) -> None:
        """Another model is being opened."""
        self._opening = True
        self._put_back()

    @Slot(object)
    def _loaded(self, model: object) -> None:
        self._opening = False
        self._put_back()
        self._drawn_anew()
        self._encode_next()

    @Slot(object)
    def _encoded(self, reply: object) -> None:
        self._offer()
        self.nearest.show_place(fourth(self._workspace.state.analogy))

    @Slot()
    def _drawn_anew(self) -> None:
        """Another model, or another condition: the points decode to other pictures."""
        self._drawn = {}
        self._show()

    def _show(self) -> None:
        analogy = self._workspace.state.analogy
        z = fourth(analogy)
        coming = {place for place, _ in self._waiting}
        if self._under_way is not None:
            coming.add(self._under_way[0])
        for picture_slot, point in zip(self.picture_slots, analogy, strict=True):
            words = "…" if picture_slot.place in coming else picture_slot.letter
            picture_slot.show_picture(None if point is None else self._drawn.get(point), words)
        if z is None or z in self._drawn:
            self.result.show_picture(None if z is None else self._drawn[z])
        self.nearest.show_place(z)
        self.go.setEnabled(z is not None)
        self.swap.setEnabled(analogy[0] is not None or analogy[1] is not None)
        self.clear.setEnabled(any(point is not None for point in analogy))
        self._offer()
        self._wanted = True
        self.update()

    @Slot()
    def _offer(self) -> None:
        """Enables the buttons of the slots that are of use now."""
        there = {
            source
            for source in (PROBE, SELECTED, OWN)
            if self._workspace.model is not None and self._point_of(source) is not None
        }
        for picture_slot, point in zip(self.picture_slots, self._workspace.state.analogy, strict=True):
            picture_slot.offer(there if point is None else there | {NOTHING})

    def paintEvent(self, event: QPaintEvent) -> None:
        # Qt reports a panel behind another tab as visible, but never paints it.
        if self._wanted and self._workspace.model is not None:
            self._wanted = False
            self._coalesced.soon()
        super().paintEvent(event)

    def _ask(self) -> bool:
        """Requests the pictures of the points; returns whether there are any."""
        analogy = self._workspace.state.analogy
        points = {point for point in (*analogy, fourth(analogy)) if point is not None}
        if not points or points <= self._drawn.keys():
            return False
        self._workspace.ask(AnalogyRequest, tuple(sorted(points)), self._workspace.state.condition)
        return True

    @Slot(object)
    def _analogous(self, reply: WalkReply) -> None:
        self._coalesced.answered()
        if reply.condition == self._workspace.state.condition:
            self._drawn = dict(zip(reply.points, reply.pictures, strict=True))
            self._show()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(AnalogyRequest):
            self._coalesced.answered()
        elif refusal.of(PictureSlotRequest):
            self._under_way = None
            self._encode_next()
        elif refusal.of(LoadRequest):
            self._opening = False
            self._encode_next()

    # The hand

    def _point_of(self, source: str) -> Point | None:
        state, encodings = self._workspace.state, self._workspace.encodings
        if source == PROBE:
            return state.probe
        if source == OWN:
            reply = self._pictures.reply
            return None if reply is None else reply.mean
        if state.selected is None or encodings is None or state.selected >= len(encodings.mean):
            return None
        return tuple(map(float, encodings.mean[state.selected]))

    @Slot(int, str)
    def _take(self, place: int, source: str) -> None:
        self._set(place, None if source == NOTHING else self._point_of(source))

    def _set(self, place: int, z: Point | None) -> None:
        self._become(with_point(self._workspace.state.analogy, place, z))

    def _become(self, analogy: Analogy) -> None:
        if analogy != self._workspace.state.analogy:
            self._workspace.do(SetAnalogy(analogy=analogy))

    @Slot()
    def _go(self) -> None:
        z = fourth(self._workspace.state.analogy)
        if z is not None:
            self._workspace.do(MoveProbe(z=z))

    @Slot()
    def _swap(self) -> None:
        a, b, c = self._workspace.state.analogy
        self._become((b, a, c))

    @Slot()
    def _clear(self) -> None:
        self._become((None, None, None))

    # Dropped pictures

    @Slot(int, object)
    def _dropped(self, place: int, data: QMimeData) -> None:
        """Takes the picture into this slot; more files go into the following slots."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        try:
            sources: Sequence[Path | QImage] = files or [incoming(data)]
        except LabError as error:
            self.failed.emit(str(error), "")
            return
        for number, source in zip(range(place, len(self.picture_slots)), sources, strict=False):
            self.picture_slots[number].show_picture(None, "…")
            self._pictures.read(source, partial(self._read, number), self._show)

    def _read(self, place: int, pixels: Picture) -> None:
        self._waiting.append((place, pixels))
        self._encode_next()

    def _encode_next(self) -> None:
        if (
            self._under_way is None
            and self._waiting
            and self._workspace.model is not None
            and not self._opening
        ):
            self._under_way = self._waiting.popleft()
            pixels, condition = self._under_way[1], self._workspace.state.condition
            self._workspace.ask(PictureSlotRequest, pixels, Fitting(), condition, compare=False)

    def _put_back(self) -> None:
        """What was requested belongs to the previous model: it is requested again."""
        if self._under_way is not None:
            self._waiting.appendleft(self._under_way)
            self._under_way = None

    @Slot(object)
    def _slot_encoded(self, reply: OwnPictureReply) -> None:
        asked, self._under_way = self._under_way, None
        model = self._workspace.model
        if asked is not None and model is not None and len(reply.mean) == model.latents:
            self._set(asked[0], reply.mean)
            self._show()
        self._encode_next()


SPEC = ViewSpec(
    "analogy",
    "Analogy",
    lambda context: AnalogyView(context.workspace, context.pictures),
    needs=frozenset({Capability.ENCODES, Capability.DECODES}),
)
