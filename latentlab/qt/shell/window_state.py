"""Where a window and its panels were when it was closed: written down as Qt does it, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from latentlab.qt.controllers.settings import Settings

if TYPE_CHECKING:
    from latentlab.qt.shell.docks import Docks

# Of the panels' layout, as Qt writes it down. The first knew no list of dimensions, the second no attributes,
# the third neither own picture nor analogy, the fourth no diffusion.
_LAYOUT, _OLDER_LAYOUTS = 5, (4, 3, 2, 1)

# What QWidget.saveGeometry() begins with.
_GEOMETRY_MAGIC = QByteArray(b"\x01\xd9\xd0\xcb")


class WindowState:
    """Place and layout of one window, between it and the settings."""

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        self._window, self._settings = window, settings

    @property
    def known(self) -> bool:
        """Whether the window has been somewhere before."""
        return not self._settings.geometry.isEmpty()

    def restore_place(self) -> None:
        """The window where it was, never larger than the screen less what a title bar and borders take."""
        room = self._window.screen().availableGeometry()
        self._window.resize(min(1320, room.width() - 8), min(840, room.height() - 40))
        if self.known:
            self._window.restoreGeometry(self._settings.geometry)

    def restore_layout(self, docks: Docks) -> None:
        """The panels where they were; in their own places if what was saved makes no sense."""
        window, settings = self._window, self._settings
        docks.fit()
        if not self.known:
            return
        # Qt also declines a sound geometry that was saved on a screen of another size.
        sound = settings.geometry.startsWith(_GEOMETRY_MAGIC)
        if not (sound and window.restoreState(settings.layout, _LAYOUT)):
            if not (sound and any(window.restoreState(settings.layout, old) for old in _OLDER_LAYOUTS)):
                settings.reject("is damaged")
            docks.arrange()

    def note(self) -> None:
        """Writes into the settings where everything is now."""
        self._settings.geometry = self._window.saveGeometry()
        self._settings.layout = self._window.saveState(_LAYOUT)
