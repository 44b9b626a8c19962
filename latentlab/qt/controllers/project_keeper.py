"""Keeps a copy of what is not saved: after a while, before another project is opened, and at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.errors import LabError
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.controllers.project_copies import ProjectCopies
from latentlab.session.project import Project

_KEEP_MS = 15_000


class Kept(Protocol):
    """The project of a window, as far as it is to be kept."""

    path: Path | None
    modified: bool
    refusal: str

    def current(self) -> Project:
        """The project as it would be saved now."""


class ProjectKeeper(QObject):
    """`failed` carries a message and details."""

    failed = Signal(str, str)

    def __init__(
        self, project: Kept, copies: ProjectCopies, background: TaskQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._copies, self._background = project, copies, background
        self._later = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._later.timeout.connect(self._keep)

    def keep_later(self) -> None:
        """Something is not saved: keeps a copy in a while."""
        if not self._later.isActive():
            self._later.start()

    def keep_and(self, then: Callable[[], None]) -> None:
        """Keeps what would be lost, in the background, and goes on; not if it could not be kept."""
        work = self._work()
        if work is None:
            then()
        else:
            self._background.run(work, partial(_go_on, then), self._unkept)

    def keep_at_the_end(self) -> str:
        """The window closes: keeps a copy at once. The session is in the settings, too.

        Returns:
            Why that could not be done, to be said at the next start; "" if it could.
        """
        self._later.stop()
        work, path = self._work(), self._project.path
        if work is None or path is None:
            return ""
        try:
            work()
        except LabError as error:
            self.failed.emit(str(error), str(error))
            return (
                f"{path.name}: when LatentLab was closed, what was not saved of it could not be kept "
                f"({error}). Its session is here; notes and tapes are as they were saved last."
            )
        return ""

    @Slot()
    def _keep(self) -> None:
        work = self._work() if self._project.path is not None else None
        if work is not None:
            self._background.run(work, partial(_go_on, None), self._failed)

    def _work(self) -> Callable[[], None] | None:
        """What keeps what is not saved; None if everything is."""
        project = self._project
        if project.path is not None and not project.refusal:
            return partial(self._copies.keep, project.path, project.current()) if project.modified else None
        if project.path is None or project.modified:
            return partial(self._copies.keep_before, project.current())
        return None

    def _unkept(self, failure: Failure) -> None:
        self.failed.emit(
            f"{failure.message} No other project is opened: the changes to this one could not be kept.",
            failure.details,
        )

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)


def _go_on(then: Callable[[], None] | None, _: object) -> None:
    if then is not None:
        then()
