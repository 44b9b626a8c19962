"""What stands at the right of the stage: figures in words, and their charts."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from latentlab.engine.stage.events import ApartReply, Frame
from latentlab.engine.stage.recipe import FAMILIES, LOSSES, WASSERSTEIN, Recipe
from latentlab.qt.views.stage2d.charts import ApartChart, Curves, RatioChart, SlopeChart
from latentlab.qt.views.stage2d.compared import ComparedBars
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import Term

# Of a curve: beyond, every second point is dropped.
_MOST = 1200
_EXACT, _BELIEVED = "exact W1", "the critic's W1"
_JS = ("JS on a grid", "JS by the discriminator")
_TIPS = {
    "w1": "W1 is how far, on average, made points have to be moved to become the data. The dashed line is W1 "
    "between two random draws of the data: no model can be expected below it.",
    "losses": "What each part of the model makes small while it learns. Losses of two players need not fall: "
    "each depends on how well the other plays.",
    "slopes": "How steep the critic is on the way from data to made points: the middle line, and what 80 % "
    "of the ways lie in. The critic that measures W1 has slope 1 on the lines of the best transport.",
    "ratio": "Each point is a place of the stage. On the dashed line the discriminator is right about how "
    "much more likely the data are there than what is made.",
}
_OF_JS = (
    "The Jensen-Shannon divergence (JS) says how well the best discriminator can tell the data from what is "
    "made: 0 nats if not at all, 0.693 (log 2) if always. The discriminator's estimate follows from its "
    "loss; it is lower while it has not learnt all there is to learn."
)
_BLURRED = (
    "What a generator makes has no density that can be computed: here both the data and the made points are "
    "blurred a little first, by the same Gaussian noise."
)


class Beside(QWidget):
    """Charts of a training, or the one of two clouds that move apart."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageBeside")
        self.setAccessibleName("Figures of the stage")
        self.w1, self.losses = (
            Curves("stageW1", "W1: from what is made to the data"),
            Curves("stageLosses", "Losses"),
        )
        self.w1.from_zero = True
        self.slopes, self.ratio, self.two = SlopeChart(), RatioChart(), ApartChart()
        for name, tip in _TIPS.items():
            getattr(self, name).setToolTip(plain_tip(tip))
        self.heading, self.words = Term("", "W1"), Label()
        self.heading.setObjectName("stageExactW1")
        self.words.setObjectName("stageFigures")
        self.words.setWordWrap(True)
        self._kept: dict[str, list[tuple[int, float]]] = {}
        self.compared, self._title = ComparedBars(), ""
        charts = QWidget()
        column = QVBoxLayout(charts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.words)
        for chart in (self.w1, self.losses, self.slopes, self.ratio):
            column.addWidget(chart, 1)
        column.addWidget(self.compared)
        apart = QWidget()
        other = QVBoxLayout(apart)
        other.setContentsMargins(0, 0, 0, 0)
        other.addWidget(self.two, 2)
        other.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(charts)
        self._pages.addWidget(apart)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self.w1.waiting = self.losses.waiting = "Press Play: curves come with the rounds."

    def clear(self, recipe: Recipe) -> None:
        """Another training begins."""
        self._kept = {}
        judged = recipe.family in ("adversarial", "critic")
        wasserstein = recipe.loss in WASSERSTEIN
        self._title = ""
        if recipe.family != "critic":
            self._title = LOSSES[recipe.loss][0] if judged else FAMILIES[recipe.family][0]
        self.compared.begin(recipe.source)
        self.ratio.waiting = ""
        self.slopes.setVisible(judged and wasserstein)
        self.ratio.setVisible(judged and not wasserstein)
        self.w1.show_curves({})
        self.losses.show_curves({})
        self.slopes.show_slopes(None)
        self.ratio.show_ratio(None)
        self.heading.setText("")
        self.words.setText("")

    def add(self, frame: Frame) -> None:
        """One more frame of the same training."""
        figures = {name: value for name, value in frame.figures.items() if name not in _JS}
        for name, value in figures.items():
            self._keep(name, frame.round, value)
        self._keep(_EXACT, frame.measured, frame.w1)
        if frame.believed is not None:
            self._keep(_BELIEVED, frame.round, frame.believed)
        of_w1 = {name: self._kept[name] for name in (_EXACT, _BELIEVED) if name in self._kept}
        self.w1.show_curves(of_w1, frame.floor)
        self.losses.show_curves({name: self._kept[name] for name in figures})
        self.slopes.show_slopes(frame.slopes)
        self.ratio.waiting = "Of these points no density is known."
        self.ratio.show_ratio(frame.ratio)
        self.heading.setText(f"W1 {frame.w1:.3f}; at best {frame.floor:.3f}")
        self.words.setText(words_of(frame))
        self.words.setToolTip(plain_tip(tip_of(frame)))
        if self._title and frame.measured:
            self.compared.note(self._title, frame.w1, frame.measured, frame.floor)

    def _keep(self, name: str, number: int, value: float) -> None:
        """One more point of a curve; of the same round it takes the place of the last."""
        curve = self._kept.setdefault(name, [])
        if curve and curve[-1][0] == number:
            curve[-1] = (number, value)
        else:
            curve.append((number, value))
        if len(curve) > _MOST:
            del curve[1:-1:2]

    def show_apart(self, on: bool) -> None:
        """Whether two clouds move apart."""
        self._pages.setCurrentIndex(1 if on else 0)

    def compare(self, reply: ApartReply) -> None:
        """Shows a comparison of two clouds."""
        self.two.show_apart(reply)


def words_of(frame: Frame) -> str:
    """What is believed, and how many modes are reached, a line each."""
    lines = []
    if frame.believed is not None:
        lines.append(f"W1 by the critic: {frame.believed:.3f}")
    if all(name in frame.figures for name in _JS):
        exact, believed = (frame.figures[name] for name in _JS)
        lines.append(f"Divergence JS {exact:.3f}; the discriminator's estimate {believed:.3f}")
    if frame.modes is not None:
        lines.append(f"Modes reached: {frame.modes[0]} of {frame.modes[1]}")
    return "\n".join(lines).replace("-", "−")


def tip_of(frame: Frame) -> str:
    """What these words mean; "" where they need no more."""
    if not all(name in frame.figures for name in _JS):
        return ""
    by_blur = frame.ratio is not None and not frame.ratio.exact
    return f"{_OF_JS} {_BLURRED}" if by_blur else _OF_JS
