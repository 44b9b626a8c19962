"""The two things that are done on the stage, and the form of the second: two clouds that move apart."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.stage.events import ApartReply
from latentlab.engine.stage.recipe import SETS, Source
from latentlab.engine.types import Flat
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider

# In hundredths of the stage's unit.
_THIN, _THICK = 4, 60
# JS rises by less than this over a whole unit: nothing that a generator could follow.
_FLAT = 0.02


TRAIN, APART = "train", "apart"


class ModeButtons(QWidget):
    """Two buttons, of which one is chosen; `chosen` carries "train" or "apart"."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons = {
            TRAIN: _choice("stageTrain", "Train a model", "Train a model of points, and watch it learn."),
            APART: _choice("stageMoveApart", "Move two apart", "See JS and W1 while two clouds move apart."),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for mode, button in self._buttons.items():
            row.addWidget(button, 1)
            button.clicked.connect(partial(self.chosen.emit, mode))
        self.choose(TRAIN)

    def choose(self, mode: str) -> None:
        """Marks one as chosen."""
        for name, button in self._buttons.items():
            button.setChecked(name == mode)


class ApartPage(QWidget):
    """`changed` says that another comparison is wanted.

    Attributes:
        moved: how far the second cloud has been dragged.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageApartPage")
        self.moved: Flat = (0.5, 0.0)
        self.shape = QComboBox()
        self.shape.setObjectName("stageShape")
        self.shape.setAccessibleName("Shape of both clouds")
        self.shape.setToolTip(plain_tip("Choose the shape of both clouds."))
        for key, title in SETS.items():
            self.shape.addItem(title, key)
        self.shape.setCurrentIndex(self.shape.findData("line"))
        self.blurs = CalmSlider(Qt.Orientation.Horizontal)
        self.blurs.setObjectName("stageBlur")
        self.blurs.setAccessibleName("Blur of both clouds")
        self.blurs.setToolTip(
            plain_tip("Widen both clouds by Gaussian noise, so that they overlap at a larger distance.")
        )
        self.blurs.setRange(_THIN, _THICK)
        self.blurs.setValue(5)
        self.blurred, self.words = Label(), Label()
        self.words.setObjectName("stageApartWords")
        self.words.setWordWrap(True)
        about = Label(
            "A distribution, and itself moved by d. W1 is the length of d, however far. JS is log 2 as "
            "soon as the two no longer overlap, near or far: the best discriminator then has no slope for "
            "a generator to follow. The critic of W1 has slope 1 all the way."
        )
        about.setWordWrap(True)
        shape = Label("Shape of both clouds")
        shape.setBuddy(self.shape)
        self.blurred.setBuddy(self.blurs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (shape, self.shape, self.blurred, self.blurs, self.words, about):
            column.addWidget(widget)
        column.addStretch(1)
        self._say_blur()
        self.shape.currentIndexChanged.connect(self.changed)
        self.blurs.valueChanged.connect(self._blurred)

    @property
    def source(self) -> Source:
        """What both are."""
        return Source(str(self.shape.currentData()))

    @property
    def blur(self) -> float:
        """The least standard deviation of each small Gaussian."""
        return self.blurs.value() / 100.0

    @Slot()
    def _blurred(self) -> None:
        self._say_blur()
        self.changed.emit()

    def _say_blur(self) -> None:
        self.blurred.setText(f"Smallest standard deviation: {self.blur:.2f}")

    def say(self, reply: ApartReply) -> None:
        """What it means here."""
        slope = f"{abs(reply.js_slope):.3f}"
        if reply.w1 == 0.0:
            words = "They are the same: both distances are 0. Drag one away."
        elif abs(reply.js_slope) < _FLAT:
            words = f"JS has slope {slope} here: a generator would not know where to go. W1 has slope 1."
        else:
            words = f"They overlap: JS has slope {slope}, and W1 has slope 1."
        self.words.setText(words)


def _choice(name: str, text: str, tip: str) -> ChoiceButton:
    button = ChoiceButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(plain_tip(tip))
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
