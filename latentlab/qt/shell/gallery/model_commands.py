"""The models on the page of the gallery: what a click, a key and the menu of a card do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from latentlab.engine.files.model_cards import ModelFacts
from latentlab.engine.files.model_notes import read_note
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.model_files import ModelFiles
from latentlab.qt.shell.gallery.card import Card
from latentlab.qt.shell.gallery.card_menu import pop_up
from latentlab.qt.shell.gallery.dialogs import NoteDialog, RenameDialog


class ModelCommands:
    """The commands of these cards.

    Args:
        say: shows a message where it can be seen.
    """

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        opener: FileOpener,
        files: ModelFiles,
        say: Callable[[str], None],
    ) -> None:
        self._window, self._workspace, self._opener = window, workspace, opener
        self._files, self._say = files, say

    def open(self, card: Card) -> None:
        """Opens the model, if it is not the one that is open."""
        one, now = card.facts, self._workspace.model
        if now is None or Path(now.path).resolve() != one.path.resolve():
            self._opener.open_model(one.model)

    def press(self, card: Card, key: int) -> None:
        """Does what a key means: F2 renames a model, Delete moves it to the trash."""
        if card.facts.ships:
            self._say(f"{card.facts.title} comes with LatentLab: it keeps its name and its place.")
        elif key == Qt.Key.Key_F2:
            self._rename(card.facts)
        else:
            self._files.trash(card.facts)

    def open_menu(self, card: Card, parent: QWidget | None, place: QPoint) -> None:
        """Opens the menu of a card at a global place."""
        one, files = card.facts, self._files
        commands = (
            ("openModelAction", "&Open", "", True, card.click),
            ("renameModelAction", "&Rename …", "F2", not one.ships, partial(self._rename, one)),
            ("duplicateModelAction", "&Duplicate", "", True, partial(files.duplicate, one)),
            ("noteModelAction", "&Notes …", "", True, partial(self._write_note, one)),
            ("showModelAction", "&Show in folder", "", True, partial(files.show_in_folder, one.path)),
            ("trashModelAction", "Move to &trash", "Del", not one.ships, partial(files.trash, one)),
        )
        pop_up(parent, ((name, text, key, do) for name, text, key, can, do in commands if can), place)

    def _rename(self, one: ModelFacts) -> None:
        dialog = RenameDialog(one, self._window)
        dialog.named.connect(partial(self._files.rename, one))
        dialog.open()

    def _write_note(self, one: ModelFacts) -> None:
        dialog = NoteDialog(one, read_note(self._files.notes, one.hash), self._window)
        dialog.written.connect(partial(self._files.keep_note, one))
        dialog.open()
