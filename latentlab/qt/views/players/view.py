"""The players of a training while they learn: a curve of each figure with what it means, and controls."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.core.figures import NOTHING
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.training.events import Progress, Started
from latentlab.engine.training.playing import PlayerSettings
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Ended, Paused, Players
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.players.controls import PlayerControls
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.curves.curves import LossCurves
from latentlab.qt.widgets.curves.history import History
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight, in_sight

_DRAW_MS, _FORM = 400, 320


class PlayersView(QWidget):
    """The controls at the left, the curves beside them; filled by the training that runs, or ran last.

    Attributes:
        history: its figures.
        players: who is trained in its phase.
    """

    def __init__(self, trainer: TrainerClient, workspace: Workspace | None = None) -> None:
        super().__init__()
        self.setObjectName("playersView")
        self.setAccessibleName("Players of the training")
        self._trainer = trainer
        self.history, self.players = History(), Players()
        self._step: int | None = None
        # The file of the model that the last training has ended with.
        self._kept: Path | None = None
        self.controls, self.curves = PlayerControls(), LossCurves(explained=True)
        self._draw = QTimer(self, singleShot=True, interval=_DRAW_MS)
        self._draw.timeout.connect(self._show_figures)
        self._lay_out()
        self._sight = Sight(self)
        self._sight.came.connect(self._draw.start)
        trainer.staged.connect(self._staged)
        trainer.told.connect(self._told)
        trainer.kept.connect(self._keep)
        self.controls.paused.connect(trainer.pause_or_resume)
        self.controls.stepped.connect(trainer.step_player)
        self.controls.edited.connect(self._edited)
        if workspace is not None:
            workspace.loaded.connect(self._loaded)
        self._show_players()

    def _lay_out(self) -> None:
        side = QWidget()
        side.setObjectName("playersForm")
        inner = QVBoxLayout(side)
        inner.setContentsMargins(0, 0, 6, 0)
        inner.addWidget(self.controls)
        form = scrolled(side)
        form.setFixedWidth(_FORM)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(form)
        row.addWidget(self.curves, 1)

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        if stage is Stage.STARTING:
            self.history, self.players, self._step, self._kept = History(), Players(), None, None
        self._show_players()

    @Slot(object)
    def _told(self, event: object) -> None:
        match event:
            case Players():
                self.players = event
                self._show_players()
            case Started() | Progress():
                self._step = event.step
            case Paused():
                self._step = event.step
                self._show_players()
        if self.history.add(event) and not self._draw.isActive():
            self._draw.start()
        if isinstance(event, Paused | Ended):
            self._show_figures()

    @Slot(object)
    def _keep(self, path: Path) -> None:
        self._kept = path

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        """While nothing is trained: what such figures mean; of a model just trained, its curves."""
        if self._trainer.stage is Stage.IDLE and model.path != str(self._kept):
            self.history = History()
            self.curves.expect(NOTHING)
            self.curves.expect(model.training)

    @Slot()
    def _show_figures(self) -> None:
        if not in_sight(self):
            return
        if self._trainer.stage is Stage.RUNNING:
            self.curves.show_next(self.history)
        else:
            self.curves.show_history(self.history)
        self._show_players()

    def _show_players(self) -> None:
        self.controls.show_players(self.players, self._trainer.stage, self._step)

    @Slot(object)
    def _edited(self, settings: PlayerSettings) -> None:
        self._trainer.set_players((settings,))


SPEC = ViewSpec("players", "Players", lambda context: PlayersView(context.trainer, context.workspace))
