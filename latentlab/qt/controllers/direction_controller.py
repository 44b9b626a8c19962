"""The commands for hand-picked groups and directions: gather, make, import and export."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from latentlab.engine.attributes.direction_files import SUFFIXES, load_directions, save_directions
from latentlab.engine.attributes.directions import Directions
from latentlab.errors import LabError
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.session import groups
from latentlab.session.own_edits import Gather, ImportDirections, SetGroups
from latentlab.session.own_files import as_directions, from_directions

_FILTER = f"Directions ({' '.join('*' + suffix for suffix in SUFFIXES)})"


class DirectionController(QObject):
    """`told` carries messages of success, `failed` a message and details."""

    told = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, window: QMainWindow, workspace: Workspace, background: TaskQueue, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._background, self._settings = background, settings

    # Groups

    def gather(self, group: str) -> None:
        """Switches the mouse to gathering points of the plane into a group, or back."""
        on = self._workspace.state.gathering == group
        self._workspace.do(Gather(group="" if on else group))

    def gathers(self, group: str) -> bool:
        """Whether the mouse is gathering for this group."""
        return self._workspace.state.gathering == group

    def has_selected(self) -> bool:
        """Whether a picture is selected that could be put into a group."""
        return self._workspace.model is not None and self._workspace.state.selected is not None

    def add_selected(self, group: str) -> None:
        """Puts the selected picture into a group, or takes it out."""
        number = self._workspace.state.selected
        if number is not None:
            self._workspace.do(groups.toggled(self._workspace.state, group, number))
            inside = groups.members(self._workspace.state, group)
            way = "is in" if number in inside else "is no longer in"
            self.told.emit(f"Picture {number:,} {way} group {group.upper()} ({len(inside):,})")

    def has_groups(self) -> bool:
        """Whether any group has a picture."""
        return bool(self._workspace.state.group_a or self._workspace.state.group_b)

    def clear_groups(self) -> None:
        """Empties both groups."""
        self._workspace.do(SetGroups())

    # Files

    @Slot()
    def ask_to_import(self) -> None:
        """Shows a dialog for a file of directions."""
        page = self._page("Import directions", "importDirectionsDialog")
        page.setFileMode(QFileDialog.FileMode.ExistingFile)
        page.fileSelected.connect(self.import_from)
        page.open()

    @Slot()
    def ask_to_export(self) -> None:
        """Shows a dialog for the file to export the user's directions of this model to."""
        page = self._page("Export your directions", "exportDirectionsDialog")
        page.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        page.setDefaultSuffix(SUFFIXES[0].removeprefix("."))
        page.fileSelected.connect(self.export_to)
        page.open()

    def _page(self, title: str, name: str) -> QFileDialog:
        page = QFileDialog(self._window, title, self._settings.folder, _FILTER)
        page.setObjectName(name)
        page.finished.connect(page.deleteLater)
        return page

    @Slot(str)
    def import_from(self, path: str) -> None:
        """Reads directions in the background; those of this model become the user's own."""
        self._settings.folder = str(Path(path).parent)
        read = functools.partial(load_directions, path)
        self._background.run(read, functools.partial(self._imported, Path(path)), self._failed)

    def _imported(self, path: Path, found: Directions) -> None:
        model, own = self._workspace.model, self._workspace.state.own
        if model is None:
            self.failed.emit(f"{path}: the model is still being opened. Import it again afterwards.", "")
            return
        try:
            new = from_directions(found, model, own)
        except LabError as error:
            self.failed.emit(str(LabError(error.what, path, error.hint)), "")
            return
        if new:
            self._workspace.do(ImportDirections(own=new))
        plural = "" if len(new) == 1 else "s"
        known = len(found) - len(new)
        others = f"; {known} were there already" if known else ""
        self.told.emit(f"Imported {len(new)} direction{plural} from {path.name}{others}")

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Writes the user's directions of this model; the file dialog has confirmed a replacement."""
        self._settings.folder = str(Path(path).parent)
        if self._workspace.model is None:
            return
        try:
            directions = as_directions(self._workspace.state.own, self._workspace.model)
        except LabError as error:
            self.failed.emit(f"{path}: nothing was saved: {error.what}", "")
            return
        write = functools.partial(save_directions, path, directions, overwrite=True)
        self._background.run(write, self._exported, self._failed)

    def _exported(self, path: Path) -> None:
        self.told.emit(f"Saved {path}")

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)
