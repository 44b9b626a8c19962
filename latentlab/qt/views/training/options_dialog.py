"""Everything that can be chosen about a training, each with a sentence on what it does to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.training.plan import TrainingPlan, means_something
from latentlab.engine.training.presets import LIKELIHOODS, NOISE_SCHEDULES, SIZES, WEIGHTINGS, Choice
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber, numbers_stand
from latentlab.qt.widgets.plain_text import plain_tip

SCHEDULES = ("constant", "warm-up", "cyclic")
_KINDS = {"Autoencoder": "ae", "VAE": "vae", "Conditional VAE": "cvae", "Diffusion model": "ddpm"}
_NETWORKS = {"Dense layers": "mlp", "Convolutions": "conv"}
_PREDICTS = {"v, between picture and noise": "v", "The noise": "noise", "The picture": "x0"}
_CYCLES = 4
# Where it is not known how many pictures there are.
_MANY = 60_000
# What is chosen of a model with latents alone, and of a diffusion model alone.
_OF_LATENTS = ("latents", "network", "likelihood")
_OF_NOISE = ("predicts", "noise", "weighting", "condition_dropout")
# What is chosen of the training, by the field of the plan that it decides.
_OF_PLAN = {"beta": "beta", "schedule": "beta_cycles", "binarise": "binarise_input"}
_TIPS = {
    "kind": "A VAE learns where pictures lie and how sure it is; an autoencoder only a code; a conditional "
    "VAE is told the class or the attributes, and need not put them into z. A diffusion model has no "
    "latents: it learns to take noise away, step by step.",
    "latents": "Dimensions of the latent space. Two can be seen whole; more give sharper pictures.",
    "network": "Dense layers are fastest for small pictures; convolutions for larger ones and colour.",
    "size": "How many units. Larger ones learn more and take longer: L is some four times M.",
    "likelihood": "What the decoder's outputs mean. Bernoulli suits black on white, Gaussian grey and "
    "colour; a learnt sigma finds by itself how exact pictures can be. Categorical chooses among 256 levels.",
    "predicts": "What the network is asked for. All three come to the same picture; v does well with much "
    "noise and with little.",
    "noise": "How fast a picture drowns. Cosine leaves small pictures in sight for longer; linear is that of "
    "the first DDPM.",
    "weighting": "Simple weighs all times alike; min-SNR cares less for times with hardly any noise.",
    "condition_dropout": "The share of the pictures of which it is told nothing. It needs some, or guidance "
    "has nothing to compare with.",
    "beta": "The weight of the KL. 0 forgets the prior, 1 is a VAE, more uses fewer dimensions.",
    "schedule": "Constant; warm-up from 0 over the first tenth, so that all dimensions are tried first; "
    "cyclic: four such rises, which revives dimensions that went unused.",
    "epochs": "Passes over the pictures. You can stop at any time and keep what there is.",
    "batch": "Pictures a step, at most as many as there are. Larger ones are steadier and need more memory.",
    "learning_rate": "How large the steps are. Too large, and the loss jumps or breaks; too small is slow.",
    "binarise": "Show the encoder black and white draws of grey pictures: it rebuilds held-out ones better.",
    "seed": "The same seed trains the same model again.",
    "device": "Where to compute. Auto takes a GPU if there is one.",
}


class OptionsDialog(QDialog):
    """Edits a choice and a plan; `choice` and `plan` hold them after it was accepted.

    Only what means something for the kind in hand is in sight. `usual` tells the (epochs, batch) to propose
    for another kind; `pictures` are there to learn from, 0 if that is not known.
    """

    def __init__(
        self,
        choice: Choice,
        plan: TrainingPlan,
        devices: tuple[str, ...],
        pictures: int = 0,
        usual: Callable[[str], tuple[int, int]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainingOptions")
        self.setWindowTitle("Training options")
        self.choice, self.plan = choice, plan
        self._pictures = pictures
        self._usual, self._of = usual, choice.kind
        self._kind = _combo("trainingKind", _KINDS, choice.kind)
        self._latents = _spin("trainingLatents", 1, 256, choice.latents)
        self._network = _combo("trainingNetwork", _NETWORKS, choice.network)
        self._size = _combo("trainingSize", {size: size for size in SIZES}, choice.size)
        self._likelihood = _combo(
            "trainingLikelihood", {name: name for name in LIKELIHOODS}, choice.likelihood
        )
        self._predicts = _combo("trainingPredicts", _PREDICTS, choice.predicts)
        self._noise = _combo("trainingNoise", {name: name for name in NOISE_SCHEDULES}, choice.schedule)
        self._weighting = _combo("trainingWeighting", {name: name for name in WEIGHTINGS}, choice.weighting)
        self._dropout = _real("trainingConditionDropout", 0.0, 1.0, choice.condition_dropout, 2)
        self._beta = _real("trainingBeta", 0.0, 1000.0, choice.beta, 2)
        schedule = "cyclic" if plan.beta_cycles else "warm-up" if plan.beta_warmup_steps else "constant"
        self._schedule = _combo("trainingSchedule", {name: name for name in SCHEDULES}, schedule)
        self._epochs = _spin("trainingEpochs", 1, 100_000, plan.epochs)
        self._batch = _spin("trainingBatch", 1, pictures or 100_000, plan.batch)
        self._rate = _real("trainingRate", 1e-6, 1.0, plan.learning_rate, 6)
        self._binarise = _combo(
            "trainingBinarise", {"no": "no", "yes": "yes"}, "yes" if plan.binarise_input else "no"
        )
        self._seed = _spin("trainingSeed", 0, 2**31 - 1, plan.seed)
        self._device = _combo("trainingDevice", {name: name for name in devices}, plan.device)
        self._model = _Group(
            "Model",
            (
                ("&Kind", "kind", self._kind),
                ("&Latents", "latents", self._latents),
                ("&Network", "network", self._network),
                ("S&ize", "size", self._size),
                ("Likeli&hood", "likelihood", self._likelihood),
                ("&Predicts", "predicts", self._predicts),
                ("&Noise schedule", "noise", self._noise),
                ("&Weighting", "weighting", self._weighting),
                ("C&ondition dropout", "condition_dropout", self._dropout),
            ),
        )
        self._training = _Group(
            "Training",
            (
                ("&Beta", "beta", self._beta),
                ("Beta's s&chedule", "schedule", self._schedule),
                ("&Epochs", "epochs", self._epochs),
                ("Ba&tch", "batch", self._batch),
                ("Learning &rate", "learning_rate", self._rate),
                ("Binarise in&put", "binarise", self._binarise),
                ("See&d", "seed", self._seed),
                ("De&vice", "device", self._device),
            ),
        )
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.addWidget(self._model)
        rows.addWidget(self._training)
        rows.addWidget(buttons)
        self._show_kind(choice.kind)
        self._kind.currentIndexChanged.connect(self._kind_chosen)

    @Slot()
    def _kind_chosen(self) -> None:
        """Another kind: other things to choose, and other epochs unless the person has chosen them."""
        before, self._of = self._of, self._kind.currentData()
        self._show_kind(self._of)
        if self._usual and (self._epochs.value(), self._batch.value()) == self._usual(before):
            epochs, batch = self._usual(self._of)
            self._epochs.setValue(epochs)
            self._batch.setValue(batch)

    def _show_kind(self, kind: str) -> None:
        with_latents = means_something("beta", kind)
        for key in _OF_LATENTS:
            self._model.show_row(key, with_latents)
        for key in _OF_NOISE:
            self._model.show_row(key, not with_latents)
        for key, field in _OF_PLAN.items():
            self._training.show_row(key, means_something(field, kind))
        self.adjustSize()

    @Slot()
    def accept(self) -> None:
        if not numbers_stand(self):
            return
        self.choice = Choice(
            kind=self._kind.currentData(),
            latents=self._latents.value(),
            network=self._network.currentData(),
            size=self._size.currentData(),
            likelihood=self._likelihood.currentData(),
            beta=self._beta.value(),
            predicts=self._predicts.currentData(),
            schedule=self._noise.currentData(),
            weighting=self._weighting.currentData(),
            condition_dropout=self._dropout.value(),
        )
        epochs, schedule = self._epochs.value(), self._schedule.currentData()
        steps = epochs * max(1, (self._pictures or _MANY) // self._batch.value())
        self.plan = replace(
            self.plan,
            beta=self._beta.value(),
            beta_warmup_steps=steps // 10 if schedule == "warm-up" else 0,
            beta_cycles=_CYCLES if schedule == "cyclic" else 0,
            epochs=epochs,
            batch=self._batch.value(),
            learning_rate=self._rate.value(),
            binarise_input=self._binarise.currentData() == "yes",
            seed=self._seed.value(),
            device=self._device.currentData(),
        )
        super().accept()


class _Group(QGroupBox):
    """Things to choose under one title, a row each: (label, key, widget)."""

    def __init__(self, title: str, rows: tuple[tuple[str, str, QWidget], ...]) -> None:
        super().__init__(title)
        self._form = QFormLayout(self)
        self._rows = {key: number for number, (_, key, _) in enumerate(rows)}
        for label, key, widget in rows:
            widget.setToolTip(plain_tip(_TIPS[key]))
            widget.setAccessibleName(label.replace("&", ""))
            self._form.addRow(label, widget)
            self._form.labelForField(widget).setToolTip(plain_tip(_TIPS[key]))

    def show_row(self, key: str, shown: bool) -> None:
        """Puts a row in sight, or out of it."""
        self._form.setRowVisible(self._rows[key], shown)


def _combo(name: str, choices: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    for words, value in choices.items():
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def _spin(name: str, low: int, high: int, value: int) -> WholeNumber:
    box = WholeNumber(low, high, value)
    box.setObjectName(name)
    return box


def _real(name: str, low: float, high: float, value: float, decimals: int) -> RealNumber:
    """A number that the arrows move in the first `decimals` places; more can be typed."""
    box = RealNumber(low, high, value, 10.0**-decimals)
    box.setObjectName(name)
    return box
