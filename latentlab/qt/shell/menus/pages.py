"""The pages that tell about the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentlab.qt.shell.about_dialog import AboutDialog
from latentlab.qt.shell.shortcuts_dialog import ShortcutsDialog

if TYPE_CHECKING:
    from latentlab.qt.shell.main_window import LabWindow


def show_about(window: LabWindow) -> None:
    """Versions, model and details for a report."""
    paths = {"settings": window.settings.path, "log": window.crashes.log.path}
    AboutDialog(window.workspace.model, paths, window.background, window).show()


def show_shortcuts(window: LabWindow) -> None:
    """All keys."""
    ShortcutsDialog(window.actions_, window).show()
