"""Saves and restores the geometry of the window and the layout of its panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from latentlab.qt.controllers.settings import Settings

if TYPE_CHECKING:
    from latentlab.qt.shell.docks import Docks

# Of the saved layout of the panels. Version 1 had no list of dimensions, 2 no attributes, 3 neither own
# picture nor analogy, 4 no diffusion.
LAYOUT, _OLDER_LAYOUTS = 5, (4, 3, 2, 1)

# The first bytes of QWidget.saveGeometry().
_GEOMETRY_MAGIC = QByteArray(b"\x01\xd9\xd0\xcb")


class WindowState:
    """Moves the geometry and layout of one window to and from the settings."""

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        self._window, self._settings = window, settings

    @property
    def known(self) -> bool:
        """Whether a geometry was saved before."""
        return not self._settings.geometry.isEmpty()

    def restore_place(self) -> None:
        """Restores the geometry, never larger than the screen less title bar and borders."""
        room = self._window.screen().availableGeometry()
        self._window.resize(min(1320, room.width() - 8), min(840, room.height() - 40))
        if self.known:
            self._window.restoreGeometry(self._settings.geometry)

    def restore_layout(self, docks: Docks) -> None:
        """Restores the layout of the panels; the default one if what was saved is invalid."""
        window, settings = self._window, self._settings
        docks.fit()
        if not self.known:
            return
        # Qt also refuses a valid geometry that was saved on a screen of another size.
        sound = settings.geometry.startsWith(_GEOMETRY_MAGIC)
        if not (sound and window.restoreState(settings.layout, LAYOUT)):
            if not (sound and any(window.restoreState(settings.layout, old) for old in _OLDER_LAYOUTS)):
                settings.reject("is damaged")
            docks.arrange()

    def note(self) -> None:
        """Writes the current geometry and layout into the settings."""
        self._settings.geometry = self._window.saveGeometry()
        self._settings.layout = self._window.saveState(LAYOUT)
