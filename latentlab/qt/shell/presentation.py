"""Full screen, and the presentation mode for a lecture hall: larger text and pictures, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from latentlab.qt.shell.docks import Docks
from latentlab.qt.shell.workspace_switcher import Workspaces

# Of the font. At a lecture, people sit five times as far from the picture as at a desk; the picture grows
# with the screen, and so does its text.
_SCALE = 1.5


class Presentation(QObject):
    """`changed` is emitted when it begins or ends, or when the window is made to fill the screen or no
    longer does.
    """

    changed = Signal()

    def __init__(self, window: QMainWindow, docks: Docks, workspaces: Workspaces) -> None:
        super().__init__(window)
        self._window, self._docks, self._workspaces = window, docks, workspaces
        self._font = QApplication.font()
        self._filled_screen = False
        self.active = False
        self._leaving = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._leaving.setEnabled(False)
        self._leaving.activated.connect(self.leave)

    @property
    def fills_screen(self) -> bool:
        """Whether the window fills the screen."""
        return bool(self._window.windowState() & Qt.WindowState.WindowFullScreen)

    @Slot()
    def switch_full_screen(self) -> None:
        """Makes the window fill the screen, or gives it back its frame; that ends a presentation, too."""
        if self.active:
            self._filled_screen = False
            self.leave()
            return
        self._fill_screen(not self.fills_screen)
        self.changed.emit()

    @Slot()
    def switch(self) -> None:
        """Begins or ends the presentation."""
        if self.active:
            self.leave()
        else:
            self.begin()

    def begin(self) -> None:
        """Enlarges the text, and hides menus, status bar, titles and all panels that are not needed."""
        self.active, self._filled_screen = True, self.fills_screen
        self._font = QApplication.font()
        larger = QApplication.font()
        larger.setPointSizeF(_SCALE * larger.pointSizeF())
        self._window.setUpdatesEnabled(False)
        try:
            self._workspaces.present(True)
            self._show_frame(False)
            QApplication.setFont(larger)
            self._fill_screen(True)
        finally:
            self._window.setUpdatesEnabled(True)
        self._workspaces.fit()
        self._leaving.setEnabled(True)
        self.changed.emit()

    @Slot()
    def leave(self) -> None:
        """Puts everything back as it was."""
        if not self.active:
            return
        self.active = False
        self._leaving.setEnabled(False)
        self._window.setUpdatesEnabled(False)
        try:
            QApplication.setFont(self._font)
            self._show_frame(True)
            self._fill_screen(self._filled_screen)
            self._workspaces.present(False)
        finally:
            self._window.setUpdatesEnabled(True)
        self.changed.emit()

    def _fill_screen(self, filled: bool) -> None:
        state, full = self._window.windowState(), Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state | full if filled else state & ~full)

    def _show_frame(self, shown: bool) -> None:
        self._window.menuBar().setVisible(shown)
        self._window.statusBar().setVisible(shown)
        for dock in self._docks.all:
            bare = dock.titleBarWidget()
            if shown and bare is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]  # back to Qt's own
                bare.deleteLater()
            elif not shown:
                dock.setTitleBarWidget(QWidget())
