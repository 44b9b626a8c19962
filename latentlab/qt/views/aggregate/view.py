"""The view of codes and prior: what the KL is spent on, holes of the prior, collapsed dimensions."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.aggregate import AggregateReply, AggregateRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.plain import minus
from latentlab.qt.views.aggregate.split_bar import SplitBar
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.edits import MoveProbe
from latentlab.session.plane import dimension_name

_NAMED = 12
# Up to so many dimensions some thousand codes lie densely.
_FEW = 4


class AggregateView(QWidget):
    """Asks once for each model, when it is seen."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("aggregateView")
        self.setAccessibleName("Codes and prior")
        self._workspace = context.workspace
        self.reply: AggregateReply | None = None
        self._asked, self._hole = False, -1
        self.status = _line("aggregateStatus")
        self.kl = _line("aggregateKl")
        self.bar = SplitBar(
            "aggregateBar",
            ("I(x; z)", "KL(q(z) ‖ p(z))"),
            "Filled: what a code says of which picture it was. Hatched: what the codes of all pictures "
            "together differ from the prior.",
        )
        self.information, self.marginal = _line("aggregateInformation"), _line("aggregateMarginal")
        self.holes, self.collapsed = _line("aggregateHoles"), _line("aggregateCollapsed")
        self.into = tip_button(
            "aggregateInto", "&Look into a hole", "Move the probe to a draw of the prior that lies in a hole"
        )
        self._figures = QWidget()
        self._lay_out()
        self._sight = Sight(self)
        self._sight.came.connect(self._ask)
        self._sight.left.connect(self._unseen)
        self.into.clicked.connect(self._look)
        self._workspace.encoded.connect(self._encoded)
        self._workspace.loaded.connect(self._forget)
        self._workspace.unfolded.connect(self._forget)
        self._workspace.on(AggregateRequest).connect(self._came)
        self._workspace.refused.connect(self._refused)
        self._show()

    def _lay_out(self) -> None:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        figures = QVBoxLayout(self._figures)
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setSpacing(6)
        for widget in (self.kl, self.bar, self.information, self.marginal):
            figures.addWidget(widget)
        figures.addSpacing(8)
        figures.addWidget(self.holes)
        figures.addWidget(self.into, 0, Qt.AlignmentFlag.AlignLeft)
        figures.addSpacing(8)
        figures.addWidget(self.collapsed)
        rows.addWidget(self.status)
        rows.addWidget(self._figures)
        rows.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    # Asking

    @Slot()
    def _unseen(self) -> None:
        if self._asked and self.reply is None:
            # Nobody looks: it is asked for again.
            self._workspace.forget(AggregateRequest)
            self._asked = False

    @Slot()
    def _ask(self) -> None:
        encodings = self._workspace.encodings
        known = encodings is not None and len(encodings.mean) == encodings.total > 1
        if self._asked or not known or not in_sight(self) or self._workspace.following:
            return
        assert encodings is not None
        if not encodings.sigma.all():
            # It would be refused; that is no news to interrupt anybody with.
            self.status.setText("The encoder gives points: their KL from a prior is infinite.")
        elif self._workspace.can_answer(AggregateRequest):
            self._asked = True
            self._workspace.ask(AggregateRequest)
            self._show()

    @Slot(object)
    def _encoded(self, reply: EncodingsReply) -> None:
        if reply.done:
            self._forget()
            self._ask()

    @Slot()
    def _forget(self) -> None:
        self.reply, self._asked = None, False
        self._show()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(AggregateRequest):
            self.status.setText(f"{refusal.message[:1].upper()}{refusal.message[1:]}.")

    # Showing

    @Slot(object)
    def _came(self, reply: AggregateReply) -> None:
        self.reply, self._hole = reply, -1
        self._show()

    def _show(self) -> None:
        reply = self.reply
        self._figures.setVisible(reply is not None)
        self.status.setVisible(reply is None)
        if reply is None:
            if self._workspace.following:
                words = "This is computed when the training is over."
            elif self._asked:
                words = "Comparing the codes of all pictures with the prior …"
            else:
                words = "This is computed once the pictures are encoded."
            self.status.setText(words)
            return
        information, marginal = reply.information, reply.marginal
        wide = reply.latents > _FEW
        self.kl.setText(f"KL of a picture: {information + marginal:.2f} nats, of which")
        self.bar.show_parts(information, marginal)
        limit = f" This is nearly log N = {reply.most:.2f}, all that {reply.pictures:,} pictures can show."
        self.information.setText(
            f"{information:.2f} ± {reply.information_error:.2f} are I(x; z): what a code says of "
            f"which picture it was.{limit if reply.saturated else ''}"
        )
        told = minus(f"{marginal:.2f}")
        self.marginal.setText(
            f"{told} ± {reply.marginal_error:.2f} are KL(q(z) ‖ p(z)): what all codes together "
            "differ from the prior. Samples pay for it."
        )
        self.holes.setText(
            f"{100 * reply.holes:.1f} ± {100 * reply.holes_error:.1f} % of the prior lies in holes: "
            "there it expects more than ten times as many codes as there are."
            + (" In so many dimensions gaps are everywhere, and this is an upper bound." if wide else "")
        )
        self.into.setEnabled(bool(reply.examples))
        self.collapsed.setText(_collapsed(reply.collapsed, reply.latents))

    @Slot()
    def _look(self) -> None:
        if self.reply is not None and self.reply.examples:
            self._hole = (self._hole + 1) % len(self.reply.examples)
            self._workspace.do(MoveProbe(z=self.reply.examples[self._hole]))


def _collapsed(dimensions: tuple[int, ...], latents: int) -> str:
    """A sentence on the dimensions that say nothing."""
    if not dimensions:
        return f"No dimension of {latents} has collapsed: the mean of each varies from picture to picture."
    names = ", ".join(dimension_name(one) for one in dimensions[:_NAMED])
    more = " …" if len(dimensions) > _NAMED else ""
    verb = "has" if len(dimensions) == 1 else "have"
    return f"{len(dimensions)} of {latents} dimensions {verb} collapsed and say nothing: {names}{more}."


def _line(name: str) -> Label:
    label = Label()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
