"""Saves the session as a project file, opens projects, and keeps what is not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.engine.files.project_file import SUFFIX
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers import project_work
from latentlab.qt.controllers.data_hashes import DataHashes
from latentlab.qt.controllers.project_copies import ProjectCopies, UnsavedCopy
from latentlab.qt.controllers.project_keeper import ProjectKeeper
from latentlab.qt.controllers.project_lock import ProjectLock
from latentlab.qt.controllers.project_opening import ProjectOpening, ProjectViews
from latentlab.qt.controllers.project_words import ProjectWords
from latentlab.qt.controllers.project_work import Opened
from latentlab.qt.controllers.settings import MOST_PROJECTS, Settings
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.memories import lasting
from latentlab.session.project import Project, same_work
from latentlab.session.project_places import renamed

_LOOK_MS = 700


class ProjectController(QObject):
    """The project of a window.

    `changed` says that its name, or whether it is modified, has changed; `told` carries words for the status
    bar, `failed` a message and details; `lacking` (Opened) that its data are to be found first.

    Args:
        folders: where models may lie that have been moved.
        copies: keeps what is not saved yet.
    """

    changed = Signal()
    told = Signal(str)
    failed = Signal(str, str)
    lacking = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        background: TaskQueue,
        bar: MessageBar,
        views: ProjectViews,
        folders: Callable[[], list[Path]],
        copies: ProjectCopies,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._settings, self._background = workspace, settings, background
        self._bar, self._views, self.copies = bar, views, copies
        self.path: Path | None = None
        self.modified = False
        # Why it cannot be saved under its name; "" if it can.
        self.refusal = ""
        # And what was said when it could not be saved.
        self.notes = self._unsaved = ""
        self._saved = Project()
        # Of the project, and of the path that it was last written to.
        self._lock: ProjectLock | None = None
        self._saving: ProjectLock | None = None
        # Whether what is saved is the session as soon as that has its model.
        self._settling = False
        self._hashes = DataHashes(workspace, self)
        self._opening = ProjectOpening(workspace, background, views, folders, self.copies, self)
        self._opening.came.connect(self._came)
        self._opening.given_up.connect(self._given_up)
        self._opening.failed.connect(self.failed)
        self._words = ProjectWords(bar, self._hashes, self)
        self._words.told.connect(self.told)
        self._words.found.connect(self.lacking)
        self._words.taken_up.connect(self._take_up)
        self._look_soon = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look_soon.timeout.connect(self.look)
        self._keeper = ProjectKeeper(self, copies, background, self)
        self._keeper.failed.connect(self.failed)
        workspace.changed.connect(self._edited)
        workspace.probed.connect(self._edited)

    @property
    def name(self) -> str:
        """The name of the project, "" while there is none."""
        return "" if self.path is None else self.path.stem

    @property
    def coming(self) -> bool:
        """Whether another project is being opened."""
        return self._opening.under_way

    def current(self) -> Project:
        """The project as it would be saved now."""
        return replace(
            self._saved,
            session=lasting(self._workspace.rest()),
            tapes=self._views.tapes(),
            em=self._views.em(),
            layouts=self._views.layouts(),
            notes=self.notes,
        )

    # Saving

    def save(self, path: Path | None = None, pack: bool = False) -> None:
        """Saves the project in the background: under its name, or under another, which it then has.

        Args:
            pack: whether models and data are packed into the file; what is packed already stays so.
        """
        path = path or self.path
        if path is None:
            self._bar.say("The project was not saved: it has no name yet.")
            return
        path = path.absolute()
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        lock = self._lock_of(path)
        if lock.refusal:
            self._bar.say(f"{path}: was not saved because {lock.refusal}. Save it under another name.")
            return
        self._saving = lock
        pack = pack or any(one.packed for one in (*self._saved.models, *self._saved.data))
        work = partial(project_work.write, lock, self.current(), dict(self._hashes.known), pack)
        self._background.run(work, partial(self._written, lock), partial(self._unwritten, lock))

    def _lock_of(self, path: Path) -> ProjectLock:
        """The lock for writing to a path: that of the project, of the last save, or a new one."""
        for lock in (self._lock, self._saving):
            if lock is not None and lock.path == path:
                return lock
        lock = ProjectLock(path)
        lock.stamp = None  # whatever is there may be replaced
        return lock

    def _written(self, lock: ProjectLock, project: Project) -> None:
        if lock is self._saving or lock is self._lock:
            if self.path is not None:
                self.copies.drop(self.path)
            self._take(lock, project)
        else:  # another project is here by now, or none
            lock.release()
        self.copies.drop(lock.path)
        self._bar.take_back(self._unsaved)
        self.told.emit(f"Saved {lock.path.name}")

    def _unwritten(self, lock: ProjectLock, failure: Failure) -> None:
        self._saving = None if self._saving is lock else self._saving
        self._unsaved = failure.message
        self._given_up(lock)
        self._failed(failure)

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

    # Opening

    def open(self, path: Path) -> None:
        """Reads a project in the background, and opens it."""
        self.told.emit(f"Opening {path.name} …")
        self._opening.read(path.absolute(), self._ready, self._unread)

    def _unread(self, failure: Failure) -> None:
        self._failed(failure)
        self.restore()  # at a start, the one before was to make room for it

    def open_before(self) -> None:
        """Opens the session that was there before a project was opened; it belongs to no project."""
        self._opening.read(self.copies.before, self._ready_before)

    def _ready_before(self, opened: Opened) -> None:
        self._keeper.keep_and(partial(self._open_before, opened.found.project))

    def _open_before(self, project: Project) -> None:
        self._leave()
        self._opening.show(project)

    def close_project(self) -> None:
        """Goes on without the project; what was not saved of it is kept, and offered when it is opened."""
        if self.path is not None:
            self._keeper.keep_and(self._leave)

    def _leave(self) -> None:
        """The window has no project from now on."""
        if self._lock is not None:
            self._lock.release()
        self.path, self._lock, self._saving, self.refusal, self.notes = None, None, None, "", ""
        self._saved, self.modified, self._settings.project = Project(), False, ""
        self.changed.emit()

    def rename(self, models: Mapping[str, str]) -> None:
        """Models that were missing lie elsewhere: the project knows them by these paths."""
        self._saved = renamed(self._saved, models, {})
        tapes = self._saved.tapes
        if tapes is not None and tapes.model in models.values():
            self._opening.views.bring_tapes(tapes)

    def _ready(self, opened: Opened) -> None:
        """It has been read: asks for its data if they are missing, else opens it."""
        session = opened.found.project.session
        if any(one.named == session.data for one in opened.found.data):
            self.lacking.emit(opened)
        else:
            self.open_found(opened)

    def open_found(self, opened: Opened, without_data: bool = False) -> None:
        """Opens a project that has been read; `without_data` shows other pictures, and it is read-only."""
        if opened.path == self.path and self.modified:
            opened = replace(opened, copy=UnsavedCopy(self.current(), datetime.now()))
        self._keeper.keep_and(partial(self._open_kept, opened, without_data))

    def _open_kept(self, opened: Opened, without_data: bool) -> None:
        lock = self._lock
        if lock is None or lock.path != opened.path:
            lock = self._opening.coming(opened.path) or ProjectLock(opened.path)
        lock.without_data = without_data
        self._opening.open(opened, lock, without_data)

    @Slot(object, object)
    def _came(self, opened: Opened, lock: ProjectLock) -> None:
        self.notes, self._settling = opened.found.project.notes, True
        lock.note()
        self._saving = None
        self._take(lock, opened.found.project)
        self._words.tell(opened, lock.refusal, opened.copy)

    @Slot(object)
    def _given_up(self, lock: ProjectLock) -> None:
        if lock is not self._lock:
            lock.release()

    @Slot(object)
    def _take_up(self, copy: UnsavedCopy) -> None:
        """Takes up what was not saved of the open project."""
        self.notes = copy.project.notes
        self._opening.show(copy.project)

    def _take(self, lock: ProjectLock, project: Project) -> None:
        """The window has this project from now on."""
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self.path, self._lock, self.refusal = lock.path, lock, lock.refusal
        self._saved = project
        settings, path = self._settings, lock.path
        settings.project = str(path)
        others = (one for one in settings.projects if one != str(path))
        settings.projects = (str(path), *others)[:MOST_PROJECTS]
        self.look()
        self.changed.emit()

    # While it is open

    def restore(self) -> None:
        """At a start: goes on with the project that was open, whose session is there already; not while
        another is being opened, as from the command line.
        """
        if self._settings.project and self.path is None and not self._opening.reading:
            self._opening.read(Path(self._settings.project), self._go_on, self._gone)

    def _go_on(self, opened: Opened) -> None:
        if self.path is not None or self._opening.under_way:
            return
        newest = opened.copy.project if opened.copy is not None else opened.found.project
        self.notes = newest.notes
        self._views.bring_em(newest.em)
        lock = ProjectLock(opened.path)
        self._take(lock, opened.found.project)
        if lock.refusal:
            self._words.tell(opened, lock.refusal, None)

    def _gone(self, failure: Failure) -> None:
        """The project that was open cannot be read any more; its session is there."""
        self._settings.project = ""
        self.failed.emit(
            f"{failure.message} What you had arranged is still here; save it again.", failure.details
        )

    def note(self, text: str) -> None:
        """Sets the notes."""
        self.notes = text
        self._edited()

    @Slot()
    def _edited(self) -> None:
        if self.path is not None and not self._look_soon.isActive():
            self._look_soon.start()

    @Slot()
    def look(self) -> None:
        """Looks whether there is something to save."""
        if self.path is None:
            return
        now = self.current()
        if self._settling:
            # As it was opened: what does not fit its model or data any more is no change of the person's.
            self._saved, self._settling = replace(now, notes=self._saved.notes), False
        modified = not same_work(now, self._saved)
        if modified:
            self._keeper.keep_later()
        if modified != self.modified:
            self.modified = modified
            self.changed.emit()

    def close(self) -> None:
        """The window closes: what is not saved yet is kept, and is there again at the next start."""
        self._look_soon.stop()
        self.look()
        self._settings.farewell = self._keeper.keep_at_the_end()
        self._opening.give_up()
        if self._lock is not None:
            self._lock.release()
