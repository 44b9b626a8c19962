"""What is learnt, by whom, and how: the form at the left of the stage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QGridLayout, QVBoxLayout, QWidget

from latentlab.engine.stage.recipe import (
    CODES,
    DRAWN,
    FAMILIES,
    LOSSES,
    MOST_COMPONENTS,
    MOST_TURNS,
    PRIORS,
    SETS,
    WASSERSTEIN,
    Recipe,
    Source,
    Stroke,
    Tuning,
    usual,
)
from latentlab.qt.views.stage2d.fields import combo, real, whole
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed
from latentlab.qt.widgets.push_button import text_button

_MOST_SEED = 2**31 - 1
_DRAWN_TITLE = "My drawing"


class StageControls(QWidget):
    """`begun_anew` says that another training is wanted, `tuned` that this one goes on otherwise, `cleared`
    that the drawing is to be taken away.
    """

    begun_anew = Signal()
    tuned = Signal()
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageControls")
        self.strokes: tuple[Stroke, ...] = ()
        # What gives the codes, and the codes once they are known.
        self._codes: Callable[[], NDArray[np.float32]] | None = None
        self._rows: NDArray[np.float32] | None = None
        names = list(SETS.items())
        self.data = combo("stageData", "Data", "The points to learn from.", [*names, (DRAWN, _DRAWN_TITLE)])
        self.clear = text_button("stageClear", "Clear the drawing", "Take all strokes off the stage.")
        self.family = combo(
            "stageFamily",
            "Model",
            "The model that learns the points.",
            [(key, title) for key, (title, _) in FAMILIES.items()],
        )
        self.loss = combo(
            "stageLoss",
            "Loss",
            "The loss that the discriminator is trained with, and the generator against it.",
            [(key, title) for key, (title, _) in LOSSES.items()],
        )
        self.other = combo(
            "stageOther",
            "Second set",
            "The points that the data are compared with. They stay where they are.",
            names,
        )
        self.prior = combo(
            "stagePrior",
            "Noise",
            "The distribution of the noise that the generator is given.",
            PRIORS.items(),
        )
        self.components = whole(
            "stageComponents", "Components", "Gaussians of the mixture.", 1, MOST_COMPONENTS, 8
        )
        self.latents = whole(
            "stageLatents", "Latents", "Dimensions of the latent space. With 1 the model is a curve.", 1, 2, 2
        )
        self.rate = real(
            "stageRate",
            "Learning rate",
            "How far each step changes the weights (Adam). Higher is quicker, until it becomes unstable. A "
            "change counts at once.",
        )
        self.critic_rate = real(
            "stageCriticRate",
            "Learning rate of the discriminator",
            "How far each of its steps changes the discriminator (Adam). One that learns too fast leaves "
            "the generator nothing to follow. A change counts at once.",
        )
        self.turns = whole(
            "stageTurns",
            "Turns of the discriminator",
            "Steps of the discriminator for one step of the generator. With more it keeps up with "
            "the generator, and rounds take longer. A change counts at once.",
            1,
            MOST_TURNS,
            1,
        )
        self.penalty = real(
            "stagePenalty",
            "Gradient penalty",
            "Weight of the penalty on slopes of the critic other than 1. It keeps its estimate near W1.",
            0.0,
            1000.0,
            10.0,
        )
        self.clip = real(
            "stageClip",
            "Clip weights at",
            "After each step the critic's weights are cut to this size, so that its slope stays limited.",
            0.001,
            10.0,
            0.1,
        )
        self.seed = whole(
            "stageSeed", "Seed", "With the same seed the training is the same.", 0, _MOST_SEED, 0
        )
        self.words = Label()
        self.words.setObjectName("stageWords")
        self.words.setWordWrap(True)
        with QSignalBlocker(self.other):
            self.other.setCurrentIndex(self.other.findData("blob"))
        self._form = QFormLayout()
        self._lay_out()
        self._take_usual()
        self._fit()
        for choice in (self.data, self.other, self.prior):
            choice.currentIndexChanged.connect(self._anew)
        for choice in (self.family, self.loss):
            choice.currentIndexChanged.connect(self._another_model)
        for field in (self.components, self.latents, self.seed):
            field.valueChanged.connect(self._anew)
        for number in (self.rate, self.critic_rate, self.turns, self.penalty, self.clip):
            number.valueChanged.connect(self.tuned)
        self.clear.clicked.connect(self.cleared)

    def _lay_out(self) -> None:
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows = (
            ("Data", self.data), ("", self.clear), ("Model", self.family), ("Loss", self.loss),
            ("Second set", self.other), ("Noise", self.prior), ("Components", self.components),
            ("Latents", self.latents),
        )  # fmt: skip
        for words, widget in rows:
            label = Label(words)
            label.setBuddy(widget)
            form.addRow(label, widget)
        self._live = QGridLayout()
        self._live.setContentsMargins(0, 0, 0, 0)
        self._live_labels: dict[QWidget, Label] = {}
        live = (
            ("Learning rate", self.rate), ("Discriminator's rate", self.critic_rate),
            ("Discriminator's turns", self.turns), ("Gradient penalty", self.penalty),
            ("Clip weights at", self.clip), ("Seed", self.seed),
        )  # fmt: skip
        for row, (words, field) in enumerate(live):
            label = Label(words)
            label.setBuddy(field)
            label.setToolTip(field.toolTip())
            self._live_labels[field] = label
            self._live.addWidget(label, row, 0)
            self._live.addWidget(field, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addSpacing(6)
        column.addLayout(self._live)
        column.addStretch(1)

    # What it says

    @property
    def source(self) -> Source:
        """The data."""
        name = str(self.data.currentData())
        strokes = self.strokes if name == DRAWN else ()
        if name == CODES and self._rows is None and self._codes is not None:
            self._rows = self._codes()
        return Source(name, strokes, self._rows if name == CODES else None)

    @property
    def draws(self) -> bool:
        """Whether the data is one's own drawing."""
        return bool(self.data.currentData() == DRAWN)

    @property
    def learns_codes(self) -> bool:
        """Whether the data are the codes of a model."""
        return bool(self.data.currentData() == CODES)

    @property
    def recipe(self) -> Recipe:
        """What a training begins with."""
        return Recipe(
            self.source,
            str(self.family.currentData()),
            str(self.loss.currentData()),
            Source(str(self.other.currentData())),
            str(self.prior.currentData()),
            self.components.value(),
            self.latents.value(),
            self.seed.value(),
        )

    @property
    def tuning(self) -> Tuning:
        """What may change meanwhile."""
        return Tuning(
            self.rate.value(),
            self.critic_rate.value(),
            self.turns.value(),
            self.penalty.value(),
            self.clip.value(),
        )

    def offer_codes(self, codes: Callable[[], NDArray[np.float32]] | None, model: str) -> None:
        """Offers the codes of the open model as data, float32 (N, 2), or takes the offer back, unless it is
        chosen. They are asked for when they are first learnt from.
        """
        place = self.data.findData(CODES)
        self._codes, self._rows = codes, None
        with QSignalBlocker(self.data):
            if codes is None and place >= 0 and not self.learns_codes:
                self.data.removeItem(place)
            elif codes is not None and place < 0:
                self.data.addItem(listed(f"Codes of {model}"), CODES)
            elif codes is not None:
                self.data.setItemText(place, listed(f"Codes of {model}"))

    # Changes

    @Slot()
    def _another_model(self) -> None:
        self._take_usual()
        self._fit()
        self.begun_anew.emit()

    @Slot()
    def _anew(self) -> None:
        self._fit()
        self.begun_anew.emit()

    def _take_usual(self) -> None:
        tuning = usual(str(self.family.currentData()), str(self.loss.currentData()))
        fields: tuple[tuple[RealNumber | WholeNumber, float], ...] = (
            (self.rate, tuning.rate), (self.critic_rate, tuning.critic_rate), (self.turns, tuning.turns),
        )  # fmt: skip
        for field, value in fields:
            with QSignalBlocker(field):
                field.setValue(value)  # type: ignore[arg-type]

    def _fit(self) -> None:
        """Shows the rows that count."""
        family, loss = str(self.family.currentData()), str(self.loss.currentData())
        players, alone = family == "adversarial", family == "critic"
        judged = players or alone
        rows = {
            self.clear: self.draws, self.loss: judged, self.other: alone, self.prior: players,
            self.components: family == "mixture", self.latents: family == "variational",
        }  # fmt: skip
        for widget, shown in rows.items():
            self._form.setRowVisible(widget, shown)
        live = {
            self.rate: family not in ("mixture", "critic"), self.critic_rate: judged, self.turns: players,
            self.penalty: judged and loss == "penalty", self.clip: judged and loss == "clipping",
            self.seed: True,
        }  # fmt: skip
        for widget, shown in live.items():
            widget.setVisible(shown)
            self._live_labels[widget].setVisible(shown)
        self._live_labels[self.rate].setText("Generator's rate" if players else "Learning rate")
        words = FAMILIES[family][1]
        if judged:
            words = f"{words} {LOSSES[loss][1]}" if players else _alone_words(loss)
        self.words.setText(words)


def _alone_words(loss: str) -> str:
    if loss in WASSERSTEIN:
        return f"{FAMILIES['critic'][1]} It sees 256 points of each, whose W1 is known."
    return f"{FAMILIES['critic'][1]} Its logit becomes log p/q."
