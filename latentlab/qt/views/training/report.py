"""Shows a training's events: figures as curves and bars, progress, its end, and errors."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.training.events import (
    Checkpointed,
    CheckpointFailed,
    EpochEnded,
    Judging,
    Progress,
    Started,
)
from latentlab.engine.training.presets import few_in_words
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, Ended, GoOn, Paused
from latentlab.qt.views.training.ending import Ending
from latentlab.qt.views.training.form import TrainingForm
from latentlab.qt.views.training.part_bars import PartBars
from latentlab.qt.views.training.text import alarm, progress_in_words, saved_in_words
from latentlab.qt.widgets.curves.curves import LossCurves
from latentlab.qt.widgets.curves.history import History
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.sight import in_sight

_DRAW_MS = 400


class Report(QObject):
    """Connects a trainer's events and the panel's widgets. Figures are drawn now and then, and only while the
    panel is visible.

    Attributes:
        history: the figures of the current training, or of the last one.
        refused: why a training could not go on, "" if none has failed.
        ending: what can be done when it has ended.
        round: what an epoch of the current training is called.
    """

    def __init__(
        self, trainer: TrainerClient, form: TrainingForm, curves: LossCurves, bars: PartBars, panel: QWidget
    ) -> None:
        super().__init__(panel)
        self._trainer, self._form, self._curves, self._bars = trainer, form, curves, bars
        self._panel = panel
        self.history, self.refused, self.round = History(), "", "epoch"
        self.ending = Ending(trainer, form.report, panel)
        self._started: Started | None = None
        self._progress: Progress | None = None
        self._saved, self._over = True, False
        # The file that everything needed to go on was saved to, and when.
        self._saved_to: tuple[Path, float] | None = None
        self._draw = QTimer(self, singleShot=True, interval=_DRAW_MS)
        self._draw.timeout.connect(self._show_figures)
        trainer.told.connect(self._told)
        trainer.failed.connect(self._failed)

    def begin(self, beginning: Begin | GoOn) -> None:
        """Another training: clears the curves."""
        self.history, self._started, self._progress, self._over = History(), None, None, False
        self._saved_to = None
        self.ending.begin(beginning)
        self._form.status.setToolTip("")
        self._form.alarm.hide()
        self._form.show_note("")
        self._bars.show_history(self.history)

    @Slot()
    def show_soon(self) -> None:
        """The panel has become visible."""
        if not self._draw.isActive():
            self._draw.start()

    def show_stage(self, stage: Stage) -> None:
        """Shows the current stage."""
        if stage is Stage.IDLE:
            self._form.report.show_share(None)
        elif stage is Stage.STARTING:
            self._form.report.show_share(0.0)
            self._form.status.setText("Reading the pictures, and trying what is fastest here …")
        elif stage is Stage.ENDING:
            self._form.status.setText("Saving the model …")
        elif stage is Stage.RUNNING and self._progress is not None:
            self._show_progress(self._progress)
        elif stage is Stage.RUNNING:
            self._form.status.setText("The first steps …")

    @Slot(str, str)
    def _failed(self, message: str, details: str) -> None:
        """The activity has failed: its line is replaced by the reason."""
        self.refused = message
        self._form.status.setText(message)

    def _note_on_beginning(self) -> None:
        """A note on the pictures that the current training learns from."""
        begun = self._started
        self._form.show_note("" if begun is None else few_in_words(begun.pictures, begun.unknown))

    @Slot(object)
    def _told(self, event: object) -> None:
        match event:
            case Started():
                self._started = event
                self._form.beta.show_beta(event.beta)
                self._note_on_beginning()
            case Progress():
                self._progress = event
            case Judging():
                self._form.status.setText(f"Judging held-out pictures: {event.done:,} of {event.total:,}")
            case CheckpointFailed():
                self._saved = False
                self._form.show_note(f"Training goes on, but could not be saved: {event.reason}")
            case Checkpointed():
                self._saved, self._saved_to = True, (event.path, time.monotonic())
                self._form.status.setToolTip(plain_tip(f"Saved to {event.path}"))
                self._note_on_beginning()
            case Paused() if self._trainer.stage is not Stage.ENDING:
                saved = "Everything is saved." if self._saved else "It could not be saved."
                self._form.status.setText(event.fault or f"Paused at step {event.step:,}. {saved}")
            case Ended():
                # The thread may still exist for a moment: its progress does not matter any more.
                self._over = True
                self._form.report.show_share(None)
                self.ending.show(event)
        if self.history.add(event) and not self._draw.isActive():
            self._draw.start()
        if isinstance(event, EpochEnded | Paused | Ended):
            self._show_figures()

    @Slot()
    def _show_figures(self) -> None:
        if not in_sight(self._panel):
            return
        if self._trainer.stage is Stage.RUNNING:
            self._curves.show_next(self.history)
        else:
            self._curves.show_history(self.history)
        self._bars.show_history(self.history)
        if self._progress is not None:
            if self._trainer.stage is Stage.RUNNING and not self._over:
                self._show_progress(self._progress)
            self._show_alarm(self._progress)

    def _show_progress(self, progress: Progress) -> None:
        if self._started is None:
            return
        saved = ""
        if self._saved_to is not None:
            path, at = self._saved_to
            saved = saved_in_words(path, time.monotonic() - at)
        self._form.report.show_share(progress.step / max(1, self._started.steps))
        self._form.status.setText(progress_in_words(progress, self._started, saved, self.round))

    def _show_alarm(self, progress: Progress) -> None:
        words = alarm(self.history.newest, progress)
        self._form.alarm.setText(words)
        self._form.alarm.setVisible(bool(words))
