"""Which models are judged: those that ship, one's own, and those added from files, for each data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.core.judgement import Table
from latentlab.engine.files.model_catalog import KnownModel, comparable, known
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.views.judge.models_dialog import ModelsDialog
from latentlab.qt.views.judge.tables import lacking


class ModelChoice(QObject):
    """`changed` says that other models are offered or chosen.

    Attributes:
        offered: the models of the data set.
        chosen: names or paths of those that are to be judged.
    """

    changed = Signal()

    def __init__(self, trainer: TrainerClient, view: QWidget) -> None:
        super().__init__(view)
        self._trainer, self._view = trainer, view
        self._data = ""
        self._added: dict[str, list[KnownModel]] = {}
        self.offered: tuple[KnownModel, ...] = ()
        self.chosen: tuple[str, ...] = ()

    def look(self, data: str) -> None:
        """Offers the models of a data set, by its spec, as they are in the folders now."""
        self._data = data
        found = offered_for(data, comparable(self._trainer.folder))
        added = [one for one in self._added.get(data, []) if one not in found]
        self.offered = (*found, *added)

    def choose_lacking(self, table: Table) -> None:
        """Chooses those that the table says nothing of, or else all."""
        self.chosen = lacking(table, self.offered)
        self.changed.emit()

    @Slot()
    def ask(self) -> None:
        """Opens the dialog."""
        page = ModelsDialog(self.offered, self.chosen, str(self._trainer.folder), self._view)
        page.chosen.connect(self.take)
        page.open()

    @Slot(object)
    def take(self, models: tuple[str, ...]) -> None:
        """Chooses these, names or paths; those that were not offered are from now on."""
        offered = {one.model for one in self.offered}
        new = [known(model) for model in models if model not in offered]
        self._added.setdefault(self._data, []).extend(new)
        self.offered, self.chosen = (*self.offered, *new), models
        self.changed.emit()


def offered_for(data: str, catalogue: Sequence[KnownModel]) -> list[KnownModel]:
    """Those that were trained on some data (a spec), by the name of these."""
    name = Path(data.partition("::")[0]).stem
    return [one for one in catalogue if one.data == name]
