"""The recent projects on the page of the gallery: what a click, a key and the menu of a card do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.gallery.card_menu import pop_up
from latentlab.qt.shell.gallery.project_card import ProjectCard


class ProjectCommands:
    """The commands of these cards.

    Args:
        show_in_folder: shows a file to the person.
        changed: called when the list has changed.
    """

    def __init__(
        self,
        opener: FileOpener,
        settings: Settings,
        show_in_folder: Callable[[Path], None],
        changed: Callable[[], None],
    ) -> None:
        self._opener, self._settings = opener, settings
        self._show_in_folder, self._changed = show_in_folder, changed

    def open(self, card: ProjectCard) -> None:
        """Opens the project, if it is not the one that is open."""
        if not card.is_open:
            self._opener.open_file(card.path)

    def press(self, card: ProjectCard, key: int) -> None:
        """Does what a key means: Delete takes a project off the list."""
        if key == Qt.Key.Key_Delete:
            self.forget(card)

    def open_menu(self, card: ProjectCard, parent: QWidget | None, place: QPoint) -> None:
        """Opens the menu of a card at a global place."""
        pop_up(parent, (
            ("openRecentAction", "&Open", "", card.click),
            ("showProjectAction", "&Show in folder", "", partial(self._show_in_folder, card.path)),
            ("forgetProjectAction", "Take off this &list", "Del", partial(self.forget, card)),
        ), place)  # fmt: skip

    def forget(self, card: ProjectCard) -> None:
        """Takes a project off the list; its file stays where it is."""
        self._settings.projects = tuple(one for one in self._settings.projects if Path(one) != card.path)
        self._changed()
