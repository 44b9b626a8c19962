"""The light and dark theme: style, palettes, and following the desktop's colour scheme."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from latentlab.qt.widgets.colours import Theme, palette_for


class ThemeSwitcher(QObject):
    """Applies the chosen theme to the whole program, and again when the desktop's scheme changes."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, theme: Theme) -> None:
        """Applies another theme."""
        self.theme = theme
        self._apply()
        self.changed.emit()

    @Slot()
    def _apply(self) -> None:
        QApplication.setPalette(palette_for(self.theme))
