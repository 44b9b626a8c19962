"""What the form says of the training that would begin now: its pictures, its name, and how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from latentlab.engine.training.events import Progress
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.training.estimating import Estimator
from latentlab.qt.views.training.form import TrainingForm
from latentlab.qt.views.training.selection import facts_in_words, stem_of
from latentlab.session.known_data import Known


class Proposals(QObject):
    """Fills the form while no training runs."""

    def __init__(self, trainer: TrainerClient, form: TrainingForm, workspace: Workspace | None) -> None:
        super().__init__(form)
        self._trainer, self._form, self._workspace = trainer, form, workspace
        self._known: Known | None = None
        self._estimator = Estimator(form.cards)
        self._estimator.told.connect(form.show_estimate)
        form.cards.shown.connect(self._estimator.go_on)
        trainer.told.connect(self._told)
        trainer.staged.connect(self._staged)
        if workspace is not None:
            workspace.loaded.connect(self._show_facts)

    def show(self, known: Known | None, choice: Choice, plan: TrainingPlan) -> None:
        """What would be trained now, on which pictures."""
        self._known = known
        self._show_facts()
        if self._trainer.stage is Stage.IDLE and known is not None:
            self._form.name.propose(stem_of(known.spec, choice))
            self._estimator.ask(choice, plan, known)

    @Slot()
    def _show_facts(self) -> None:
        model = None if self._workspace is None else self._workspace.model
        self._form.show_facts("" if self._known is None else facts_in_words(self._known, model))

    @Slot(object)
    def _told(self, event: object) -> None:
        if isinstance(event, Progress):
            self._estimator.note(event.images_per_second)

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        if stage is not Stage.IDLE:
            self._estimator.stop()
            self._form.show_estimate("")
