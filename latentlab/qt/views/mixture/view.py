"""The view of mixtures: means, the tape of EM, the plane of the pictures, and the chosen component."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.engine.rendering.em_tape import EMTape
from latentlab.engine.rendering.requests.mixture import (
    ComponentReply,
    ComponentRequest,
    ComponentsReply,
    ComponentsRequest,
    EMReply,
    EMRequest,
    EMStep,
)
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.qt.views.mixture.card import ComponentCard
from latentlab.qt.views.mixture.mosaic import MeansMosaic
from latentlab.qt.views.mixture.plane import MixturePlane
from latentlab.qt.views.mixture.tape_bar import EMTapeBar
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.term import Term

# Tapes of other mixtures that wait for them.
_KEPT = 3


class MixtureView(QWidget):
    """Means and tape at the left, plane and component at the right.

    Attributes:
        model: the mixture on show; None while it is being looked into.
    """

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("mixtureView")
        self.setAccessibleName("Mixture: components and the steps of EM")
        self._workspace, self._client = context.workspace, context.mixtures
        self.model: ComponentsReply | None = None
        # What was last asked for: path and data; and whether it waits for the view to be seen.
        self._asked: tuple[str, str] | None = None
        self._wanted = True
        self._tapes: dict[str, EMTape] = {}
        self._seed, self.component = 0, -1
        self.title = Term("", "components")
        self.title.setObjectName("mixtureTitle")
        self.mosaic, self.tape = MeansMosaic(), EMTapeBar()
        self.plane, self.card = MixturePlane(), ComponentCard()
        self.seen = Label()
        self.seen.setObjectName("mixturePlaneWords")
        self.seen.setWordWrap(True)
        self._lay_out()
        self.mosaic.chosen.connect(self.choose)
        self.plane.chosen.connect(self.choose)
        self.card.redraw_wanted.connect(self._redraw)
        self.tape.shown.connect(self._show_step)
        self.tape.run_wanted.connect(self._run)
        self.tape.stop_wanted.connect(self._give_up)
        self._client.on(ComponentsRequest).connect(self._came)
        self._client.on(ComponentRequest).connect(self._looked_at)
        self._client.on(EMRequest).connect(self._stepped)
        self._client.refused.connect(self._refused)
        self._sight = Sight(self)
        self._sight.came.connect(self._look_if_seen)
        self._workspace.loaded.connect(self._loaded)
        self._workspace.probed.connect(self._client.give_way)
        self._say_waiting()

    def _lay_out(self) -> None:
        left, right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.mosaic)
        left.addWidget(self.tape)
        upper = QWidget()
        rows = QVBoxLayout(upper)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.seen)
        rows.addWidget(self.plane, 1)
        right.addWidget(upper)
        right.addWidget(self.card)
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(left)
        whole.addWidget(right)
        for splitter, shares in ((left, (66, 34)), (right, (48, 52)), (whole, (60, 40))):
            splitter.setChildrenCollapsible(False)
            for place, share in enumerate(shares):
                splitter.setStretchFactor(place, share)
            splitter.setSizes([share * 10 for share in shares])
        inside = QWidget()
        inside.setObjectName("mixturePage")
        inside.setMinimumSize(480, 260)
        page = QVBoxLayout(inside)
        page.setContentsMargins(8, 4, 8, 6)
        page.addWidget(self.title)
        page.addWidget(whole, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    def take_focus(self) -> None:
        """Takes the keyboard focus: to the means."""
        self.mosaic.setFocus(Qt.FocusReason.OtherFocusReason)

    # The mixture

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if self.tape.running and (model.path, model.hash) != self._asked:
            # Its room may be gone with it, and the button that stops it.
            self._stop()
        self._wanted = True
        self._look_if_seen()

    @Slot()
    def _look_if_seen(self) -> None:
        if self._wanted and in_sight(self):
            self._look()

    def _look(self) -> None:
        """Asks for the open mixture, unless it is the one on show."""
        model = self._workspace.model
        if model is None or not model.can(Capability.HAS_COMPONENTS) or self._workspace.following:
            return
        self._wanted = False
        asked = (model.path, model.hash)
        if asked == self._asked:
            return
        self._asked, self.model, self.component = asked, None, -1
        self.tape.clear()
        self.mosaic.show_step(None)
        self.mosaic.choose(None)
        self.plane.choose(None)
        self.card.clear()
        self._say_waiting()
        self._client.look_into(model.path, model.data)

    def _say_waiting(self) -> None:
        self.title.setText("Looking for the pictures that the mixture was fitted to …")
        self.seen.setText("")

    @Slot(object)
    def _came(self, reply: ComponentsReply) -> None:
        self.model = reply
        self.title.setText(
            f"{reply.model}: {len(reply.step.weights)} components, fitted to {reply.pictures:,} pictures of "
            f"{reply.data}. Under each mean a bar: its weight."
        )
        self.seen.setText(
            f"{len(reply.points):,} pictures on the plane of their first two principal components "
            f"({100.0 * reply.explained:.0f} % of the variance). Click a picture or a mean."
        )
        self.plane.show_points(reply.points)
        tape = self._tapes.pop(reply.hash, None)
        if tape is None and (tape := self._client.tape_of(reply)) is not None:
            self._client.note_tape(reply.hash)
        tape = tape or EMTape()
        self._tapes[reply.hash] = tape
        while len(self._tapes) > _KEPT:
            self._tapes.pop(next(iter(self._tapes)))
        self.tape.begin(tape, reply.step, 2 * reply.passes, reply.refits)
        if not len(tape) and reply.hash in self._client.taped and reply.refits:
            # As a project was left: its tape is made again.
            self._run()

    @Slot(object)
    def _show_step(self, step: EMStep) -> None:
        self.mosaic.show_step(step)
        self.plane.show_step(step)

    # One component

    @Slot(int)
    def choose(self, component: int) -> None:
        """Looks at a component; at the chosen one no more."""
        if component == self.component:
            component = -1
        self.component, self._seed = component, 0
        marked = None if component < 0 else component
        self.mosaic.choose(marked)
        self.plane.choose(marked)
        if marked is None or self.model is None:
            self._client.forget(ComponentRequest)
            self.card.clear()
        else:
            if not self.card.members.isVisibleTo(self.card):
                self.card.clear("Looking for its pictures …")
            self._client.ask(ComponentRequest, component, self._seed)

    @Slot()
    def _redraw(self) -> None:
        self._seed += 1
        self._client.ask(ComponentRequest, self.component, self._seed)

    @Slot(object)
    def _looked_at(self, reply: ComponentReply) -> None:
        if self.model is not None and reply.component == self.component:
            self.card.show_component(reply, len(self.model.step.weights), self.model.pictures)

    # EM

    @Slot()
    def _run(self) -> None:
        if self.model is None:
            return
        tape = self._tapes[self.model.hash] = EMTape()
        self._client.note_tape(self.model.hash)
        self.tape.begin(tape, self.model.step, 2 * self.model.passes, True)
        self.tape.set_running(True)
        self._client.ask(EMRequest)

    @Slot()
    def _give_up(self) -> None:
        """Stopped by hand: it does not begin by itself any more."""
        if self.model is not None:
            self._client.note_tape(self.model.hash, there=False)
        self._stop()

    def _stop(self) -> None:
        self._client.stop_em()
        self.tape.set_running(False)

    @Slot(object)
    def _stepped(self, reply: EMReply) -> None:
        if reply.step is not None:
            self.tape.add(reply.step)
        self.tape.set_running(not reply.ended, reply.done, reply.total)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(EMRequest):
            self.tape.set_running(False)
            self.title.setText(refusal.message)
        elif refusal.of(ComponentRequest):
            self.card.clear(refusal.message)
        else:
            self._asked = None
            self.title.setText(refusal.message)
