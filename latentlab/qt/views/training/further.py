"""Trains a finished model further: one that has just been trained, or the one that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.files.model_catalog import card_in
from latentlab.engine.training.plan import TrainingPlan, round_of, usual_plan
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.training_orders import Begin
from latentlab.qt.views.training.report_box import ReportBox
from latentlab.qt.widgets.ask_dialogs import NumberDialog
from latentlab.qt.widgets.plain_text import on_button, spoken

_MOST_EPOCHS = 100_000
_USUAL, _NAME = "Train f&urther …", 24


@dataclass(frozen=True)
class _Model:
    """A model, its pictures, and how it was trained, as far as known."""

    path: Path
    data: str
    kind: str = ""
    plan: TrainingPlan | None = None


class Further(QObject):
    """`wanted` carries the `Begin` of a training that goes on from the model, which stays as it is."""

    wanted = Signal(object)

    def __init__(self, trainer: TrainerClient, box: ReportBox, panel: QWidget) -> None:
        super().__init__(panel)
        self._trainer, self._box, self._panel = trainer, box, panel
        self._model: _Model | None = None
        box.further.clicked.connect(self._ask)

    def after(self, kept: Path, data: str, kind: str, plan: TrainingPlan | None) -> None:
        """A training has ended with this model."""
        self._model = _Model(kept, data, kind, plan)
        self._call(_USUAL)
        # What is fitted in passes begins anew each time.
        self._box.further.setVisible(round_of(kind) == "epoch")

    def offer(self, path: str, data: str, capabilities: frozenset[Capability]) -> None:
        """This model is open: no training has ended."""
        fits = bool(path) and Path(path).name != "" and Capability.FITS not in capabilities
        self._model = _Model(Path(path), data) if fits else None
        self._call(f"Train {on_button(Path(path).stem, _NAME)} f&urther …")
        self._box.endings.setVisible(fits)
        for button in (self._box.open, self._box.reveal, self._box.rename):
            button.hide()
        self._box.further.setVisible(fits)

    def _call(self, text: str) -> None:
        self._box.further.setText(text)
        self._box.further.setAccessibleName(spoken(text).removesuffix(" …"))

    @Slot()
    def _ask(self) -> None:
        if self._model is None:
            return
        if not self._model.kind:
            self._model = replace(self._model, kind=str(card_in(self._model.path).get("kind", "")))
        words = f"Further epochs for {self._model.path.stem}, which stays as it is:"
        dialog = NumberDialog(
            self._panel, "trainFurtherDialog", "Train further", words, self._plan.epochs, 1, _MOST_EPOCHS
        )
        dialog.answered.connect(self._begin)
        dialog.open()

    @property
    def _plan(self) -> TrainingPlan:
        assert self._model is not None
        return self._model.plan or usual_plan(self._model.kind)

    @Slot(int)
    def _begin(self, epochs: int) -> None:
        if self._model is not None:
            of, plan = self._model, replace(self._plan, epochs=epochs)
            out, proposed = self._trainer.free_name(of.path.stem), of.plan is None
            self.wanted.emit(Begin(of.kind, {}, plan, of.data, out, proposed=proposed, start=of.path))
