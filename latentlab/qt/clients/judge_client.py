"""The window's client of the judge: a thread of its own, which starts when something is asked of it.

Judging takes minutes, in pieces of a second or a few: between two of them it stops, shows the pictures behind
a cell, or gives way to a drag. What it has measured is kept, so that closing the window loses nothing.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.core.judgement import Cell, JudgeDone, Row, Table
from latentlab.engine.evaluation.judge.requests import BehindRequest, JudgeReply, JudgeRequest, KeptRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

_SERVICE = ("latentlab.engine.evaluation.judge.service", "JudgeService")


class JudgeClient(BackgroundClient):
    """`told` carries each event of the judging that runs, `changed` says that one has begun or ended,
    `failed` carries a message and the details for the log.

    What is known already comes by `on(KeptRequest)`, the pictures behind a cell by `on(BehindRequest)`; if
    there are none to be had, `refused` says why.

    Attributes:
        running: whether it judges.
    """

    told = Signal(object)
    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("judgingThread", _SERVICE, service, parent)
        self.running = False

    def judge(self, models: tuple[str, ...], data: str, pictures: int, seed: int = 0) -> None:
        """Judges these models (names or paths), in place of what it judges now; see `JudgeRequest`."""
        self.ask(JudgeRequest, models, data, pictures, seed)
        self._become(running=True)

    def stop_judging(self) -> None:
        """Stops after the current piece of work; nothing more is told of it. What is measured is kept."""
        if self.running:
            self.ask(JudgeRequest, ())
            self._become(running=False)

    def look_up(self, models: tuple[str, ...], data: str, pictures: int = 0) -> None:
        """Requests what is known of these models already; see `KeptRequest`."""
        self.ask(KeptRequest, models, data, pictures)

    def look_behind(self, row: Row, data: str, table: Table, cell: Cell) -> None:
        """Requests the pictures behind a cell of the table of these data, in place of those of another."""
        self.ask(BehindRequest, row.path or row.name, data, table, cell)

    def _become(self, *, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.changed.emit()

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        match reply:
            case Refusal():
                if reply.generation == 0 or self._current(kind, reply):
                    self._refuse(reply)
            case JudgeReply(event=event) if self._current(kind, reply) and self.running:
                self.told.emit(event)
                if isinstance(event, JudgeDone):
                    self._become(running=False)
            case _:
                self._tell(kind, reply)

    def _refuse(self, refusal: Refusal) -> None:
        # The engine that does not start refuses everything.
        judging = refusal.generation == 0 or refusal.of(JudgeRequest)
        if judging or refusal.details:
            self.failed.emit(refusal.message, refusal.details)
        self.refused.emit(refusal)
        if judging:
            self._become(running=False)
