"""The theory of one picture: the ladder of log p(x), the gap of the ELBO, and pictures like it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.theory import (
    LadderReply,
    LadderRequest,
    LikeThisReply,
    LikeThisRequest,
    PosteriorReply,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.controllers.theory_subject import NEAREST, OWN, SELECTED, subject_of
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.views.theory.chart import LadderChart
from latentlab.qt.views.theory.like_this import COUNT, LikeThis
from latentlab.qt.views.theory.rungs import first_known, gap_in_words, nothing_known, rungs_of
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.edits import SetLayers
from latentlab.session.state import SessionState

_SOURCES = (
    (SELECTED, "Selected picture"),
    (NEAREST, "Nearest to probe"),
    (OWN, "Picture of your own"),
)
_HOW = {
    SELECTED: "Double-click a point in the plane to select its picture.",
    NEAREST: "The pictures are not encoded yet.",
    OWN: "Open a picture of your own in the panel Picture.",
}
_THUMB, _FLAT = 72, 2
_MARKS = (
    "● a lower bound; ○ an estimate, or no bound; ◆ log p(x) itself. The dashed line: the best known "
    "log p(x). Point at a row to read how it is computed."
)


class TheoryView(ScrolledPage):
    """Follows the picture that `TheorySubject` means, while it can be seen."""

    def __init__(self, workspace: Workspace, pictures: OwnPictures) -> None:
        super().__init__("theoryPanel", "Theory of a picture")
        self._workspace, self._pictures = workspace, pictures
        self._subject, self._sight = subject_of(workspace), Sight(self)
        self._known: LadderReply | None = None
        self._told_last: PosteriorReply | None = None
        self._stopped = False
        self.source = QComboBox()
        self.source.setObjectName("theorySource")
        self.source.setAccessibleName("log p(x) of which picture")
        self.source.setToolTip("Which picture x the theory is about.")
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name, words in _SOURCES:
            self.source.addItem(words, name)
        self.source.activated.connect(self._chosen)
        self.picture = CrispPicture("theoryPicture", "The picture x", _THUMB)
        self.title = Label()
        self.title.setObjectName("theoryTitle")
        self.title.setWordWrap(True)
        self.chart = LadderChart()
        self.chart.pointed.connect(self._say)
        self.says = Label()
        self.says.setObjectName("theorySays")
        self.says.setWordWrap(True)
        self.gap = Label()
        self.gap.setObjectName("theoryGap")
        self.gap.setAccessibleName("The gap of the ELBO")
        self.gap.setWordWrap(True)
        self.layer = CheckBox("P&osterior in the plane")
        self.layer.setObjectName("theoryLayerBox")
        self.layer.setAccessibleName("Show the true posterior in the plane")
        self.layer.setToolTip(plain_tip("Draw p(z|x) in the plane, beside the ellipse of q(z|x)."))
        self.layer.clicked.connect(self._switch_layer)
        self.progress = QProgressBar()
        self.progress.setObjectName("theoryProgress")
        self.progress.setAccessibleName("How much of the ladder is computed")
        self.progress.setToolTip("How much of the ladder is computed.")
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.step = Label()
        self.step.setObjectName("theoryStep")
        self.step.setWordWrap(True)
        self.stop = QToolButton()
        self.stop.setText("Stop")
        self.stop.setObjectName("theoryStop")
        self.stop.setAccessibleName("Stop computing the ladder")
        self.stop.setToolTip("Stop drawing; what is known so far stays.")
        self.stop.clicked.connect(self._stop)
        self.like = LikeThis()
        self.like.wanted.connect(self._ask_like)
        self._lay_out()
        self._sight.came.connect(self._seen)
        self._sight.left.connect(self._unseen)
        self._subject.changed.connect(self._anew)
        self._subject.told.connect(self._told)
        self._subject.refused.connect(self._why_not)
        pictures.changed.connect(self._own_changed)
        workspace.on(LadderRequest).connect(self._climbed)
        workspace.on(LikeThisRequest).connect(self._liked)
        workspace.refused.connect(self._refused)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._own_changed)
        self.layer.setChecked(workspace.state.layers.posterior)
        self._anew()

    def _lay_out(self) -> None:
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(6)
        working = QHBoxLayout()
        working.addWidget(self.step, 1)
        working.addWidget(self.stop)
        for widget in (self.chart, self.says, self.gap, self.layer):
            body.addWidget(widget)
        body.addWidget(self.progress)
        body.addLayout(working)
        body.addWidget(self.like)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(self.source)
        words.addWidget(self.title)
        words.addStretch(1)
        self.picture.setFixedWidth(_THUMB)
        head.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addLayout(head)
        rows.addWidget(self._body)
        rows.addStretch(1)
        self.setWidget(inner)

    @Slot()
    def _seen(self) -> None:
        self._subject.want("panel", True)

    @Slot()
    def _unseen(self) -> None:
        self._subject.want("panel", False)
        self._workspace.ask(LadderRequest, None)

    # What comes from the workspace

    @Slot()
    def _anew(self) -> None:
        """Another picture, or none."""
        subject, model = self._subject.subject, self._workspace.model
        with QSignalBlocker(self.source):
            self.source.setCurrentIndex(self.source.findData(self._subject.source))
        self._stopped = False
        if self._known is not None:
            self._known = None
            self._workspace.ask(LadderRequest, None)
        if subject is None or model is None:
            self.picture.show_picture(None)
            self.title.setText(_HOW[self._subject.source])
            self._body.setVisible(False)
            return
        if subject.index is None:
            self.picture.show_picture(subject.seen)
            self.title.setText("log p(x) of your picture")
        else:
            self.picture.show_picture(data_picture(model.images, subject.index))
            name = model.class_of(subject.index)
            self.title.setText(f"log p(x) of picture {subject.index:,}" + (f", class {name}" if name else ""))
        if model.latents > _FLAT or not self.chart.rungs:
            # It takes a while; in a plane the numbers of the picture before stay for a moment.
            self._body.setVisible(True)
            self._show(nothing_known(subject))
            self.like.show_reply(None)

    @Slot(object)
    def _told(self, reply: PosteriorReply) -> None:
        again, self._told_last = reply is self._told_last, reply
        if again and (self._stopped or (self._known is not None and self._known.done)):
            return  # seen again: all of it is there
        self._body.setVisible(True)
        self._show(first_known(reply))
        if not reply.quick and not self._stopped and in_sight(self):
            self._workspace.ask(LadderRequest, reply.subject)
            self._ask_like(*self.like.asked)

    @Slot(object)
    def _climbed(self, reply: LadderReply) -> None:
        if self._stopped or self._subject.subject is None or reply.subject is not self._subject.subject:
            return
        self._show(reply)

    def _show(self, known: LadderReply) -> None:
        self._known = known
        rungs = rungs_of(known)
        self.chart.show_rungs(rungs, known.ladder.best)
        self.gap.setText(gap_in_words(known))
        self._say(self.chart.current)
        at_work = bool(known.step) and not known.done
        self.progress.setVisible(at_work)
        self.stop.setVisible(at_work)
        self.step.setVisible(at_work)
        self.progress.setValue(round(1000 * known.share))
        self.step.setText(f"{known.step} …")

    @Slot(int)
    def _say(self, row: int) -> None:
        rungs = self.chart.rungs
        if 0 <= row < len(rungs):
            self.says.setText(rungs[row].says)
        else:
            self.says.setText(_MARKS)

    @Slot(object)
    def _liked(self, reply: LikeThisReply) -> None:
        if reply.subject is self._subject.subject:
            self.like.show_reply(reply)

    @Slot(str)
    def _why_not(self, message: str) -> None:
        self.title.setText(message)
        self._body.setVisible(False)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(LadderRequest, LikeThisRequest):
            self.step.setText(refusal.message)
            self.step.setVisible(True)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers != new.layers:
            self.layer.setChecked(new.layers.posterior)

    @Slot()
    def _own_changed(self) -> None:
        reply = self._pictures.reply
        self._subject.take_own(None if reply is None else reply.seen, self._workspace.state.condition)

    # The person

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._subject.choose(self.source.itemData(index))

    @Slot()
    def _stop(self) -> None:
        self._stopped = True
        self._workspace.ask(LadderRequest, None)
        for widget in (self.progress, self.stop):
            widget.setVisible(False)
        self.step.setText("Stopped.")

    @Slot(int, bool)
    def _ask_like(self, seed: int, pixels: bool) -> None:
        if self._subject.subject is not None:
            self._workspace.ask(LikeThisRequest, self._subject.subject, COUNT, seed, pixels)

    @Slot()
    def _switch_layer(self) -> None:
        layers = replace(self._workspace.state.layers, posterior=self.layer.isChecked())
        self._workspace.do(SetLayers(layers=layers))


def made(context: ViewContext) -> TheoryView:
    """The view of a window."""
    return TheoryView(context.workspace, context.pictures)
