"""The main window: a frame that is on the screen at once, and is composed behind that.

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

# What takes longest to import, a turn of the event loop for each. Those with libraries of their own come
# first: the system loads one library at a time, and torch's are loaded while the last is imported.
_COMPOSITION = "latentlab.qt.shell.composition"
_HEAVY = ("numpy", "unicodedata", "latentlab.qt.export.exporter", _COMPOSITION)


class LabWindow(QMainWindow):
    """The window over one workspace. `start()` opens the session's model behind it.

    Args:
        workspace: what the views work at; the window ends it when it closes.
        settings: where the window finds itself again; None takes the user's own.
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
        """What the person is doing: `session.state.probe` is the point under the hand."""
        return self.workspace.session

    @property
    def bench(self) -> Workbench:
        """What the composed window works with.

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
        """As `start`, for a window that is on the screen: it never stops answering for long."""
        name = next(self._heavy, None)
        if self._closed:
            return
        if name is None:
            self.start()
        else:
            if name == _COMPOSITION:
                preload_torch()
            importlib.import_module(name)
            QTimer.singleShot(0, self.start_gently)

    def start(self) -> None:
        """Composes the window and opens the session's model; the window can be used meanwhile."""
        if not self._closed:
            self.compose()
            self.workspace.start()

    def compose(self) -> None:
        """Puts everything into the frame, unless it is there already."""
        if self.workbench is not None:
            return
        # Not above: the frame is to be on the screen before this is imported.
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
            # Before Qt has laid out what is new, it would share out the panels' room anew.
            QTimer.singleShot(0, self._settle)
        else:
            # While the panels still lay side by side they have made it grow.
            layout = self.layout()
            assert layout is not None
            layout.activate()
            self._state.restore_place()
            self._settle()

    def _listen(self, bench: Workbench) -> None:
        """When the title is another, and when there is something to write down."""
        self.workspace.loaded.connect(self._loaded)
        self.workspace.changed.connect(self._changed)
        self.workspace.probed.connect(self._changed)
        bench.controller.data.changed.connect(self.save_settings)
        self.theming.changed.connect(self.save_settings)

    @Slot()
    def _settle(self) -> None:
        """Panels go where they were; from now on where they are is worth saving."""
        if not self._closed:
            self._state.restore_layout(self.bench.docks)
            if self.settings.complaint:
                self.bench.status.say(self.settings.complaint, 20)
            self._settled = True
        self.setUpdatesEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.workbench is not None and not self._shown and not self._state.known:
            self.workbench.docks.fit()
        self._shown = True

    # While it is open

    @Slot()
    def save_settings(self) -> None:
        """Writes down what the next start shall find."""
        settings, bench = self.settings, self.workbench
        settings.theme, settings.session = self.theming.theme, self.workspace.rest()
        if bench is not None:
            settings.tape = bench.diffusion.kept
        if self._settled:
            self._state.note()
        if not settings.save() and bench is not None:
            bench.status.say(f"{settings.path}: the settings could not be saved")

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        name = Path(model.data.partition("::")[0]).stem
        self.setWindowTitle(title_text(f"{model.model} · {name} ({model.split}) — LatentLab"))
        self._save_later.start()

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

    # First and last

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.workbench is None:
            # As the plane will be, so that nothing flashes when it comes.
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
        self.save_settings()
        for page in self.findChildren(QDialog):
            page.close()
        # Out of sight first: ending the threads may take as long as the pieces of work in hand.
        self.hide()
        bench = self.workbench
        threads = self.workspace.request_end()
        if bench is not None:
            threads += bench.denoiser_client.request_end() + bench.trainer.request_end()
        # All are told before one is waited for.
        join(threads)
        if bench is not None:
            bench.trainer.leave()
            bench.denoiser_client.stop()
        self.workspace.stop()
        if bench is not None and not bench.background.finish():
            self.crashes.log.write("The window closed while a file was still being written")
        self.crashes.uninstall()
