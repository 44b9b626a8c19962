"""Saves and restores the geometry of the window, and the workspaces with their layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from latentlab.qt.controllers.settings import Settings

if TYPE_CHECKING:
    from latentlab.qt.shell.workspace_switcher import Workspaces

# The first bytes of QWidget.saveGeometry().
_GEOMETRY_MAGIC = QByteArray(b"\x01\xd9\xd0\xcb")
# The share of the screen that the first window takes; on a small screen it takes what there is, up to this.
_SHARE, _LEAST = 0.85, (1024, 600)
# What a title bar and borders take.
_FRAME = (8, 40)


class WindowState:
    """Moves the geometry and the layouts of one window to and from the settings."""

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        self._window, self._settings = window, settings

    @property
    def known(self) -> bool:
        """Whether a geometry was saved before."""
        return not self._settings.geometry.isEmpty()

    def restore_place(self) -> None:
        """Restores the geometry; the first window has the middle of the screen."""
        room = self._window.screen().availableGeometry()
        size = [
            max(round(_SHARE * whole), min(whole, least) - frame)
            for whole, least, frame in zip((room.width(), room.height()), _LEAST, _FRAME, strict=True)
        ]
        self._window.resize(*size)
        if self.known:
            self._window.restoreGeometry(self._settings.geometry)
        else:
            self._window.move(
                room.x() + (room.width() - size[0]) // 2,
                room.y() + max(0, room.height() - size[1] - _FRAME[1]) // 2,
            )

    def restore_layout(self, workspaces: Workspaces) -> bool:
        """Restores the workspaces; the default layout of one if what was saved is invalid.

        Returns:
            Whether a layout from before there were workspaces is given up.
        """
        settings = self._settings
        # Qt also refuses a valid geometry that was saved on a screen of another size.
        sound = not self.known or settings.geometry.startsWith(_GEOMETRY_MAGIC)
        layouts = settings.layouts if sound else {}
        older = bool(settings.older_layout) and not settings.layouts
        if not workspaces.restore(layouts, settings.workspace) or not sound:
            settings.geometry, settings.layouts = QByteArray(), {}
            settings.give_up(("layout of the panels",), ("geometry", "layouts"))
        return older

    def note(self, workspaces: Workspaces) -> None:
        """Writes the current geometry and layouts into the settings."""
        self._settings.geometry = self._window.saveGeometry()
        self._settings.layouts, self._settings.workspace = workspaces.layouts(), workspaces.current
