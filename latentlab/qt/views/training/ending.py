"""What can be done when a training has ended: open its model, show its folder, rename it, go on from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog, QWidget

from latentlab.engine.training.plan import (
    TrainingPlan,
    figures_of,
    is_drawn_from,
    means_something,
    usual_plan,
)
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.training_orders import Begin, Ended, GoOn
from latentlab.qt.views.training.name_field import fault_of
from latentlab.qt.views.training.report_box import ReportBox
from latentlab.qt.views.training.text import ending_in_words, result_in_words
from latentlab.qt.widgets.plain_text import plain_tip

_MOST_EPOCHS = 100_000


class Ending(QObject):
    """Fills the end of a report.

    Signals: `further_wanted` carries the `Begin` that goes on from the model; `open_wanted` the file of a
    model with its data, `denoiser_wanted` that of one that is drawn from.
    """

    further_wanted = Signal(object)
    open_wanted = Signal(object, str)
    denoiser_wanted = Signal(str)

    def __init__(self, trainer: TrainerClient, box: ReportBox, panel: QWidget) -> None:
        super().__init__(panel)
        self._trainer, self._box, self._panel = trainer, box, panel
        self._ended: Ended | None = None
        self.kept: Path | None = None
        self._plan: TrainingPlan | None = None
        box.open.clicked.connect(self._open)
        box.reveal.clicked.connect(self._reveal)
        box.rename.clicked.connect(self._ask_name)
        box.further.clicked.connect(self._ask_epochs)

    def begin(self, beginning: Begin | GoOn) -> None:
        """Another training begins."""
        self._ended = self.kept = None
        self._plan = beginning.plan if isinstance(beginning, Begin) else None
        self._box.endings.hide()

    def show(self, ended: Ended) -> None:
        """A training has ended; says so, and where its model is."""
        if ended.kept is None:
            self._box.status.setText("Left unfinished; it can be gone on with.")
            return
        self._ended, self.kept = ended, ended.kept
        self._box.further.setVisible(means_something("epochs", ended.kind))
        self._box.endings.show()
        self._say()

    def show_open(self, path: str) -> None:
        """The model in this file is open: it need not be offered."""
        self._box.open.setVisible(self.kept is None or path != str(self.kept))

    def _say(self) -> None:
        ended, kept = self._ended, self.kept
        if ended is None or kept is None:
            return
        figures = result_in_words(figures_of(ended.kind), ended.metrics)
        words = ending_in_words(kept, ended.seconds, figures, ended.whole, ended.step)
        self._box.status.setText(words)
        self._box.status.setToolTip(plain_tip(str(kept)))

    @Slot()
    def _open(self) -> None:
        if self._ended is None or self.kept is None:
            return
        if is_drawn_from(self._ended.kind):
            self.denoiser_wanted.emit(str(self.kept))
        else:
            self.open_wanted.emit(self.kept, self._ended.data)

    @Slot()
    def _reveal(self) -> None:
        if self.kept is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.kept.parent)))

    @Slot()
    def _ask_name(self) -> None:
        if self.kept is not None:
            dialog = self._asks("renameModel", "Rename the model", "Name of the model:")
            dialog.setTextValue(self.kept.stem)
            dialog.textValueSelected.connect(self._rename)
            dialog.open()

    @Slot(str)
    def _rename(self, name: str) -> None:
        name, kept = name.strip(), self.kept
        if kept is None:
            return
        fault = fault_of(name)
        try:
            self.kept = kept if fault else self._trainer.rename(kept, name)
        except OSError as error:
            fault = f"{kept.name} cannot be renamed ({error.strerror})."
        if fault:
            self._box.status.setText(f"{fault} The model is still called {kept.stem}.")
        else:
            self._say()

    @Slot()
    def _ask_epochs(self) -> None:
        if self.kept is not None:
            words = f"Epochs more for {self.kept.stem}, which stays as it is:"
            dialog = self._asks("trainFurtherDialog", "Train further", words)
            dialog.setInputMode(QInputDialog.InputMode.IntInput)
            dialog.setIntRange(1, _MOST_EPOCHS)
            dialog.setIntValue(self._usual.epochs)
            dialog.intValueSelected.connect(self._further)
            dialog.open()

    @property
    def _usual(self) -> TrainingPlan:
        """The plan of the training that has ended, as far as known."""
        kind = "" if self._ended is None else self._ended.kind
        return self._plan or usual_plan(kind)

    @Slot(int)
    def _further(self, epochs: int) -> None:
        ended, kept = self._ended, self.kept
        if ended is not None and kept is not None:
            plan, out = replace(self._usual, epochs=epochs), self._trainer.free_name(kept.stem)
            self.further_wanted.emit(Begin(ended.kind, {}, plan, ended.data, out, start=kept))

    def _asks(self, name: str, title: str, words: str) -> QInputDialog:
        dialog = QInputDialog(self._panel)
        dialog.setObjectName(name)
        dialog.setWindowTitle(title)
        dialog.setLabelText(words)
        dialog.finished.connect(dialog.deleteLater)
        return dialog
