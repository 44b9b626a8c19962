"""Lets the window follow a training: one snapshot at a time, the newest, and a frame of film for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from latentlab.engine.requests import FollowRequest, Refusal, UnfoldedReply
from latentlab.qt.desk import Desk
from latentlab.qt.training.orders import Snapshot
from latentlab.qt.training.recorder import Recorder
from latentlab.qt.training.trainer_desk import Stage, TrainerDesk
from latentlab.session.state import SessionState

_FRAME_MS = 400


class Following(QObject):
    """Between a trainer's snapshots and the desk that shows them; opens the model when it has been kept."""

    def __init__(
        self, trainer: TrainerDesk, desk: Desk, film: Recorder, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._trainer, self._desk, self._film = trainer, desk, film
        self._under_way = False
        self._newest: Snapshot | None = None
        # Twice a second, when the plane has been painted anyhow: then a frame costs next to nothing.
        self._take_soon = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._take_soon.timeout.connect(film.take)
        trainer.unfolded.connect(self._snapshot)
        trainer.staged.connect(self._staged)
        trainer.kept.connect(self._kept)
        desk.unfolded.connect(self._unfolded)
        desk.probed.connect(self._probed)
        desk.refused.connect(self._refused)

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        self._trainer.give_way()

    @Slot(object)
    def _snapshot(self, snapshot: Snapshot) -> None:
        self._newest = snapshot
        self._send()

    def _send(self) -> None:
        if self._newest is not None and not self._under_way:
            snapshot, self._newest = self._newest, None
            self._under_way = True
            self._desk.follow(snapshot)

    @Slot(object)
    def _unfolded(self, reply: UnfoldedReply) -> None:
        self._under_way = False
        if not self._take_soon.isActive():
            self._take_soon.start()
        self._send()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.slot == FollowRequest.slot:
            self._under_way, self._newest = False, None

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        if stage is Stage.STARTING:
            self._under_way, self._newest = False, None
            self._film.clear()

    @Slot(object)
    def _kept(self, path: Path) -> None:
        """What was followed is a file now, and is opened as any other."""
        self._newest = None
        state = self._desk.state
        self._desk.open(replace(state, model=str(path)))
