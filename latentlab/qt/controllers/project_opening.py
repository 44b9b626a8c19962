"""Opens projects: reads one in the background, finds its files, and shows its session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers import project_work
from latentlab.qt.controllers.project_copies import ProjectCopies
from latentlab.qt.controllers.project_lock import ProjectLock
from latentlab.qt.controllers.project_work import Opened
from latentlab.session.fitting import on_data
from latentlab.session.project import Project, Tapes
from latentlab.session.state import SessionState
from latentlab.session.switching import instead


class ProjectViews(Protocol):
    """What of a project is in the views and the frame, and not in the session."""

    def tapes(self) -> Tapes | None:
        """The tapes that are there."""

    def bring_tapes(self, tapes: Tapes | None) -> None:
        """Draws these again."""

    def em(self) -> tuple[str, ...]:
        """The hashes of the mixtures whose EM has been run step by step."""

    def bring_em(self, mixtures: tuple[str, ...]) -> None:
        """Runs it again when they are seen."""

    def layouts(self) -> tuple[tuple[str, bytes], ...]:
        """How the panels stand."""

    def bring_layouts(self, layouts: tuple[tuple[str, bytes], ...]) -> None:
        """Arranges the panels."""


class ProjectOpening(QObject):
    """`came` (Opened, ProjectLock) says that a project is open, `given_up` (ProjectLock) that one is not
    after all, and `failed` (message, details) that one cannot be read.

    Args:
        folders: where models may lie that have been moved.
    """

    came = Signal(object, object)
    given_up = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self,
        workspace: Workspace,
        background: TaskQueue,
        views: ProjectViews,
        folders: Callable[[], list[Path]],
        copies: ProjectCopies,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background, self.views = workspace, background, views
        self._folders, self._copies = folders, copies
        # Whose session is being opened, and the newest request to read one.
        self._coming: tuple[Opened, ProjectLock] | None = None
        self._newest = self._read = 0
        # Whose tapes and layouts are brought as soon as its session is there.
        self._shown: Project | None = None
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)

    @property
    def under_way(self) -> bool:
        """Whether the session of a project is being opened."""
        return self._coming is not None

    @property
    def reading(self) -> bool:
        """Whether a project is being read."""
        return self._read != self._newest

    def read(
        self,
        path: Path,
        then: Callable[[Opened], None],
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """Reads a project in the background; of several, the newest counts."""
        self._newest += 1
        work = partial(project_work.read, path, tuple(self._folders()), self._copies)
        then, failed = partial(self._have_read, self._newest, then), failed or self._unread
        self._background.run(work, then, partial(self._have_failed, self._newest, failed))

    def open(self, opened: Opened, lock: ProjectLock, without_data: bool = False) -> None:
        """Opens the session of a project that has been read.

        Args:
            lock: the project's.
            without_data: shows other pictures.
        """
        if self._coming is not None and self._coming[1] is not lock:
            self.give_up()
        self._coming = opened, lock
        project, usual = opened.found.project, SessionState()
        session = project.session
        if session.model in {one.named for one in opened.found.models}:
            session = instead(session, usual)
        elif without_data:
            session = on_data(session, usual.data, usual.split)
        self.show(project, session)

    def show(self, project: Project, session: SessionState | None = None) -> None:
        """Shows what a project holds, with another session than its own if one is given.

        All of it comes with the model: until then the one before is there as a whole, and can be saved.
        """
        self._workspace.open(session or project.session, afresh=True)
        self._shown = project

    @Slot()
    def _loaded(self) -> None:
        if not self._workspace.afresh:
            self.give_up()  # another model was opened meanwhile
            return
        shown, self._shown = self._shown, None
        if shown is not None:
            self.views.bring_layouts(shown.layouts)
            self.views.bring_tapes(shown.tapes)
            self.views.bring_em(shown.em)
        coming, self._coming = self._coming, None
        if coming is not None:
            self.came.emit(*coming)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(LoadRequest):
            self.give_up()

    def coming(self, path: Path) -> ProjectLock | None:
        """The lock of a project that is being opened; None if it is not."""
        lock = self._coming[1] if self._coming is not None else None
        return lock if lock is not None and lock.path == path else None

    def give_up(self) -> None:
        """Another project is opened, or none."""
        coming, self._coming, self._shown = self._coming, None, None
        if coming is not None:
            self.given_up.emit(coming[1])

    def _have_read(self, number: int, then: Callable[[Opened], None], opened: Opened) -> None:
        if number == self._newest:
            self._read = number
            then(opened)

    def _have_failed(self, number: int, failed: Callable[[Failure], None], failure: Failure) -> None:
        if number == self._newest:
            self._read = number
        failed(failure)

    def _unread(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)
