"""The view of a discriminator or critic: its opinion of the picture at the probe, of many pictures, and
samples always from the same z, with an alarm when they become alike.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.core.collapse import CollapseAlarm, Variety
from latentlab.engine.rendering.requests.critic import OpinionReply, OpinionRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.scores import (
    HistogramsReply,
    HistogramsRequest,
    VarietyReply,
    VarietyRequest,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.adversarial.histograms import Histograms
from latentlab.qt.views.adversarial.opinion import Opinion
from latentlab.qt.views.adversarial.tape import SampleTape
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.term import Term
from latentlab.session.state import SessionState

_ADVICE = (
    "Try a lower learning rate; a larger penalty (R1, or on the gradient); fewer steps of the "
    "discriminator or critic a round; or more latents."
)


class AdversarialView(QWidget):
    """Filled while the open model scores pictures."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("adversarialView")
        self.setAccessibleName("The critic's opinion")
        self._workspace: Workspace = context.workspace
        self.alarm = CollapseAlarm()
        self.warning = Term("", "mode collapse")
        self.warning.setObjectName("collapseAlarm")
        self.warning.setWordWrap(True)
        bold = self.warning.font()
        bold.setBold(True)
        self.warning.setFont(bold)
        self.warning.hide()
        self.opinion, self.histograms, self.tape = Opinion(), Histograms(), SampleTape()
        self.about = Label()
        self.about.setObjectName("criticAbout")
        self.about.setWordWrap(True)
        # A label with several lines is else cut off where the page is higher than its room.
        self.about.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        # What is under way is finished before the next snapshot of a training is asked about.
        self._under_way: set[type] = set()
        # The model that was open last.
        self._before: LoadedReply | None = None
        self._lay_out()
        workspace = self._workspace
        workspace.on(OpinionRequest).connect(self._judged)
        workspace.on(HistogramsRequest).connect(self._scored)
        workspace.on(VarietyRequest).connect(self._drawn)
        workspace.refused.connect(self._refused)
        workspace.loaded.connect(self._loaded)
        workspace.unfolded.connect(self._renew)
        workspace.probed.connect(self._moved)
        workspace.changed.connect(self._moved)
        self._sight = Sight(self)
        self._sight.came.connect(self._renew)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("adversarialPage")
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.setSpacing(10)
        rows.addWidget(self.warning)
        rows.addWidget(self.opinion)
        rows.addWidget(Term("Scores of many pictures", "critic"))
        rows.addWidget(self.histograms, 1)
        rows.addWidget(self.about)
        rows.addWidget(self.tape)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    @property
    def _able(self) -> bool:
        return self._workspace.model is not None and self._workspace.can_answer(OpinionRequest)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        """Another model, or the same on other data, or a training goes on with more, or has been saved."""
        goes_on = self._workspace.goes_on and _follows(self._before, model)
        self._before = model
        self._under_way.clear()
        self.opinion.clear()
        self.histograms.show_reply(None)
        self.histograms.mark(None)
        self.about.setText("")
        if not goes_on:
            self.tape.clear()
            self.alarm = CollapseAlarm()
            self.warning.hide()
        self._renew()

    @Slot()
    def _renew(self) -> None:
        """There are other weights, or the view has come into sight."""
        if not self._able or not in_sight(self):
            return
        self._ask_opinion(self._workspace.state)
        for kind in (VarietyRequest, HistogramsRequest):
            if kind not in self._under_way:
                self._under_way.add(kind)
                self._workspace.ask(kind)

    @Slot(object, object)
    def _moved(self, old: SessionState, new: SessionState) -> None:
        if (old.probe, old.condition) != (new.probe, new.condition) and self._able and in_sight(self):
            self._ask_opinion(new)

    def _ask_opinion(self, state: SessionState) -> None:
        self._workspace.ask(OpinionRequest, state.probe, state.condition)

    @Slot(object)
    def _judged(self, reply: OpinionReply) -> None:
        known = self.histograms.reply
        low, high = (0.0, 1.0) if known is None else (known.low, known.high)
        self.opinion.show_reply(reply, low, high)
        self.histograms.mark(reply.score)

    @Slot(object)
    def _scored(self, reply: HistogramsReply) -> None:
        self._under_way.discard(HistogramsRequest)
        self.histograms.show_reply(reply)
        if self.opinion.reply is not None:
            self.opinion.show_reply(self.opinion.reply, reply.low, reply.high)
        self.about.setText(about(reply))

    @Slot(object)
    def _drawn(self, reply: VarietyReply) -> None:
        self._under_way.discard(VarietyRequest)
        self.tape.add(reply)
        if reply.step is None:
            return
        rings = self.alarm.look(reply.step, Variety(reply.ratio, reply.counts, bool(reply.asked)))
        self.warning.setVisible(rings)
        if rings:
            self.warning.setText(f"Mode collapse: the samples have become alike. {_ADVICE}")

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        for kind in (HistogramsRequest, VarietyRequest):
            if refusal.of(kind):
                self._under_way.discard(kind)
                self.about.setText(refusal.message)
        if refusal.of(OpinionRequest):
            self.opinion.clear(refusal.message)


def _follows(before: LoadedReply | None, model: LoadedReply) -> bool:
    """Whether a model goes on from one in training: the same with another part, or its file."""
    if before is None or Path(before.path).name:
        return False
    return bool(Path(model.path).name) or model.model == before.model


def about(reply: HistogramsReply) -> str:
    """What the histograms say: of a critic, the distance that it estimates."""
    means = dict(zip(reply.names, reply.means, strict=True))
    if reply.spec.probability:
        return (
            "At 0.5 the discriminator guesses. Where held-out pictures score lower than training ones, it "
            "has learnt those by heart."
        )
    if "train" not in means:
        return ""
    words = (
        f"W₁ ≈ {_signed(means['train'] - means['made'])}: the mean of real pictures less that of made ones"
    )
    if "held out" in means:
        words += f"; of held-out ones {_signed(means['held out'] - means['made'])}"
    return f"{words}. It counts in units of the critic's slope."


def _signed(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
