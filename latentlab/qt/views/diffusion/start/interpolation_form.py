"""The form for interpolation between the noises of two seeds: the seeds and the number of pictures."""

from __future__ import annotations

import random

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QWidget

from latentlab.engine.diffusion.recipes import MOST_PICTURES
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip

_MOST_SEED, _SEEDS = 2**31 - 1, 1_000_000
_COUNT = 8


class BetweenForm(QWidget):
    """`seed_chosen` and `count_chosen` say that the user has set the first seed, or the number of pictures:
    both belong to the tape's settings and recipe.
    """

    seed_chosen = Signal(int)
    count_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chance = random.Random()
        # A tape's seed may be larger than what can be typed here.
        self._exact = 1
        self.seed_a = _spin("betweenSeedA", "Seed A", "The noise of the first picture.", 0, _MOST_SEED, 0)
        self.seed_b = _spin("betweenSeedB", "Seed B", "The noise of the last picture.", 0, _MOST_SEED, 1)
        self.count = _spin(
            "betweenCount",
            "Number of pictures",
            "Number of pictures, both ends included.",
            2,
            MOST_PICTURES,
            _COUNT,
        )
        self.dice = QPushButton("Di&ce")
        self.dice.setObjectName("betweenDice")
        self.dice.setAccessibleName("Another seed B")
        self.dice.setToolTip("Choose another seed B at random.")
        self.words = Label()
        self.words.setObjectName("betweenWords")
        self.words.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.seed_b, 1)
        row.addWidget(self.dice)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Seed &A", self.seed_a)
        form.addRow("Seed B", row)
        form.addRow("Pict&ures", self.count)
        form.addRow(self.words)
        self.seed_a.valueChanged.connect(self.seed_chosen)
        self.count.valueChanged.connect(self.count_chosen)
        self.seed_b.valueChanged.connect(self._typed)
        self.dice.clicked.connect(self._throw)
        for spin in (self.seed_a, self.seed_b, self.count):
            spin.valueChanged.connect(self._show)
        self._show()

    @property
    def other_seed(self) -> int:
        """Seed B."""
        return self._exact

    def show_other_seed(self, seed: int) -> None:
        """Sets seed B."""
        self.seed_b.setValue(min(seed, _MOST_SEED))
        self._exact = seed
        self._show()

    def show_sampler_settings(self, seed: int, count: int) -> None:
        """Sets seed A and the number of pictures, as set elsewhere, without signals."""
        with QSignalBlocker(self.seed_a):
            self.seed_a.setValue(min(seed, _MOST_SEED))
        if count >= self.count.minimum():
            with QSignalBlocker(self.count):
                self.count.setValue(count)
        self._show()

    @Slot(int)
    def _typed(self, seed: int) -> None:
        self._exact = seed

    @Slot()
    def _throw(self) -> None:
        self.seed_b.setValue(self._chance.randrange(_SEEDS))

    @Slot()
    def _show(self) -> None:
        if self.seed_a.value() == self._exact:
            self.words.setText("Both seeds are the same: every picture would be the same.")
            return
        self.words.setText(
            f"{self.count.value()} pictures: the first from the noise of seed {self.seed_a.value()}, the "
            f"last from that of seed {self._exact}, the others on the arc between them (slerp)."
        )


def _spin(name: str, spoken: str, tip: str, least: int, most: int, value: int) -> WholeNumber:
    spin = WholeNumber(minimum=least, maximum=most, value=value)
    spin.setObjectName(name)
    spin.setAccessibleName(spoken)
    spin.setToolTip(plain_tip(tip))
    spin.setMinimumWidth(60)
    return spin
