"""Writes unexpected exceptions to a log file and shows them in one non-modal dialog."""

from __future__ import annotations

import functools
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from latentlab.plain import printable
from latentlab.qt.widgets.plain_text import Label
from latentlab.version import __version__

_MOST_BYTES, _BACKUPS = 500_000, 3
# An error in a paint event comes sixty times a second.
_MOST_SHOWN = 20


def default_log_file() -> Path:
    """Where this system keeps an application's log."""
    import platformdirs  # here, as logging below: the window's frame need not wait for it

    return Path(platformdirs.user_log_dir("LatentLab", appauthor=False)) / "latentlab.log"


class CrashLog:
    """A rotating log file. If it cannot be written, entries go to stderr."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str) -> None:
        """Adds an entry with time and versions."""
        import logging.handlers

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Opened for each entry: entries are rare, and no file handle stays open.
            handler = logging.handlers.RotatingFileHandler(
                self.path, maxBytes=_MOST_BYTES, backupCount=_BACKUPS, encoding="utf-8"
            )
        except OSError as error:
            print(printable(f"latentlab: {self.path}: the log cannot be written ({error})"), file=sys.stderr)
            return
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        record = logging.LogRecord(
            "latentlab", logging.ERROR, "", 0, f"{versions()}\n{text.rstrip()}\n", None, None
        )
        try:
            handler.emit(record)
        finally:
            handler.close()


@functools.cache
def versions() -> str:
    """The versions of what is running, in one line."""
    from importlib import metadata

    found = [f"LatentLab {__version__}", f"Python {sys.version.split()[0]}"]
    for name in ("PySide6-Essentials", "torch", "numpy"):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join([*found, sys.platform])


class CrashReporter(QObject):
    """Handles uncaught exceptions of all threads, until `uninstall`."""

    _caught = Signal(str, str)

    def __init__(self, window: QWidget, path: Path | None = None) -> None:
        super().__init__(window)
        self.log = CrashLog(path or default_log_file())
        self.dialog: CrashDialog | None = None
        self._window = window
        self._hooks = sys.excepthook, threading.excepthook
        self._installed = False
        self._caught.connect(self.report, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Installs the exception hooks."""
        self._hooks = sys.excepthook, threading.excepthook
        self._installed = True
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def uninstall(self) -> None:
        """Restores the previous hooks."""
        if self._installed:
            self._installed = False
            sys.excepthook, threading.excepthook = self._hooks

    @Slot(str)
    def note(self, text: str) -> None:
        """Only logs an error that has been shown elsewhere."""
        self.log.write(text)

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C, sys.exit
            self._hooks[0](kind, error, trace)
            return
        details = printable("".join(traceback.format_exception(kind, error, trace)))
        print(details, file=sys.stderr, end="")
        # Queued: the exception may have come in the middle of a paint event, or on another thread.
        self._caught.emit(f"{kind.__name__}: {error}", details)

    def _thread_hook(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._hook(caught.exc_type, caught.exc_value, caught.exc_traceback)

    @Slot(str, str)
    def report(self, message: str, details: str) -> None:
        """Logs an error and shows it, together with earlier ones that are still shown."""
        self.log.write(details)
        if self.dialog is None or not self.dialog.isVisible():
            self.dialog = CrashDialog(self.log.path, self._window)
            self.dialog.show()
        self.dialog.add(message, details)


class CrashDialog(QDialog):
    """Says that something went wrong, with details to copy. The window behind it stays usable."""

    def __init__(self, log: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle("Something went wrong — LatentLab")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.setModal(False)
        self.resize(620, 380)
        self.faults = 0
        self.message = Label()
        self.message.setObjectName("crashMessage")
        self.message.setWordWrap(True)
        self.details = QPlainTextEdit()
        self.details.setObjectName("crashDetails")
        self.details.setAccessibleName("Details of the error")
        self.details.setToolTip("What a developer needs to know: copy it into a report.")
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        place = Label(f"This is also in the log: {log}")
        place.setObjectName("crashLogPlace")
        place.setWordWrap(True)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("crashCopy")
        copy.setToolTip("Put the details on the clipboard.")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self.message, self.details, place, buttons):
            layout.addWidget(part)

    def add(self, message: str, details: str) -> None:
        """Adds an error; the newest is named, and the first few are shown in full."""
        self.faults += 1
        before = f" ({self.faults} errors so far)" if self.faults > 1 else ""
        self.message.setText(
            f"An unexpected error occurred; LatentLab continues{before}.\n{message}\nYour session "
            "is kept. If it happens again, please report it with these details."
        )
        if self.faults <= _MOST_SHOWN:
            head = f"{versions()}\n\n" if self.faults == 1 else ""
            self.details.appendPlainText(f"{head}{details}")

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
