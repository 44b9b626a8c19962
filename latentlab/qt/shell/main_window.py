"""The main window: an empty frame that shows at once and is filled afterwards.

Nothing that this module imports brings in numpy, a view or torch: all that comes with `compose()`.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.joining import join
from latentlab.qt.clients.torch_preload import preload_torch
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.crash_reporter import CrashReporter
from latentlab.qt.shell.theme import ThemeSwitcher
from latentlab.qt.shell.welcome import Welcome
from latentlab.qt.shell.window_state import WindowState
from latentlab.qt.widgets.plain_text import title_text
from latentlab.session.session import Session
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.qt.shell.workbench import Workbench

_SAVE_MS = 3000
_REARRANGED = "The panels are arranged in workspaces now, by the bar at the top; each keeps its own layout."
# The longest that a script waits for a project to be written, with all that is packed in.
_WRITING_MS = 120_000

# The slowest imports, one per turn of the event loop. The system loads one shared library at a time: those of
# the views come first, then torch's are loaded on a thread while the views are imported, which need no other.
_LIBRARIES = ("numpy", "unicodedata", "latentlab.qt.export.exporter", "heapq", "queue", "PySide6.QtSvg")
_VIEWS = "latentlab.qt.shell.panels"
_HEAVY = (*_LIBRARIES, _VIEWS, "latentlab.qt.shell.composition")


class LabWindow(QMainWindow):
    """The window over one workspace. `start()` opens the session's model in the background.

    Args:
        workspace: what the views work with; the window stops it when it closes.
        settings: what is restored at the next start; None takes the user's own.
        models: the folder for the models that are trained here; None takes the user's own.
    """

    painted = Signal()

    def __init__(
        self, workspace: Workspace, settings: Settings | None = None, models: Path | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("labWindow")
        self.setWindowTitle("LatentLab")
        self.workspace, self.settings, self.models = workspace, settings or Settings(), models
        self.theming = ThemeSwitcher(self.settings.theme, self)
        self.crashes = CrashReporter(self)
        self.workbench: Workbench | None = None
        self._state = WindowState(self, self.settings)
        self._shows = "LatentLab"
        self._settled = self._painted = self._shown = self._closed = False
        self._save_later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._save_later.timeout.connect(self.save_settings)
        self._heavy = iter(_HEAVY)
        empty = QWidget()
        empty.setObjectName("centre")
        self.setCentralWidget(empty)
        self.hint = Welcome(empty, self.workspace)
        self._state.restore_place()

    @property
    def session(self) -> Session:
        """The session: `session.state.probe` is the probe."""
        return self.workspace.session

    @property
    def bench(self) -> Workbench:
        """The parts of the composed window.

        Raises:
            RuntimeError: before `compose()`.
        """
        if self.workbench is None:
            raise RuntimeError("the window is not composed yet")
        return self.workbench

    @property
    def closed(self) -> bool:
        """Whether it has been closed; it is not opened again."""
        return self._closed

    # How it comes about

    @Slot()
    def start_gently(self) -> None:
        """Like `start`, for a window that is already shown: it never blocks for long."""
        name = next(self._heavy, None)
        if self._closed:
            return
        if name is None:
            self.start()
        else:
            if name == _VIEWS:
                preload_torch()
            importlib.import_module(name)
            QTimer.singleShot(0, self.start_gently)

    def start(self) -> None:
        """Composes the window and opens the session's model; the window can be used meanwhile."""
        if not self._closed:
            self.compose()
            self.workspace.start()

    def compose(self) -> None:
        """Fills the frame, once."""
        if self.workbench is not None:
            return
        # Imported here, so that the frame is on the screen first.
        from latentlab.qt.shell.composition import compose

        self.setUpdatesEnabled(False)
        try:
            self.workbench = compose(
                self, self.workspace, self.settings, self.theming, self.crashes, self.hint, self.models
            )
            self._listen(self.workbench)
            self.setAcceptDrops(True)
        except BaseException:
            self.setUpdatesEnabled(True)
            raise
        if self.isVisible():
            # Before the new widgets are laid out: Qt would redistribute the sizes of the panels.
            QTimer.singleShot(0, self._settle)
        else:
            # Panels that were side by side for a moment have made the window grow.
            layout = self.layout()
            assert layout is not None
            layout.activate()
            self._state.restore_place()
            self._settle()

    def _listen(self, bench: Workbench) -> None:
        """Connects what changes the title, and what needs saving."""
        self.workspace.loaded.connect(self._loaded)
        self.workspace.changed.connect(self._changed)
        self.workspace.probed.connect(self._changed)
        bench.controller.data.changed.connect(self.save_settings)
        bench.projects.changed.connect(self._retitle)
        bench.projects.changed.connect(self.save_settings)
        self.theming.changed.connect(self.save_settings)

    @Slot()
    def _settle(self) -> None:
        """Restores the layout of the panels; from now on changes of it are saved."""
        if not self._closed:
            older = self._state.restore_layout(self.bench.workspaces)
            if self.settings.complaint:
                self.bench.status.say(self.settings.complaint, 20)
            elif older:
                self.bench.status.say(_REARRANGED, 20)
            self._settled = True
        self.setUpdatesEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.workbench is not None and not self._shown and not self._state.known:
            self.workbench.workspaces.fit()
        self._shown = True

    # While it is open

    @Slot()
    def save_settings(self) -> None:
        """Saves what the next start restores."""
        settings, bench = self.settings, self.workbench
        settings.theme, settings.session = self.theming.theme, self.workspace.rest()
        if bench is not None:
            settings.tape = bench.diffusion.kept
        if self._settled and bench is not None:
            self._state.note(bench.workspaces)
        if not settings.save() and bench is not None:
            bench.status.say(f"{settings.path}: the settings could not be saved")

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        name = Path(model.data.partition("::")[0]).stem
        self._shows = title_text(f"{model.model} · {name} ({model.split}) — LatentLab")
        self._retitle()
        self._save_later.start()

    @Slot()
    def _retitle(self) -> None:
        """Names the project first, with a mark where something is not saved."""
        projects = self.bench.projects
        named = f"{title_text(projects.name)}{' (read-only)' if projects.refusal else ''}"
        self.setWindowTitle(f"{named}[*] — {self._shows}" if projects.name else self._shows)
        self.setWindowModified(bool(projects.name) and projects.modified)

    # Projects, for scripts

    def save_project(self, path: str | Path) -> None:
        """Saves everything that is arranged here as a project file; returns when it is written."""
        self.bench.projects.save(Path(path))
        self.bench.background.finish(_WRITING_MS)

    def open_project(self, path: str | Path) -> None:
        """Opens a project file, in the background."""
        self.bench.projects.open(Path(path))

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        known = (new.layers, new.split, new.data, new.gathering)
        if (old.layers, old.split, old.data, old.gathering) != known:
            self.bench.actions.refresh()
        # Started, not restarted: a long drag must not put it off for ever.
        if not self._save_later.isActive():
            self._save_later.start()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.bench.opener.open_dropped(event.mimeData())

    def focusNextPrevChild(self, next: bool) -> bool:
        if self.workbench is None:
            return super().focusNextPrevChild(next)
        with self.workbench.focus.only_what_is_seen():
            return super().focusNextPrevChild(next)

    # First and last

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.workbench is None:
            # The colour of the plane, so that nothing flashes when it appears.
            QPainter(self).fillRect(self.rect(), self.palette().base())
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        if self._closed:
            return
        self._closed = True
        self._save_later.stop()
        if self.workbench is not None:
            # What it took of the panels is theirs in the layout that is saved.
            self.workbench.guide.column.close_column()
            self.workbench.projects.close()
            self.workbench.presentation.leave()
        self.save_settings()
        for page in self.findChildren(QDialog):
            page.close()
        # Hide first: ending the threads may take as long as their current pieces of work.
        self.hide()
        bench = self.workbench
        threads = self.workspace.request_end()
        if bench is not None:
            bench.controller.data.leave()
            threads += bench.denoiser_client.request_end() + bench.trainer.request_end()
            threads += bench.judge.request_end() + bench.where_from.request_end()
            threads += bench.gallery.request_end() + bench.compare.request_end()
            threads += bench.mixtures.request_end() + bench.ratios.request_end()
            threads += bench.stage.request_end()
        # All are asked to end before one is waited for.
        join(threads)
        if bench is not None:
            bench.trainer.leave()
            bench.denoiser_client.stop()
            bench.judge.stop()
            bench.compare.stop()
        self.workspace.stop()
        if bench is not None and not bench.background.finish():
            self.crashes.log.write("The window closed while a file was still being written")
        self.crashes.uninstall()
