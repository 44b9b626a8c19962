"""Starts the application: makes the window, shows it at once, and opens the model in the background."""

from __future__ import annotations

import signal
import socket
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from PySide6.QtCore import QEventLoop, QLocale, QObject, QSocketNotifier, Qt, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from latentlab.engine.files.model_catalog import data_of, denoises, encoder_of
from latentlab.engine.files.project_file import SUFFIX
from latentlab.engine.inference.memory import hoard_little
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.errors import LabError
from latentlab.qt.clients.gui_gc import Collector
from latentlab.qt.clients.joining import LONGEST_WRITING_S, end_process
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.fitting import on_data
from latentlab.session.recent_data import RecentData
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model, on_its_data
from latentlab.shipped import ICONS
from latentlab.version import __version__

_PATIENCE_S = 120.0
_ONCE = Qt.ConnectionType.SingleShotConnection


def application(argv: list[str]) -> QApplication:
    """The running application, made if there is none."""
    hoard_little()
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        QApplication.setApplicationName("LatentLab")
        QApplication.setOrganizationName("LatentLab")
        QApplication.setApplicationVersion(__version__)
        QApplication.setDesktopFileName("latentlab")
        app = QApplication(argv)
    # The whole window is in English: Qt must format its own figures (40 %, 1.5 MiB) accordingly.
    QLocale.setDefault(QLocale.c())
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(ICONS / "latentlab.svg")))
    return app


def create_window(settings: Settings | None = None, model: str | None = None) -> LabWindow:
    """A window with its model open and all pictures encoded, not shown yet.

    Args:
        settings: what earlier windows left; None takes the user's own.
        model: the name or path of the model to open; None takes that of the previous window.

    Raises:
        LabError: if neither the wanted model nor the one that ships can be opened.
    """
    application([])
    window = _new_window(settings, model)
    window.compose()
    opening = _Opening(window)
    window.start()
    try:
        opening.wait(_PATIENCE_S)
    except LabError:
        window.close()
        window.deleteLater()
        raise
    return window


def _new_window(settings: Settings | None, model: str | None, data: str | None = None) -> LabWindow:
    settings = settings or Settings()
    state = settings.session or SessionState()
    if model is not None:
        state = _state_for(state, model, data, settings.recent)
    return LabWindow(Workspace(Session(state)), settings)


def _state_for(
    state: SessionState, model: str, data: str | None = None, recent: tuple[RecentData, ...] = ()
) -> SessionState:
    """`state` for a model to be opened: beside a diffusion model, an encoder of the same data."""
    if not denoises(model):
        if data is None:
            return on_its_data(state, model, recent)
        return on_data(for_model(state, model), data)
    encoder = None if data_of(state.model) == data_of(model) else encoder_of(data_of(model))
    return state if encoder is None else for_model(state, encoder)


class _Opening(QObject):
    """Waits in a local event loop for a window's model and encodings."""

    def __init__(self, window: LabWindow) -> None:
        super().__init__(window)
        self._loop = QEventLoop(self)
        self._window, self._workspace = window, window.workspace
        self._fault = ""
        self._workspace.encoded.connect(self._encoded)
        self._workspace.refused.connect(self._refused)

    def wait(self, seconds: float) -> None:
        """Returns when everything is loaded.

        Raises:
            LabError: saying why it is not loaded.
        """
        clock = QTimer(self, singleShot=True, interval=int(1000 * seconds))
        clock.timeout.connect(self._too_late)
        clock.start()
        self._loop.exec()
        clock.stop()
        if self._fault:
            raise LabError(self._fault)

    @Slot(object)
    def _encoded(self, reply: EncodingsReply) -> None:
        if reply.done:
            self._loop.quit()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        # The window hears of a refusal first, and may have requested the model that ships instead.
        if refusal.of(LoadRequest, EncodeRequest) and not self._window.bench.models.falling_back:
            self._fault = refusal.message
            self._loop.quit()

    @Slot()
    def _too_late(self) -> None:
        self._fault = f"{self._workspace.state.model}: could not be opened within {_PATIENCE_S:g} seconds"
        self._loop.quit()


class _Interrupts(QObject):
    """Lets Ctrl+C in the terminal and SIGTERM close the window like its close button."""

    def __init__(self, window: LabWindow) -> None:
        super().__init__(window)
        self._window = window
        # Python runs its signal handlers only when Python code runs: the byte in this socket wakes Qt's loop.
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._wakeup = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._asked) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._asked_to_quit = False

    def restore(self) -> None:
        """Restores the previous signal handlers."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._near.close()
        self._far.close()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_quit = True

    @Slot()
    def _woken(self) -> None:
        self._near.recv(64)
        if self._asked_to_quit:
            self._window.close()


class _Pictures(QObject):
    """Opens the import page on some data once the window is composed, which its first request shows."""

    def __init__(self, window: LabWindow, spec: str) -> None:
        super().__init__(window)
        self._window, self._spec = window, spec
        # Queued: the page must come after the window has been laid out.
        window.workspace.busy.connect(self._open, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _open(self) -> None:
        self._window.workspace.busy.disconnect(self._open)
        # If closed meanwhile, the window would be kept alive by its page.
        if not self._window.closed:
            self._window.bench.controller.data.open_spec(self._spec)


def _tell_of_other_data(window: LabWindow, wanted: str, reply: LoadedReply) -> None:
    """A model that cannot show the named data is opened on its own."""
    if reply.data != wanted:
        window.bench.messages.say(
            f"{reply.model} is made for other pictures than {wanted}: it shows {reply.data}."
        )


class _Denoiser(QObject):
    """Opens a diffusion model once the window is composed, which its first request shows."""

    def __init__(self, window: LabWindow, model: str) -> None:
        super().__init__(window)
        self._window, self._model = window, model
        window.workspace.busy.connect(self._open, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _open(self) -> None:
        self._window.workspace.busy.disconnect(self._open)
        if not self._window.closed:
            self._window.bench.models.open_denoiser(self._model)


class _Project(QObject):
    """Opens a project once the window is composed; its session takes the place of the one before."""

    def __init__(self, window: LabWindow, path: str) -> None:
        super().__init__(window)
        self._window, self._path = window, path
        window.workspace.busy.connect(self._open, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _open(self) -> None:
        self._window.workspace.busy.disconnect(self._open)
        if not self._window.closed:
            self._window.open_project(self._path)


def main(argv: list[str], model: str | None = None, data: str | None = None) -> NoReturn:
    """Shows the window; when it is closed, the process ends with its exit code.

    Args:
        argv: the command line, for Qt.
        model: a name or path, also of a project; None for the previous model.
        data: a spec of the pictures to open the model on; to open the page on where no model with a plane is
            named; None for none.
    """
    app = application(argv)
    collector = Collector(app)
    collector.start()
    try:
        code = _run(app, model, data)
    finally:
        collector.stop()
    # At once: freeing everything of torch and Qt can take seconds, to no benefit.
    end_process(code)


def _run(app: QApplication, model: str | None, data: str | None) -> int:
    project = model if model is not None and Path(model).suffix.lower() == SUFFIX else None
    if project is not None:
        model = None
    window = _new_window(None, model, data)
    if project is not None:
        _Project(window, project)
    window.crashes.install()
    denoiser = model if model is not None and denoises(model) else None
    if data is not None and (model is None or denoiser is not None):
        _Pictures(window, data)
    elif data is not None:
        window.workspace.loaded.connect(partial(_tell_of_other_data, window, data), type=_ONCE)
    if denoiser is not None:
        _Denoiser(window, denoiser)
    interrupts = _Interrupts(window)
    # The frame first: importing torch takes a second in which little other Python code runs.
    window.painted.connect(window.start_gently)
    window.show()
    code = app.exec()
    # Closing saves the session: it must not be interrupted.
    window.close()
    interrupts.restore()
    bench = window.workbench
    if bench is not None:
        # A file that is being written must not be left incomplete.
        bench.background.finish(int(1000 * LONGEST_WRITING_S))
    return code


if __name__ == "__main__":
    main(sys.argv)
