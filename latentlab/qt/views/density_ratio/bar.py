"""The controls over the result: which two sets, how many pictures, run and stop, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from latentlab.qt.views.density_ratio.offers import Offer
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.text_line import Line

_LEAST, _MOST, _STEP, _USUAL = 100, 10_000, 500, 2000
_GAP, _WIDEST = 8, 330


class RatioBar(QWidget):
    """Signals: `run_wanted` and `stop_wanted` are asked by buttons; `chosen` says that a set is chosen."""

    run_wanted = Signal()
    stop_wanted = Signal()
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.a = _box("ratioA", "Set A", "The one set of pictures: of the data, or drawn from a model.")
        self.b = _box("ratioB", "Set B", "The set that it is compared with.")
        self.swap = text_button("ratioSwap", "S&wap", "Swaps the two sets.")
        self.swap.clicked.connect(self._swap)
        self.pictures = WholeNumber(_LEAST, _MOST, _USUAL)
        self.pictures.setObjectName("ratioPictures")
        self.pictures.setAccessibleName("Pictures of each set")
        self.pictures.setSingleStep(_STEP)
        self.pictures.setToolTip(
            plain_tip("How many pictures of each set. More make the classifier better, and take longer.")
        )
        self.run = text_button(
            "ratioRun", "R&un", "Trains a classifier between the two sets, in the background."
        )
        self.run.clicked.connect(self.run_wanted)
        self.stop = text_button("ratioStop", "&Stop", "Stops. Samples that were drawn are kept.")
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_wanted)
        self.status = Line("ratioStatus", "What is being done.")
        self.progress = QProgressBar()
        self.progress.setObjectName("ratioProgress")
        self.progress.setAccessibleName("Progress of the estimate")
        self.progress.setToolTip(plain_tip("How much of all work is done."))
        self.progress.setRange(0, 1000)
        self.progress.setMaximumWidth(220)
        self.progress.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        controls = FlowLayout(gap=_GAP)
        for words, field in (("&A:", self.a), ("&B:", self.b), ("P&ictures of each:", self.pictures)):
            label = Label(words)
            label.setBuddy(field)
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label)
            row.addWidget(field)
            controls.addWidget(pair)
            if field is self.b:
                controls.addWidget(self.swap)
        for button in (self.run, self.stop):
            controls.addWidget(button)
        below = QHBoxLayout()
        below.addWidget(self.status, 1)
        below.addWidget(self.progress)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(controls)
        rows.addLayout(below)
        for box in (self.a, self.b):
            box.activated.connect(self.chosen)

    @property
    def pair(self) -> tuple[str, str]:
        """The specs of the chosen sets; "" for none."""
        return self.a.currentData() or "", self.b.currentData() or ""

    def offer(self, offered: Sequence[Offer], a: str, b: str) -> None:
        """Offers sets, and shows two of them as chosen, by their specs."""
        for box, chosen in ((self.a, a), (self.b, b)):
            with QSignalBlocker(box):
                box.clear()
                for one in offered:
                    box.addItem(listed(one.title), one.spec)
                box.setCurrentIndex(max(0, box.findData(chosen)) if offered else -1)

    def choose(self, a: str, b: str) -> None:
        """Chooses two sets by their specs."""
        for box, spec in ((self.a, a), (self.b, b)):
            box.setCurrentIndex(max(0, box.findData(spec)))
        self.chosen.emit()

    def show_running(self, running: bool, can: bool) -> None:
        """While it runs, nothing else can be chosen; `can` says whether it could begin."""
        for widget in (self.a, self.b, self.swap, self.pictures):
            widget.setEnabled(not running)
        self.run.setEnabled(can and not running)
        self.stop.setEnabled(running)
        if running:
            self.progress.setValue(0)
        self.progress.setVisible(running)

    def show_progress(self, share: float, words: str) -> None:
        """Shows how far it is, and what it does."""
        self.progress.setValue(round(1000.0 * share))
        self.status.setText(f"{words} …")

    def _swap(self) -> None:
        a, b = self.a.currentIndex(), self.b.currentIndex()
        self.a.setCurrentIndex(b)
        self.b.setCurrentIndex(a)
        self.chosen.emit()


def _box(name: str, what: str, tip: str) -> ElidedBox:
    box = ElidedBox()
    box.setObjectName(name)
    box.setAccessibleName(what)
    box.setToolTip(plain_tip(tip))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMaximumWidth(_WIDEST)
    return box
