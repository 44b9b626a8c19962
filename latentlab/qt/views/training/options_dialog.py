"""The dialog of all options of a training, each with a description of its effect.

A model's options are its kind's; those of the training are listed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from latentlab.engine.training.plan import TrainingPlan, means_something, round_of
from latentlab.engine.training.presets import Choice, trained_in_window
from latentlab.models.registry import find_kind
from latentlab.qt.views.training.option_rows import OptionRows, Rows, combo, real_number, whole_number
from latentlab.qt.widgets.number_field import numbers_stand
from latentlab.qt.widgets.term import explain_by_f1

SCHEDULES = ("constant", "warm-up", "cyclic")
_CYCLES = 4
# Used where the number of pictures is unknown.
_MANY = 60_000
# The options of the training: (label, field of the plan).
_OF_PLAN = {
    "beta": ("&Beta", "beta"),
    "schedule": ("Beta's s&chedule", "beta_cycles"),
    "epochs": ("&Epochs", "epochs"),
    "batch": ("Ba&tch", "batch"),
    "learning_rate": ("Learning &rate", "learning_rate"),
    "binarise": ("Binarise in&put", "binarise_input"),
    "seed": ("See&d", "seed"),
    "device": ("De&vice", "device"),
}
_TIPS = {
    "beta": "The weight of the KL. 0 forgets the prior, 1 is the ELBO, more uses fewer dimensions.",
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

    Only what applies to the current kind is visible. `usual` gives the (epochs, batch) to propose for another
    kind; `pictures` are there to learn from, 0 if unknown.
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
        explain_by_f1(self, "training_options")
        self.choice, self.plan = choice, plan
        self._pictures = pictures
        self._usual, self._of = usual, choice.kind
        kinds = trained_in_window()
        self._kind = combo("trainingKind", {kind.label: kind.name for kind in kinds}, choice.kind)
        self._model = OptionRows("Model")
        about = "\n".join(f"{kind.label}: {kind.when}" for kind in kinds)
        self._model.add("kind", "&Kind", about, self._kind)
        chosen = {option: choice[option.name] for option in find_kind(choice.kind).choices}
        for kind in kinds:
            self._model.add_options(kind, chosen)
        self._beta = real_number("trainingBeta", 0.0, 1000.0, choice.beta, 0.01)
        schedule = "cyclic" if plan.beta_cycles else "warm-up" if plan.beta_warmup_steps else "constant"
        self._schedule = combo("trainingSchedule", {name: name for name in SCHEDULES}, schedule)
        self._epochs = whole_number("trainingEpochs", 1, 100_000, plan.epochs)
        self._batch = whole_number("trainingBatch", 1, pictures or 100_000, plan.batch)
        self._rate = real_number("trainingRate", 1e-6, 1.0, plan.learning_rate, 1e-6)
        self._binarise = combo("trainingBinarise", {"no": False, "yes": True}, plan.binarise_input)
        self._seed = whole_number("trainingSeed", 0, 2**31 - 1, plan.seed)
        self._device = combo("trainingDevice", {name: name for name in devices}, plan.device)
        self._training = Rows("Training")
        fields: dict[str, QWidget] = {
            "beta": self._beta,
            "schedule": self._schedule,
            "epochs": self._epochs,
            "batch": self._batch,
            "learning_rate": self._rate,
            "binarise": self._binarise,
            "seed": self._seed,
            "device": self._device,
        }
        for key, (label, _) in _OF_PLAN.items():
            self._training.add(key, label, _TIPS[key], fields[key])
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
        """Another kind: shows its options, and proposes epochs unless the user has chosen them."""
        before, self._of = self._of, self._kind.currentData()
        self._show_kind(self._of)
        if self._usual and (self._epochs.value(), self._batch.value()) == self._usual(before):
            epochs, batch = self._usual(self._of)
            self._epochs.setValue(epochs)
            self._batch.setValue(batch)

    def _show_kind(self, kind: str) -> None:
        self._model.show_options(find_kind(kind))
        self._training.rename("epochs", "&Passes" if round_of(kind) == "pass" else "&Epochs")
        for key, (_, field) in _OF_PLAN.items():
            self._training.show_row(key, means_something(field, kind))
        self.adjustSize()

    @Slot()
    def accept(self) -> None:
        if not numbers_stand(self):
            return
        kind = find_kind(self._kind.currentData())
        self.choice = Choice(kind.name, self._model.values(kind), self._beta.value())
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
            binarise_input=self._binarise.currentData(),
            seed=self._seed.value(),
            device=self._device.currentData(),
        )
        super().accept()
