"""The view of the 2-D stage: models of points, trained while one watches, and two clouds that move apart."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.stage.events import ApartReply, ApartRequest, BeginRequest, FrameReply, RunRequest
from latentlab.engine.types import Flat
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.views.stage2d.bars import StageBars
from latentlab.qt.views.stage2d.beside import Beside
from latentlab.qt.views.stage2d.canvas import StageCanvas
from latentlab.qt.views.stage2d.codes import CodesOffer
from latentlab.qt.views.stage2d.controls import StageControls
from latentlab.qt.views.stage2d.legend import StageLegend
from latentlab.qt.views.stage2d.pages import APART, TRAIN, ApartPage, ModeButtons
from latentlab.qt.views.stage2d.run import StageRun
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight

_LEFT, _RIGHT = 248, 264
# A slider or a field changes faster than a training begins.
_SOON_MS = 30


class StageView(QWidget):
    """The form at the left, the stage in the middle, charts at the right.

    Attributes:
        run: the training on show.
        mode: "train" or "apart".
    """

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("stage2d")
        self.setAccessibleName("2-D stage: models of points")
        self._client, self._workspace = context.stage, context.workspace
        self.mode, self._wants_to_begin = TRAIN, False
        self.controls, self.canvas, self.beside, self.apart = (
            StageControls(),
            StageCanvas(),
            Beside(),
            ApartPage(),
        )
        self._codes, self.modes = CodesOffer(context.workspace, self.controls), ModeButtons()
        self.bars, self.legend = StageBars(), StageLegend()
        self.run = StageRun(self._client, lambda: self.controls.tuning, lambda: self.bars.shown, self)
        self.status = Label()
        self.status.setObjectName("stageStatus")
        self.status.setWordWrap(True)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._lay_out()
        self._sight = Sight(self)
        self._connect()
        self._sight.came.connect(self._came_into_sight)
        self._sight.left.connect(self._left_sight)
        self._show_players()

    def _lay_out(self) -> None:
        self._left = QStackedWidget()
        for page in (self.controls, self.apart):
            self._left.addWidget(page)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.modes)
        left.addSpacing(4)
        left.addWidget(self._left, 1)
        side = QWidget()
        side.setObjectName("stageForm")
        side.setLayout(left)
        left.setContentsMargins(0, 0, 8, 0)
        form = scrolled(side)
        form.setFixedWidth(_LEFT)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle = QVBoxLayout()
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.legend)
        middle.addWidget(self.status)
        middle.addWidget(self.bars)
        self.beside.setFixedWidth(_RIGHT)
        inside = QWidget()
        inside.setObjectName("stagePage")
        inside.setMinimumSize(760, 380)
        whole = QHBoxLayout(inside)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.addWidget(form)
        whole.addLayout(middle, 1)
        whole.addWidget(self.beside)
        place = QVBoxLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(scrolled(inside))

    def _connect(self) -> None:
        client = self._client
        self.run.begun.connect(self._begun)
        self.run.came.connect(self._show)
        self.run.changed.connect(self._enable)
        client.on(ApartRequest).connect(self._came_apart)
        client.refused.connect(self._refused)
        self._soon.timeout.connect(self._begin)
        self.controls.begun_anew.connect(self._anew_soon)
        self.controls.tuned.connect(self._tuned)
        self.controls.cleared.connect(self._cleared)
        self.apart.changed.connect(self._ask_apart)
        self.canvas.drew.connect(self._drew)
        self.canvas.pulled.connect(self._pulled)
        self.bars.played.connect(self._toggle)
        self.bars.stepped.connect(self._one_round)
        self.bars.begun_anew.connect(self._anew_soon)
        self.bars.looked.connect(self.run.look)
        self.bars.layers.connect(self._layers)
        self.modes.chosen.connect(self._change)
        self._codes.replaced.connect(self._anew_soon)
        self._workspace.probed.connect(client.give_way)

    def take_focus(self) -> None:
        """Takes the keyboard focus: to the button that trains."""
        self.bars.play.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _came_into_sight(self) -> None:
        if self.mode == APART:
            self._ask_apart()
        elif not self.run.number or self._wants_to_begin:
            self._anew_soon()
        elif self.run.playing:
            self.run.go_on()

    @Slot()
    def _left_sight(self) -> None:
        self.run.rest()

    # The training

    @Slot()
    def _anew_soon(self) -> None:
        self._show_players()
        self.canvas.draws = self.controls.draws and self.mode == TRAIN
        self.canvas.setCursor(Qt.CursorShape.CrossCursor if self.canvas.draws else Qt.CursorShape.ArrowCursor)
        self._soon.start()

    @Slot()
    def _begin(self) -> None:
        self._wants_to_begin = not self._sight.seen
        if not self._sight.seen:
            return
        self.run.leave()
        self.beside.clear(self.controls.recipe)
        if self.controls.draws and not self.controls.strokes:
            self.run.play(False)
            self.run.end()
            self.canvas.show_frame(None)
            self.canvas.say("Draw the data here: press and drag.")
            self._say("")
            return
        self.canvas.say("")
        self._say("")
        self.run.begin(self.controls.recipe)

    @Slot(object)
    def _begun(self, reply: FrameReply) -> None:
        self._show(reply)
        if self.run.playing and self._sight.seen and self.mode == TRAIN:
            self.run.go_on()

    @Slot(object)
    def _show(self, reply: FrameReply) -> None:
        if self.mode != TRAIN:
            return
        frame = reply.frame
        self.canvas.say("")
        self.canvas.show_frame(frame)
        self.beside.add(frame)
        self.bars.say_rounds(frame.round)
        if reply.fault:
            self.run.play(False)
        self._say(reply.fault)
        nothing = "" if self.bars.shown == "none" else "Of these points no density is known."
        names = ("data", "told from" if self.controls.recipe.family == "critic" else "made")
        self.legend.explain(names, frame.behind, nothing)

    @Slot()
    def _toggle(self) -> None:
        self.run.play(not self.run.playing)
        self.run.look()

    @Slot()
    def _enable(self) -> None:
        self.bars.enable(bool(self.run.number), self.run.playing)

    @Slot(str)
    def _one_round(self, player: str) -> None:
        self.run.go_on(1, player)

    def _show_players(self) -> None:
        two = self.controls.recipe.family == "adversarial"
        self.bars.offer(("discriminator", "generator") if two else ())

    @Slot()
    def _tuned(self) -> None:
        if self.run.playing:
            self.run.go_on()

    @Slot()
    def _layers(self) -> None:
        self.canvas.shows_mesh = self.bars.mesh.isChecked()
        self.canvas.shows_plan = self.bars.plan.isChecked()
        self.canvas.update()

    # The data

    @Slot(object)
    def _drew(self, strokes: object) -> None:
        self.controls.strokes = self.canvas.all_strokes()
        self._anew_soon()

    @Slot()
    def _cleared(self) -> None:
        self.canvas.clear_drawing()
        self.controls.strokes = ()
        self._anew_soon()

    # Two clouds that move apart

    @Slot(str)
    def _change(self, mode: str) -> None:
        self.mode = mode
        self.modes.choose(mode)
        apart = mode == APART
        self._left.setCurrentIndex(1 if apart else 0)
        self.bars.setVisible(not apart)
        self.canvas.pulls, self.canvas.draws = apart, self.controls.draws and not apart
        self.canvas.setCursor(Qt.CursorShape.OpenHandCursor if apart else Qt.CursorShape.ArrowCursor)
        self.canvas.say("")
        self.beside.show_apart(apart)
        if apart:
            self._say("")
            self.canvas.say("")
            self.legend.explain(("a distribution", "the same, moved: drag it"), None, "")
            self.run.rest()
            self._ask_apart()
        else:
            self._client.forget(ApartRequest)
            self.canvas.show_frame(None)
            if self.run.number:
                self.run.look()
            else:
                self._anew_soon()

    @Slot(object)
    def _pulled(self, moved: Flat) -> None:
        self.apart.moved = moved
        self._ask_apart()

    @Slot()
    def _ask_apart(self) -> None:
        if self.mode == APART and self._sight.seen:
            self._client.ask(ApartRequest, self.apart.source, self.apart.moved, self.apart.blur)

    @Slot(object)
    def _came_apart(self, reply: ApartReply) -> None:
        if self.mode == APART:
            self.canvas.show_two(reply.one, reply.other, reply.moved)
            self.beside.compare(reply)
            self.apart.say(reply)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(BeginRequest):
            self.run.leave()
            self.canvas.show_frame(None)
            # Else it would say for ever that points are being drawn.
            self.canvas.say("Nothing to show." if self.mode == TRAIN else "")
        if refusal.of(BeginRequest, RunRequest):
            self.run.play(False)
        self._say(refusal.message)

    def _say(self, fault: str) -> None:
        """What went wrong; "" for nothing."""
        self.status.setText(fault)
        self.status.setVisible(bool(fault))
