"""The controls over the result: which two sets, how many pictures, run and stop, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from latentlab.qt.views.density_ratio.offers import Offer
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.run_bar import RunBar, choice_box, offer

_USUAL, _WIDEST = 2000, 330


class RatioBar(RunBar):
    """`chosen` says that a set is chosen; see also `RunBar`."""

    chosen = Signal()

    def __init__(self) -> None:
        run = text_button("ratioRun", "R&un", "Trains a classifier between the two sets, in the background.")
        super().__init__("ratio", "the estimate", run, "Stops. Samples that were drawn are kept.")
        self.a = choice_box(
            "ratioA", "Set A", "The one set of pictures: of the data, or drawn from a model.", _WIDEST
        )
        self.b = choice_box("ratioB", "Set B", "The set that it is compared with.", _WIDEST)
        self.swap = text_button("ratioSwap", "S&wap", "Swaps the two sets.")
        self.swap.clicked.connect(self._swap)
        self.pictures.setValue(_USUAL)
        self.pictures.setAccessibleName("Pictures of each set")
        self.pictures.setToolTip(
            plain_tip("How many pictures of each set. More make the classifier better, and take longer.")
        )
        for box in (self.a, self.b):
            box.activated.connect(self.chosen)
        self._lay_out([("&A:", self.a), ("&B:", self.b), self.swap, ("P&ictures of each:", self.pictures)])

    @property
    def pair(self) -> tuple[str, str]:
        """The specs of the chosen sets; "" for none."""
        return self.a.currentData() or "", self.b.currentData() or ""

    def offer(self, offered: Sequence[Offer], a: str, b: str) -> None:
        """Offers sets, and shows two of them as chosen, by their specs."""
        entries = [(one.title, one.spec) for one in offered]
        offer(self.a, entries, a)
        offer(self.b, entries, b)

    def choose(self, a: str, b: str) -> None:
        """Chooses two sets by their specs."""
        for box, spec in ((self.a, a), (self.b, b)):
            box.setCurrentIndex(max(0, box.findData(spec)))
        self.chosen.emit()

    def show_progress(self, share: float, words: str) -> None:
        """Shows how far it is, and what it does."""
        super().show_progress(share, f"{words} …")

    def _swap(self) -> None:
        a, b = self.a.currentIndex(), self.b.currentIndex()
        self.a.setCurrentIndex(b)
        self.b.setCurrentIndex(a)
        self.chosen.emit()
