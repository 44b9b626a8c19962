"""The choice of what is shown of a frame: which layer, and how many pictures of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from latentlab.qt.views.diffusion.reverse.batch import ALL, FOUR, ONE
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.plain_text import plain_tip

NOISY, PREDICTED, NOISE, THREE = "noisy", "predicted", "noise", "three"
# Name, text where there is room, text where there is little, tip.
_LAYERS = (
    (NOISY, "Noisy", "xₜ", "Show xₜ, the noisy pictures at the current frame."),
    (PREDICTED, "Predicted picture", "x̂₀", "Show x̂₀, the clean pictures that the model predicts there."),
    (NOISE, "Predicted noise", "ε̂", "Show ε̂, the noise that the model predicts in xₜ."),
    (THREE, "All three", "three", "Show xₜ, x̂₀ and ε̂ side by side, with their histograms."),
)
_COUNTS = (
    (ONE, "tapeAlone", "1", "Show only the chosen picture, as large as possible (Enter on a picture)."),
    (FOUR, "tapeFour", "4", "Show the chosen picture and its neighbours, four in all."),
    (ALL, "tapeAll", "All", "Show all pictures of the tape."),
)
_IDEAL, _IDEAL_SHORT = "Ideal denoiser", "ideal"
_IDEAL_TIP = (
    "Show the exact mean of the training pictures given xₜ, the best that any denoiser can do on them, "
    "beside the model's prediction of the chosen picture."
)
_GAP = 14


class LookBar(QWidget):
    """`layer_chosen` (name) and `count_chosen` (1, 4, or 0 for all) say what the user wants to see; the owner
    shows it, and says so by `show_look`. `ideal_wanted` (whether) is about the ideal denoiser.
    """

    layer_chosen = Signal(str)
    count_chosen = Signal(int)
    ideal_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tapeLook")
        self.setAccessibleName("What is shown of a frame")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.layers: dict[str, ChoiceButton] = {}
        self.counts: dict[int, ChoiceButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for name, words, _, tip in _LAYERS:
            button = self.layers[name] = ChoiceButton(words)
            button.setObjectName(f"layer_{name}")
            button.setAccessibleName(f"Layer: {words}")
            button.setToolTip(plain_tip(tip))
            button.clicked.connect(partial(self.layer_chosen.emit, name))
            row.addWidget(button)
        row.addSpacing(_GAP)
        for count, name, words, tip in _COUNTS:
            button = self.counts[count] = ChoiceButton(words)
            button.setObjectName(name)
            button.setAccessibleName({ONE: "One picture", FOUR: "Four pictures", ALL: "All pictures"}[count])
            button.setToolTip(plain_tip(tip))
            button.clicked.connect(partial(self.count_chosen.emit, count))
            row.addWidget(button)
        row.addSpacing(_GAP)
        self.ideal = ChoiceButton(_IDEAL)
        self.ideal.setObjectName("idealDenoiser")
        self.ideal.setAccessibleName(_IDEAL)
        self.ideal.setToolTip(plain_tip(_IDEAL_TIP))
        self.ideal.clicked.connect(self._turn_ideal)
        row.addWidget(self.ideal)
        row.addStretch(1)
        self._brief = self._low = False

    def _width(self, place: int) -> int:
        """How wide the bar is with the long texts, 1, or with the short ones, 2."""
        layers = sum(self._advance(one[place]) for one in _LAYERS)
        ideal = self._advance(_IDEAL if place == 1 else _IDEAL_SHORT)
        return layers + sum(self._advance(one[2]) for one in _COUNTS) + ideal + 2 * _GAP

    def _advance(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 20

    def sizeHint(self) -> QSize:
        return QSize(self._width(2 if self._brief else 1), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def set_low(self, low: bool) -> None:
        """Sets whether it shares its line with a text, to which it leaves the room."""
        self._low = low
        self._abbreviate()

    def _abbreviate(self) -> None:
        """Shows the symbols alone where there is little room."""
        brief = self._low or self.width() < self._width(1)
        if brief == self._brief:
            return
        self._brief = brief
        for name, words, short, _ in _LAYERS:
            button, font = self.layers[name], self.font()
            # The hat of an x is missing in some fonts that are not bold.
            font.setBold(brief)
            button.setFont(font)
            button.setText(short if brief else words)
        self.ideal.setText(_IDEAL_SHORT if brief else _IDEAL)
        self.updateGeometry()

    def show_look(self, layer: str, count: int) -> None:
        """Marks what is shown."""
        for name, button in self.layers.items():
            button.setChecked(name == layer)
        for number, button in self.counts.items():
            button.setChecked(number == count)

    @Slot()
    def turn(self) -> None:
        """Wants the chosen picture alone, or, if it is, all again."""
        self.count_chosen.emit(ALL if self.counts[ONE].isChecked() else ONE)

    @Slot()
    def _turn_ideal(self) -> None:
        self.ideal.setChecked(not self.ideal.isChecked())
        self.ideal_wanted.emit(self.ideal.isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._abbreviate()
        super().resizeEvent(event)
