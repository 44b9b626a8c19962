"""The training dock: choose data and a model, start, watch the terms, change beta, pause, keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.events import CheckpointFailed, EpochEnded, Judging, Progress, Started
from latentlab.engine.plan import TrainingPlan
from latentlab.engine.presets import PRESETS, Choice, batch_for, epochs_for, fields_of, suited_to
from latentlab.qt.flow_layout import FlowLayout
from latentlab.qt.known_data import Known
from latentlab.qt.training.beta_slider import BetaSlider
from latentlab.qt.training.curves import LossCurves
from latentlab.qt.training.history import History, unused
from latentlab.qt.training.kl_bars import KLBars
from latentlab.qt.training.options import OptionsDialog
from latentlab.qt.training.orders import Begin, Ended, GoOn, Paused
from latentlab.qt.training.trainer_desk import Stage, TrainerDesk

_DRAW_MS = 400
_ALARM_AFTER = 200  # steps: before that, dimensions have hardly begun
_PLAN = TrainingPlan(epochs=10, learning_rate=1e-3, binarise_input=False)


class TrainingPanel(QWidget):
    """`data_wanted` asks the window to let the person open data of their own."""

    data_wanted = Signal()

    def __init__(self, trainer: TrainerDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._choice, self._plan = PRESETS[0].choice, _PLAN
        self._suggested = PRESETS[0]
        self._suggested_plan = _PLAN.epochs, _PLAN.batch
        self._known: dict[str, Known] = {}
        self._history = History()
        self._started: Started | None = None
        self._progress: Progress | None = None
        self.data = QComboBox()
        self.data.setObjectName("dataSetChooser")
        self.data.setAccessibleName("Pictures to learn from")
        self.data.setToolTip("The pictures to learn from. Drop a folder or a file of your own on the window.")
        self.model = QComboBox()
        self.model.setObjectName("modelChooser")
        self.model.setAccessibleName("Model to train")
        self.model.setToolTip("The model to train. Options … changes everything about it.")
        for preset in PRESETS:
            self.model.addItem(preset.title, preset)
        self._when = QLabel()
        self._when.setObjectName("modelAdvice")
        self._when.setWordWrap(True)
        self.start = _button("trainStart", "Train", "Start training this model on these pictures.")
        self.pause = _button("trainPause", "&Pause", "Wait, with everything saved; press again to go on.")
        self.stop = _button("trainStop", "&Stop and keep", "Stop here, save the model as it is and open it.")
        self.options = _button(
            "trainOptions", "&Options …", "Everything that can be chosen about a training."
        )
        self.beta = BetaSlider()
        self._status = QLabel("Choose pictures and a model, then Train.")
        self._status.setObjectName("trainStatus")
        self._status.setWordWrap(True)
        self._alarm = QLabel()
        self._alarm.setObjectName("trainAlarm")
        self._alarm.setForegroundRole(QPalette.ColorRole.BrightText)
        self._alarm.setWordWrap(True)
        self._alarm.hide()
        self.curves, self.bars = LossCurves(), KLBars()
        self._lay_out()
        self._draw = QTimer(self, singleShot=True, interval=_DRAW_MS)
        self._draw.timeout.connect(self._show_figures)
        self.data.activated.connect(self._data_chosen)
        self.model.currentIndexChanged.connect(self._model_chosen)
        self.start.clicked.connect(self._start)
        self.pause.clicked.connect(self._pause)
        self.stop.clicked.connect(trainer.keep)
        self.options.clicked.connect(self._ask_options)
        self.beta.moved.connect(self._beta_moved)
        trainer.staged.connect(self._staged)
        trainer.told.connect(self._told)
        self._model_chosen()
        self._staged(trainer.stage)

    # What the person chooses

    def offer_data(self, known: list[Known], chosen: str = "") -> None:
        """The data sets to choose from."""
        self.data.clear()
        self._known = {one.spec: one for one in known}
        for one in known:
            self.data.addItem(one.title, one.spec)
        self.data.addItem("Pictures of your own …", "")
        found = self.data.findData(chosen) if chosen else 0
        if found >= 0:
            self.data.setCurrentIndex(found)
        self._suggest()

    def _suggest(self) -> None:
        """Proposes a model and epochs that suit the pictures, unless the person has chosen others."""
        known = self._known.get(self.data.currentData())
        if known is None:
            return
        if known.count and (self._plan.epochs, self._plan.batch) == self._suggested_plan:
            epochs, batch = self._suggested_plan = epochs_for(known.count), batch_for(known.count)
            self._plan = replace(self._plan, epochs=epochs, batch=batch)
        if self._choice == self._suggested.choice:
            self._suggested = suited_to(known.shape)
            self.model.setCurrentIndex([preset.title for preset in PRESETS].index(self._suggested.title))

    @property
    def choice(self) -> Choice:
        """The model that would be trained now."""
        return self._choice

    @property
    def plan(self) -> TrainingPlan:
        """How it would be trained."""
        return self._plan

    def set_plan(self, choice: Choice, plan: TrainingPlan) -> None:
        """Another choice, as the options dialog makes it."""
        self._choice, self._plan = choice, replace(plan, beta=choice.beta)
        self.beta.show_beta(choice.beta)

    @Slot(int)
    def _data_chosen(self, index: int) -> None:
        if not self.data.itemData(index):
            self.data.setCurrentIndex(0)  # until others have been opened
            self.data_wanted.emit()
        self._suggest()

    @Slot()
    def _model_chosen(self) -> None:
        preset = self.model.currentData()
        self._when.setText(preset.when)
        self.set_plan(preset.choice, self._plan)

    @Slot()
    def _ask_options(self) -> None:
        from latentlab.engine.device import describe_devices

        devices = ("auto", *describe_devices())
        dialog = OptionsDialog(self._choice, self._plan, devices, 500, self)
        if dialog.exec() == OptionsDialog.DialogCode.Accepted:
            if dialog.choice != self._choice:
                self._when.setText("As chosen under Options.")
            self.set_plan(dialog.choice, dialog.plan)
        dialog.deleteLater()

    @Slot()
    def _start(self) -> None:
        spec = self.data.currentData()
        if not spec:
            self.data_wanted.emit()
            return
        try:
            stem = f"{Path(spec.split('::')[0]).stem}-{self._choice.kind}-{self._choice.latents}d"
            out = self._trainer.free_name(stem)
        except OSError as error:
            self._trainer.failed.emit(
                f"{self._trainer.folder}: the folder for models cannot be made ({error.strerror})", ""
            )
            return
        self.begin(Begin(self._choice.kind, fields_of(self._choice), self._plan, spec, out))

    def begin(self, beginning: Begin | GoOn) -> None:
        """Starts a training; the curves begin anew."""
        self._history, self._started, self._progress = History(), None, None
        self._alarm.hide()
        self.bars.show_kl(())
        self._trainer.begin(beginning)

    @Slot()
    def _pause(self) -> None:
        if self._trainer.stage is Stage.PAUSED:
            self._trainer.resume()
        else:
            self._trainer.pause()

    @Slot(float)
    def _beta_moved(self, beta: float) -> None:
        self._choice, self._plan = replace(self._choice, beta=beta), replace(self._plan, beta=beta)
        self._trainer.set_beta(beta)

    # What the training tells

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        idle = stage is Stage.IDLE
        for widget in (self.data, self.model, self.options, self.start):
            widget.setEnabled(idle)
        # The panel is low: what cannot be used now gives its room to what tells of the training.
        for shown in (self.start, self.options, self._when):
            shown.setVisible(idle)
        for widget in (self.pause, self.stop):
            widget.setVisible(not idle)
        self.pause.setEnabled(stage in (Stage.RUNNING, Stage.PAUSED))
        self.pause.setText("&Go on" if stage is Stage.PAUSED else "&Pause")
        self.stop.setEnabled(stage in (Stage.RUNNING, Stage.PAUSED))
        if stage is Stage.STARTING:
            self._status.setText("Reading the pictures, and trying what is fastest here …")
        elif stage is Stage.ENDING:
            self._status.setText("Saving the model …")
        elif stage is Stage.RUNNING and self._progress is not None:
            self._show_progress(self._progress)
        elif stage is Stage.RUNNING:
            self._status.setText("The first steps …")

    @Slot(object)
    def _told(self, event: object) -> None:
        match event:
            case Started():
                self._started = event
            case Progress():
                self._progress = event
            case Judging():
                self._status.setText(f"Judging held-out pictures: {event.done:,} of {event.total:,}")
            case CheckpointFailed():
                self._status.setText(f"Training goes on, but could not be saved: {event.reason}")
            case Paused():
                self._status.setText(event.fault or f"Paused at step {event.step:,}. Everything is saved.")
            case Ended():
                kept = f"Saved as {event.kept}" if event.kept else "Left unfinished; it can be gone on with."
                self._status.setText(kept)
        if self._history.add(event) and not self._draw.isActive():
            self._draw.start()
        if isinstance(event, EpochEnded | Paused | Ended):
            self._show_figures()

    @Slot()
    def _show_figures(self) -> None:
        if not self.isVisible():
            return
        if self._trainer.stage is Stage.RUNNING:
            self.curves.show_next(self._history)
        else:
            self.curves.show_history(self._history)
        self.bars.show_kl(self._history.kl_per_dimension)
        if self._progress is not None:
            if self._trainer.stage is Stage.RUNNING:
                self._show_progress(self._progress)
            self._show_alarm(self._progress)

    def _show_progress(self, progress: Progress) -> None:
        whole = self._started
        if whole is None:
            return
        self._status.setText(
            f"Step {progress.step:,} of {whole.steps:,} · epoch {progress.epoch} of {whole.epochs} · "
            f"{progress.images_per_second:,.0f} images/s · {_duration(progress.seconds_left)} left · "
            f"{whole.device.upper()}, {whole.precision}"
        )

    def _show_alarm(self, progress: Progress) -> None:
        idle = unused(self._history.kl_per_dimension)
        if not idle or progress.step < _ALARM_AFTER or progress.beta == 0.0:
            self._alarm.hide()
            return
        names = ", ".join(f"z{number + 1}" for number in idle[:6]) + (" …" if len(idle) > 6 else "")
        count, whole = len(idle), len(self._history.kl_per_dimension)
        self._alarm.setText(
            f"{count} of {whole} dimensions carr{'ies' if count == 1 else 'y'} nothing ({names}): at beta "
            f"{progress.beta:g} they cost more than they are worth. A lower beta may bring them back."
        )
        self._alarm.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._draw.isActive():
            self._draw.start()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(4)
        form.addRow("Pict&ures", self.data)
        form.addRow("&Model", self.model)
        for chooser in (self.data, self.model):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(12)
        buttons = FlowLayout(gap=4)
        for button in (self.start, self.pause, self.stop, self.options):
            buttons.addWidget(button)
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(8, 6, 8, 6)
        rows.setSpacing(4)
        rows.addLayout(form)
        rows.addWidget(self._when)
        rows.addLayout(buttons)
        rows.addWidget(self.beta)
        rows.addWidget(self._status)
        rows.addWidget(self._alarm)
        rows.addStretch()
        form_area = QScrollArea()
        form_area.setObjectName("trainingForm")
        form_area.setFrameShape(QFrame.Shape.NoFrame)
        form_area.setWidgetResizable(True)
        form_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        form_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        form_area.setMinimumSize(210, 80)
        form_area.setWidget(left)
        split = QSplitter()
        split.setObjectName("trainingSplit")
        split.setChildrenCollapsible(False)
        for widget, stretch in ((form_area, 0), (self.curves, 3), (self.bars, 1)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([350, 500, 200])
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(text.replace("&", "").replace(" …", ""))
    return button


def _duration(seconds: float) -> str:
    """About how long, in the two units that matter."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
