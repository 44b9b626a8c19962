"""The workspace Ratio: two sets of pictures, a classifier between them, and all pictures by its log ratio."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from latentlab.engine.evaluation.ratio.events import (
    RatioDone,
    RatioEvent,
    RatioProgress,
    RatioResult,
    in_words,
)
from latentlab.engine.files.model_catalog import comparable
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.views.density_ratio.bar import RatioBar
from latentlab.qt.views.density_ratio.gallery import RatioGallery
from latentlab.qt.views.density_ratio.histogram import RatioHistogram
from latentlab.qt.views.density_ratio.offers import first_pair, offers, questions
from latentlab.qt.views.density_ratio.picture_card import PictureCard
from latentlab.qt.views.density_ratio.ranking import Ranking
from latentlab.qt.views.density_ratio.reliability import ReliabilityChart
from latentlab.qt.views.density_ratio.start_page import StartPage
from latentlab.qt.views.density_ratio.truth import RatioTruth
from latentlab.qt.views.density_ratio.words import figures
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.sight import Sight

_SAME = "A and B are the same: choose two different sets."
_NOTHING = "Open a model and its data first."
_READY = "Run trains a classifier between A and B. It takes a minute or two."


class DensityRatioView(QWidget):
    """The view.

    Attributes:
        bar, start, gallery, histogram, reliability, truth, card: its parts.
        result: the newest result; None before the first.
    """

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("densityRatioView")
        self.setAccessibleName("Density ratio")
        self._workspace, self._ratios, self._trainer = context.workspace, context.ratios, context.trainer
        self.result: RatioResult | None = None
        self.bar, self.gallery, self.card = RatioBar(), RatioGallery(), PictureCard()
        self.histogram, self.reliability, self.truth = RatioHistogram(), ReliabilityChart(), RatioTruth()
        self.headline = Label()
        self.headline.setObjectName("ratioHeadline")
        self.headline.setWordWrap(True)
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        self.figures = Label()
        self.figures.setObjectName("ratioFigures")
        self.figures.setWordWrap(True)
        self.start = StartPage()
        self._lay_out()
        self._connect()
        self._offer()
        self._show_result(None)
        self._changed()

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        self.ends = tuple(
            text_button(name, words, tip)
            for name, words, tip in (
                ("ratioOnlyA", "◀ &Only in A", "Goes to the pictures that are likeliest in A."),
                ("ratioAlike", "A&like", "Goes to the pictures that are as likely in A as in B."),
                ("ratioOnlyB", "Onl&y in B ▶", "Goes to the pictures that are likeliest in B."),
            )
        )
        for button in self.ends:
            if button is not self.ends[0]:
                ends.addStretch(1)
            ends.addWidget(button)
        above = QWidget()
        rows = QVBoxLayout(above)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addLayout(ends)
        rows.addWidget(self.gallery, 1)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.setObjectName("ratioBelow")
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.setObjectName("ratioParts")
        for splitter, widgets in (
            (below, (self.histogram, self.reliability, self.truth, self.card)),
            (self.parts, (above, below)),
        ):
            splitter.setChildrenCollapsible(False)
            for widget in widgets:
                splitter.addWidget(widget)
        for place, share in enumerate((5, 2, 2, 2)):
            below.setStretchFactor(place, share)
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.headline)
        column.addWidget(self.figures)
        column.addWidget(self.start, 1)
        column.addWidget(self.parts, 1)

    def _connect(self) -> None:
        bar, ratios, gallery = self.bar, self._ratios, self.gallery
        bar.run_wanted.connect(self._run)
        bar.stop_wanted.connect(self._stop)
        bar.chosen.connect(self._chosen)
        self.start.wanted.connect(self._compare)
        ratios.told.connect(self._told)
        ratios.changed.connect(self._changed)
        ratios.refused.connect(self._refused)
        gallery.pointed.connect(self._point)
        gallery.clicked.connect(self._pick)
        gallery.moved.connect(self._moved)
        self.histogram.wanted.connect(self._go_to)
        only_a, alike, only_b = self.ends
        only_a.clicked.connect(partial(self._go, 0.0))
        alike.clicked.connect(self._go_alike)
        only_b.clicked.connect(partial(self._go, 1.0))
        self._workspace.loaded.connect(self._loaded)
        self._workspace.probed.connect(self._give_way)
        self._trainer.kept.connect(self._models_changed)
        Sight(self).came.connect(self._models_changed)

    # Which sets

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if not self._ratios.running:
            self._offer()

    @Slot()
    def _models_changed(self) -> None:
        """There may be others than when it was last seen."""
        if not self._ratios.running:
            self._offer(*self.bar.pair)

    def _offer(self, a: str = "", b: str = "") -> None:
        """Offers what suits the open data, and keeps what is chosen where it does."""
        model, before = self._workspace.model, self.bar.pair
        if model is None:
            self.bar.offer((), "", "")
        else:
            found = offers(model, comparable(self._trainer.folder))
            names = {one.spec for one in found}
            first, second = first_pair(model, found)
            self.bar.offer(found, a if a in names else first, b if b in names else second)
            self.start.offer(questions(model, found))
        if self.bar.pair != before or not self.bar.status.text():
            self._chosen()

    # Estimating

    @Slot(str, str)
    def _compare(self, a: str, b: str) -> None:
        """Chooses two sets, and begins."""
        self.bar.choose(a, b)
        self._run()

    @Slot()
    def _run(self) -> None:
        self.bar.status.setText("Beginning …")
        self._ratios.estimate(*self.bar.pair, self.bar.pictures.value())

    @Slot()
    def _stop(self) -> None:
        self._ratios.stop_estimating()
        self.bar.status.setText("Stopped. Samples that were drawn are kept.")

    @Slot()
    def _changed(self) -> None:
        a, b = self.bar.pair
        can = bool(a and b and a != b)
        self.bar.show_running(self._ratios.running, can)
        self.start.let(not self._ratios.running)

    @Slot()
    def _chosen(self) -> None:
        """Other sets are chosen, or offered."""
        a, b = self.bar.pair
        self.bar.status.setText(_NOTHING if not a else _SAME if a == b else _READY)
        self._changed()

    @Slot()
    def _give_way(self) -> None:
        self._ratios.give_way()

    @Slot(object)
    def _told(self, event: RatioEvent) -> None:
        match event:
            case RatioProgress():
                self.bar.show_progress(event.share, event.words)
            case RatioDone(result):
                self._show_result(result)
                count = len(result.a.pictures)
                words = f"Done: {count:,} pictures of each. A click on one of the data selects it."
                self.bar.status.setText(words)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        self.bar.status.setText(f"Stopped: {refusal.message}")

    # The result

    def _show_result(self, result: RatioResult | None) -> None:
        self.result = result
        there = result is not None
        for widget in (self.headline, self.figures, self.parts):
            widget.setVisible(there)
        self.start.setVisible(not there)
        self.histogram.show_result(result)
        self.reliability.show_curve(result.curve if result else ())
        self.truth.show_result(result)
        self.card.clear()
        self.gallery.show_ranking(Ranking.of(result) if result else None)
        if result is not None:
            self.headline.setText(in_words(result.auc, result.auc_error, result.a.name, result.b.name))
            self.figures.setText(figures(result))
            self._moved()

    @Slot()
    def _moved(self) -> None:
        ranking = self.gallery.ranking
        first, last = self.gallery.in_sight()
        if ranking is not None and last > first:
            self.histogram.show_sight(float(ranking.values[last - 1]), float(ranking.values[first]))

    @Slot(float)
    def _go_to(self, log_ratio: float) -> None:
        if self.gallery.ranking is not None:
            self.gallery.scroll_to(self.gallery.ranking.place_of(log_ratio))

    @Slot()
    def _go_alike(self) -> None:
        self._go_to(0.0)

    def _go(self, share: float) -> None:
        ranking = self.gallery.ranking
        if ranking is not None:
            self.gallery.scroll_to(round(share * (len(ranking) - 1)))

    @Slot(int)
    def _point(self, place: int) -> None:
        if self.gallery.ranking is not None:
            self.card.show_picture(self.gallery.ranking.picture(place), self.gallery.tip_of(place))

    @Slot(int)
    def _pick(self, place: int) -> None:
        """Selects a picture of the data in the plane, where that shows it."""
        ranking, model = self.gallery.ranking, self._workspace.model
        if ranking is None or model is None:
            return
        side, _, number = ranking.at(place)
        data, _, split = side.spec.rpartition(":")
        if side.kind != "data":
            return
        first = model.testing if model.split == "all" and split == "train" else 0
        index = first + int(side.numbers[number])
        inside = data == model.data and model.split in (split, "all") and index < len(model.images)
        if not inside:
            self.bar.status.setText(f"Not selected: the window shows others ({model.data}, {model.split}).")
            return
        self._workspace.select(index)
        self.bar.status.setText(f"Selected picture {int(side.numbers[number]):,} of {side.name}.")
