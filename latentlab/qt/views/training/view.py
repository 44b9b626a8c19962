"""The training panel: choose data and a model, start, watch the figures, change beta, pause, save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.training.plan import (
    TrainingPlan,
    figures_of,
    is_drawn_from,
    rebuilds,
    round_of,
)
from latentlab.engine.training.presets import (
    Choice,
    few_in_words,
    fields_of,
    preset_of,
    too_few_in_words,
)
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, GoOn
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.views.training.arrangement import Arrangement
from latentlab.qt.views.training.form import INVITATION, TrainingForm
from latentlab.qt.views.training.name_field import fault_of
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.views.training.part_bars import PartBars
from latentlab.qt.views.training.progress_strip import ProgressStrip
from latentlab.qt.views.training.proposals import Proposals
from latentlab.qt.views.training.report import Report
from latentlab.qt.views.training.sample_sheet import DrawnNow
from latentlab.qt.views.training.selection import Chosen
from latentlab.qt.widgets.curves.curves import LossCurves
from latentlab.qt.widgets.plain_text import WORDS, listed
from latentlab.qt.widgets.sight import Sight
from latentlab.session.known_data import Known, title_of


class TrainingPanel(QWidget):
    """`data_wanted` requests the window to open the user's own data.

    Where it is large, the form is at the left, the curves beside it, the pictures of the model in training
    below them; where it is low, all are side by side.
    """

    data_wanted = Signal()

    def __init__(
        self, trainer: TrainerClient, workspace: Workspace | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._chosen = Chosen()
        self._known: dict[str, Known] = {}
        # The data to choose from once the current training has ended.
        self._offer_later: tuple[Sequence[Known], str] | None = None
        self.form = TrainingForm(trainer.free_stem)
        self.data, self.model, self.beta = self.form.data, self.form.model, self.form.beta
        self.bars, self.drawn = PartBars(), DrawnNow()
        self.curves = LossCurves(self.bars)
        self._proposals = Proposals(trainer, self.form, workspace)
        self.strip = None if workspace is None else ProgressStrip(workspace)
        self.report = Report(trainer, self.form, self.curves, self.bars, self)
        self._sight = Sight(self)
        self._sight.came.connect(self.report.show_soon)
        pictures = [widget for widget in (self.drawn, self.strip) if widget is not None]
        self._arrangement = Arrangement(self, self.form, self.curves, pictures)
        self.data.activated.connect(self._data_chosen)
        self.model.currentIndexChanged.connect(self._model_chosen)
        self.form.own.clicked.connect(self.data_wanted)
        self.form.start.clicked.connect(self._start)
        self.form.pause.clicked.connect(trainer.pause_or_resume)
        self.form.stop.clicked.connect(trainer.keep)
        self.form.options.clicked.connect(self._ask_options)
        self.form.cards.chosen.connect(self._card_chosen)
        self.form.inline.edited.connect(self.set_plan)
        self.report.ending.further_wanted.connect(self.begin)
        if workspace is not None:
            workspace.loaded.connect(self._loaded)
        if self.strip is not None:
            trainer.kept.connect(self.strip.end)
        self.beta.moved.connect(self._beta_moved)
        trainer.staged.connect(self._staged)
        trainer.told.connect(self._arrangement.begin)
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
        self._propose()

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
        self.form.cards.show_kind(choice.kind)
        self.form.inline.show_choice(choice, self.plan)
        if self._trainer.stage is Stage.IDLE:
            self._show_kind(choice.kind)
        self._propose()

    def _show_kind(self, kind: str) -> None:
        """Shows what belongs to such a training, unless another one is still shown."""
        spec = figures_of(kind)
        self.beta.setVisible(spec.by_beta)
        if self.report.history.spec in (None, spec):
            self.curves.expect(spec)
            self.bars.expect(spec)
            self.drawn.setVisible(is_drawn_from(kind))
            if self.strip is not None:
                self.strip.setVisible(rebuilds(kind))
            self._arrangement.show_pictures()

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

    @Slot(str)
    def _card_chosen(self, kind: str) -> None:
        """Takes the preset of a kind that suits the pictures best, unless one of that kind is chosen."""
        if kind != self.choice.kind:
            known = self._known.get(self.data.currentData())
            preset = preset_of(kind, None if known is None else known.shape)
            index, before = self.model.findText(preset.title), self.model.currentIndex()
            self.model.setCurrentIndex(index)
            if index == before:  # the kind has been changed by the options
                self._model_chosen()

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
        fault = fault_of(self.form.name.name)
        if fault:
            self.form.status.setText(fault)
            self.form.name.setFocus()
            return
        choice = self.choice
        try:
            out = self._trainer.free_name(self.form.name.name)
        except OSError as error:
            self._trainer.failed.emit(
                f"{self._trainer.folder}: the folder for models cannot be made ({error.strerror})", ""
            )
            return
        known = self._known.get(spec)
        fields = fields_of(choice, None if known is None else known.shape)
        self.begin(Begin(choice.kind, fields, self.plan, spec, out, proposed=self._chosen.proposed))
        self.form.name.begin()

    def _propose(self) -> None:
        """Says of what would be trained now how it is called and how long it takes."""
        self._proposals.show(self._known.get(self.data.currentData()), self.choice, self.plan)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.report.ending.offer(model)

    @Slot(object)
    def begin(self, beginning: Begin | GoOn) -> None:
        """Starts a training, unless one is running; clears the curves."""
        if not self.idle:
            return
        self._arrangement.begin()
        self.report.begin(beginning)
        if self.strip is not None:
            self.strip.begin()
        if isinstance(beginning, Begin):
            self._show_kind(beginning.kind)
            self.report.round = round_of(beginning.kind)
        self._trainer.begin(beginning)

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
        running = stage in (Stage.RUNNING, Stage.PAUSED)
        self.form.show_stage(idle, running, stage is Stage.PAUSED)
        if idle:
            self.beta.setVisible(figures_of(self.choice.kind).by_beta)
            self.beta.show_beta(self.choice.beta)
            self._offer_again()
            self._propose()
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
        self.report.round = round_of(snapshot.kind)
        if self.data.currentData() != snapshot.data:
            self.data.setPlaceholderText(listed(title_of(snapshot.data), WORDS))
            self.data.setCurrentIndex(self.data.findData(snapshot.data))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrangement.fit()


SPEC = ViewSpec(
    "training",
    "Training",
    lambda context: TrainingPanel(context.trainer, context.workspace),
)
