"""The window's client of the judge: a thread of its own, which starts when something is asked of it.

Judging takes minutes, in pieces of a second or a few: between two of them it stops, shows the pictures behind
a cell, or gives way to a drag. What it has measured is kept, so that closing the window loses nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.core.judgement import Cell, JudgeDone, Row, Table
from latentlab.engine.evaluation.judge.requests import BehindRequest, JudgeRequest, KeptRequest
from latentlab.qt.clients.render_thread import Serves
from latentlab.qt.clients.running_client import RunningClient

_SERVICE = ("latentlab.engine.evaluation.judge.service", "JudgeService")


class JudgeClient(RunningClient):
    """Judges one list of models at a time.

    What is known already comes by `on(KeptRequest)`, the pictures behind a cell by `on(BehindRequest)`; if
    there are none to be had, `refused` says why.
    """

    work, last = JudgeRequest, JudgeDone

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("judgingThread", _SERVICE, service, parent)

    def judge(self, models: tuple[str, ...], data: str, pictures: int, seed: int = 0) -> None:
        """Judges these models (names or paths), in place of what it judges now; see `JudgeRequest`."""
        self._begin(models, data, pictures, seed)

    def stop_judging(self) -> None:
        """Stops after the current piece of work; nothing more is told of it. What is measured is kept."""
        self._end(())

    def look_up(self, models: tuple[str, ...], data: str, pictures: int = 0) -> None:
        """Requests what is known of these models already; see `KeptRequest`."""
        self.ask(KeptRequest, models, data, pictures)

    def look_behind(self, row: Row, data: str, table: Table, cell: Cell) -> None:
        """Requests the pictures behind a cell of the table of these data, in place of those of another."""
        self.ask(BehindRequest, row.path or row.name, data, table, cell)
