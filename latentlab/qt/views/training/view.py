"""The training panel: choose data and a model, start, watch the figures, change beta, pause, save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from latentlab.engine.training.plan import TrainingPlan, figures_of, is_drawn_from
from latentlab.engine.training.presets import Choice, few_in_words, fields_of, too_few_in_words
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, GoOn
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.views.training.curves import LossCurves
from latentlab.qt.views.training.form import INVITATION, TrainingForm
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.views.training.part_bars import PartBars
from latentlab.qt.views.training.report import Report
from latentlab.qt.views.training.sample_sheet import DrawnNow
from latentlab.qt.views.training.selection import Chosen
from latentlab.qt.widgets.plain_text import WORDS, listed
from latentlab.session.known_data import Known, title_of


class TrainingPanel(QWidget):
    """`data_wanted` requests the window to open the user's own data."""

    data_wanted = Signal()

    def __init__(self, trainer: TrainerClient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._chosen = Chosen()
        self._known: dict[str, Known] = {}
        # The data to choose from once the current training has ended.
        self._offer_later: tuple[Sequence[Known], str] | None = None
        self.form = TrainingForm()
        self.data, self.model, self.beta = self.form.data, self.form.model, self.form.beta
        self.curves, self.bars, self.drawn = LossCurves(), PartBars(), DrawnNow()
        self.report = Report(trainer, self.form, self.curves, self.bars, self)
        self._lay_out()
        self.data.activated.connect(self._data_chosen)
        self.model.currentIndexChanged.connect(self._model_chosen)
        self.form.start.clicked.connect(self._start)
        self.form.pause.clicked.connect(self._pause)
        self.form.stop.clicked.connect(trainer.keep)
        self.form.options.clicked.connect(self._ask_options)
        self.beta.moved.connect(self._beta_moved)
        trainer.staged.connect(self._staged)
        trainer.unfolded.connect(self._unfolded)
        self._model_chosen()
        self._staged(trainer.stage)

    # What the person chooses

    def offer_data(self, known: Sequence[Known], chosen: str = "") -> None:
        """Sets the data sets to choose from; during a training, its own data stay selected."""
        if self.data.count() and not self.idle:
            self._offer_later = known, chosen
            return
        self.data.clear()
        self._known = {one.spec: one for one in known}
        for one in known:
            self.data.addItem(listed(one.title, WORDS), one.spec)
        self.data.addItem("Pictures of your own …", "")
        found = self.data.findData(chosen) if chosen else 0
        if found >= 0:
            self.data.setCurrentIndex(found)
        self._suggest()

    def _suggest(self) -> None:
        """Proposes a model and epochs for the pictures, unless the user has chosen others."""
        known = self._known.get(self.data.currentData())
        batch = self.plan.batch
        chosen = not self._chosen.proposed
        preset = None if known is None else self._chosen.suit(known)
        if self._trainer.stage is Stage.IDLE and self.form.status.text() == self.report.refused:
            self.form.status.setText(INVITATION)  # the refusal was for other pictures
        if known is not None and self._trainer.stage is Stage.IDLE:
            self._note_on(known.count)
            if chosen and self.plan.batch != batch:
                self.form.status.setText(
                    f"The batch is {self.plan.batch} now: there are fewer pictures than {batch:,}. Options … "
                    "changes it."
                )
        if preset is not None:
            self.model.setCurrentIndex(self.model.findText(preset.title))

    @property
    def filled(self) -> bool:
        """Whether there are data to choose from yet."""
        return self.data.count() > 0

    def take_focus(self) -> None:
        """Gives the keyboard focus to the choice of the model."""
        self.model.setFocus()

    @property
    def idle(self) -> bool:
        """Whether a training could be started now."""
        return self._trainer.stage is Stage.IDLE

    @property
    def choice(self) -> Choice:
        """The model that would be trained now."""
        return self._chosen.choice

    @property
    def plan(self) -> TrainingPlan:
        """How it would be trained."""
        return self._chosen.plan

    def set_plan(self, choice: Choice, plan: TrainingPlan) -> None:
        """Sets another choice, from the options dialog."""
        self._chosen.take(choice, plan)
        self.beta.show_beta(choice.beta)
        if self._trainer.stage is Stage.IDLE:
            self._show_kind(choice.kind)

    def _show_kind(self, kind: str) -> None:
        """Shows what belongs to such a training, unless another one is still shown."""
        spec = figures_of(kind)
        self.beta.setVisible(spec.by_beta)
        if self.report.history.spec in (None, spec):
            self.curves.expect(spec)
            self.bars.expect(spec)
            self.drawn.setVisible(is_drawn_from(kind))

    @Slot(int)
    def _data_chosen(self, index: int) -> None:
        if not self.data.itemData(index):
            self.data.setCurrentIndex(0)  # until others have been opened
            self.data_wanted.emit()
        self._suggest()

    @Slot()
    def _model_chosen(self) -> None:
        preset = self.model.currentData()
        self.form.when.setText(preset.when)
        self.set_plan(preset.choice, self.plan)

    @Slot()
    def _ask_options(self) -> None:
        from latentlab.engine.inference.device import describe_devices

        devices = ("auto", *describe_devices())
        most = max(0, self._chosen.count - 1)  # one at least is held out
        dialog = OptionsDialog(self.choice, self.plan, devices, most, self._chosen.usual, self)
        if dialog.exec() == OptionsDialog.DialogCode.Accepted:
            if dialog.choice != self.choice:
                self.form.when.setText("As chosen under Options.")
            self.set_plan(dialog.choice, dialog.plan)
        dialog.deleteLater()

    @Slot()
    def _start(self) -> None:
        spec = self.data.currentData()
        if not spec:
            self.data_wanted.emit()
            return
        choice = self.choice
        latents = f"-{choice['latents']}d" if "latents" in choice.values else ""
        stem = f"{Path(spec.split('::')[0]).stem}-{choice.kind}{latents}"
        try:
            out = self._trainer.free_name(stem)
        except OSError as error:
            self._trainer.failed.emit(
                f"{self._trainer.folder}: the folder for models cannot be made ({error.strerror})", ""
            )
            return
        known = self._known.get(spec)
        fields = fields_of(choice, None if known is None else known.shape)
        self.begin(Begin(choice.kind, fields, self.plan, spec, out, proposed=self._chosen.proposed))

    def begin(self, beginning: Begin | GoOn) -> None:
        """Starts a training, unless one is running; clears the curves."""
        if not self.idle:
            return
        self.report.begin()
        if isinstance(beginning, Begin):
            self._show_kind(beginning.kind)
        self._trainer.begin(beginning)

    @Slot()
    def _pause(self) -> None:
        if self._trainer.stage is Stage.PAUSED:
            self._trainer.resume()
        else:
            self._trainer.pause()

    @Slot(float)
    def _beta_moved(self, beta: float) -> None:
        self._chosen.weigh(beta)
        self._trainer.set_beta(beta)

    def _note_on(self, count: int) -> None:
        """A note on so many pictures, held-out ones included."""
        self.form.show_note(too_few_in_words(count) or few_in_words(count))

    # What the training tells

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        idle = stage is Stage.IDLE
        form = self.form
        for widget in (self.data, self.model, form.options, form.start):
            widget.setEnabled(idle)
        # The panel is low: controls that cannot be used now leave their room to the report.
        for shown in (form.start, form.options, form.when):
            shown.setVisible(idle)
        for widget in (form.pause, form.stop):
            widget.setVisible(not idle)
        form.pause.setEnabled(stage in (Stage.RUNNING, Stage.PAUSED))
        form.pause.setText("&Go on" if stage is Stage.PAUSED else "&Pause")
        form.stop.setEnabled(stage in (Stage.RUNNING, Stage.PAUSED))
        if idle:
            self.beta.setVisible(figures_of(self.choice.kind).by_beta)
            self.beta.show_beta(self.choice.beta)
            self._offer_again()
        self.report.show_stage(stage)

    def _offer_again(self) -> None:
        """What was opened during a training, and what it did not learn from, can be chosen again."""
        later, self._offer_later = self._offer_later, None
        if later is not None:
            self.offer_data(*later)
        elif self.data.count() and self.data.currentIndex() < 0:
            self.data.setCurrentIndex(0)
            self._suggest()

    @Slot(object)
    def _unfolded(self, snapshot: Snapshot) -> None:
        """The first information about a resumed training: its kind of model, and its pictures."""
        self._show_kind(snapshot.kind)
        if self.data.currentData() != snapshot.data:
            self.data.setPlaceholderText(listed(title_of(snapshot.data), WORDS))
            self.data.setCurrentIndex(self.data.findData(snapshot.data))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.report.show_soon()

    def _lay_out(self) -> None:
        split = QSplitter()
        split.setObjectName("trainingSplit")
        split.setChildrenCollapsible(False)
        for widget, stretch in ((self.form, 0), (self.curves, 3), (self.bars, 1), (self.drawn, 1)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([350, 500, 200, 240])
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)


SPEC = ViewSpec(
    "training",
    "Training",
    lambda context: TrainingPanel(context.trainer),
)
