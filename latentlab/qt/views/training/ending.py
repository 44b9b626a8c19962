"""What can be done when a training has ended: open its model, show its folder, rename it, go on from it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.training.plan import TrainingPlan, figures_of, is_drawn_from
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, Ended, GoOn
from latentlab.qt.views.training.further import Further
from latentlab.qt.views.training.name_field import fault_of
from latentlab.qt.views.training.report_box import ReportBox
from latentlab.qt.views.training.text import ending_in_words, result_in_words
from latentlab.qt.widgets.ask_dialogs import TextDialog
from latentlab.qt.widgets.plain_text import plain_tip


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
        trainer.renamed.connect(self._renamed)
        self._further = Further(trainer, box, panel)
        self._further.wanted.connect(self.further_wanted)

    def begin(self, beginning: Begin | GoOn) -> None:
        """Another training begins."""
        self._ended = self.kept = None
        self._plan = beginning.plan if isinstance(beginning, Begin) else None
        self._box.endings.hide()

    def offer(self, model: LoadedReply) -> None:
        """Another model is open: it can be trained further, if no training has ended or runs."""
        if self.kept is not None:
            self._box.open.setVisible(model.path != str(self.kept))
        elif self._trainer.stage is Stage.IDLE and not model.missing:
            self._further.offer(model.path, model.data, model.capabilities)

    def show(self, ended: Ended) -> None:
        """A training has ended; says so, and where its model is."""
        if ended.kept is None:
            self._box.status.setText("Left unfinished; the training can be continued.")
            return
        self._ended, self.kept = ended, ended.kept
        self._further.after(ended.kept, ended.data, ended.kind, self._plan)
        for button in (self._box.reveal, self._box.rename, self._box.open):
            button.show()
        self._box.endings.show()
        self._say()

    def _say(self) -> None:
        ended, kept = self._ended, self.kept
        if ended is None or kept is None:
            return
        figures = result_in_words(figures_of(ended.kind), ended.metrics)
        words = ending_in_words(kept, ended.seconds, figures, ended.whole, ended.step)
        if Capability.ENCODES in ended.later:
            words += " It has no encoder, for that is trained last."
        self._box.status.setText(words)
        self._box.status.setToolTip(plain_tip(str(kept)))

    @Slot(object, object)
    def _renamed(self, old: Path, new: Path) -> None:
        """The model has another name now, wherever it got that."""
        if self._ended is not None and self.kept == old:
            self.kept = new
            self._further.after(new, self._ended.data, self._ended.kind, self._plan)
            self._say()

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
            words = "Rename the model", "Name of the model:"
            dialog = TextDialog(self._panel, "renameModel", *words, self.kept.stem)
            dialog.answered.connect(self._rename)
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
        if self._ended is not None and self.kept is not None:
            self._further.after(self.kept, self._ended.data, self._ended.kind, self._plan)
        if fault:
            self._box.status.setText(f"{fault} The model is still called {kept.stem}.")
        else:
            self._say()
