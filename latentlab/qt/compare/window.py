"""The window that compares models, beside the main window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from latentlab.qt.compare.view import CompareView, NewRenderer
from latentlab.qt.widgets.latin_keys import LatinKeys
from latentlab.qt.widgets.plain_text import title_text
from latentlab.session.known_data import title_of
from latentlab.session.state import SessionState

_NAME = "compareWindow"


class CompareWindow(QDialog):
    """Closes with its parent, and ends its threads when it closes."""

    def __init__(
        self,
        state: SessionState,
        folder: Path,
        asked: str = "",
        parent: QWidget | None = None,
        new_renderer: NewRenderer | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self.setWindowTitle(
            title_text(f"Compare models · {title_of(state.data)} ({state.split}) — LatentLab")
        )
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if state.selected is None:
            # A window for comparing pictures selects one from the start.
            state = replace(state, selected=0)
        self.view = CompareView(state, folder, asked, new_renderer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        for keys, do in (
            (QKeySequence("Ctrl+Z"), self.view.link.undo_stack.undo),
            (QKeySequence("Ctrl+Shift+Z"), self.view.link.undo_stack.redo),
            (QKeySequence("Ctrl+0"), self.view.show_all),
            (QKeySequence("Ctrl+W"), self.close),
        ):
            QShortcut(keys, self).activated.connect(do)
        LatinKeys(self)
        room = self.screen().availableGeometry()
        self.resize(min(1320, room.width() - 8), min(840, room.height() - 40))

    def start(self, models: list[str] | None = None) -> None:
        """Opens these models, or a default selection."""
        self.view.open_models(self.view.usual_models() if models is None else models)

    @Slot(int)
    def done(self, result: int) -> None:
        """Closes the window; returns when its threads have ended."""
        # Hide first: ending a thread may take as long as its current piece of work.
        super().done(result)
        self.view.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Escape deselects a picture; without one, it must not close the window.
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


def show_compare(
    parent: QWidget, state: SessionState, models: Path, asked: str, log: Callable[[str], None]
) -> None:
    """Opens the window for comparing, or brings it to the front.

    Args:
        parent: the window that it closes with.
        state: the initial session of the models.
        models: the folder of the person's own models.
        asked: the initial folder of the file dialog.
        log: logs unexpected errors.
    """
    page = parent.findChild(CompareWindow, _NAME)
    if page is None:
        page = CompareWindow(state, models, asked, parent)
        page.view.troubled.connect(log)
        page.show()
        page.start()
    page.raise_()
    page.activateWindow()
