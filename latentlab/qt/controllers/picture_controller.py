"""The commands that bring in the user's own picture: open, paste, drop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from latentlab.errors import LabError
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.one_by_one import open_one_by_one
from latentlab.qt.controllers.picture_files import picture_dialog
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.incoming import files_in, incoming, on_clipboard


class PictureController(QObject):
    """`failed` carries a message and details; `overcome` the same message, once a later picture came in;
    `told` messages of success.
    """

    failed = Signal(str, str)
    overcome = Signal(str)
    told = Signal(str)

    def __init__(
        self, window: QMainWindow, workspace: Workspace, opener: FileOpener, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._opener, self._settings = window, opener, settings
        self.pictures = OwnPictures(workspace, opener.background, self)
        self.pictures.failed.connect(self.failed)
        self._last_failure = ""
        self.failed.connect(self._note)
        self.pictures.taken.connect(self._taken)
        opener.picture_wanted.connect(self.open_path)
        opener.thing_dropped.connect(self.take)

    @Slot(str, str)
    def _note(self, message: str, details: str) -> None:
        self._last_failure = message

    @Slot(str)
    def _taken(self, name: str) -> None:
        self.told.emit(f"Encoding {name}; the probe moves to its encoding")
        message, self._last_failure = self._last_failure, ""
        self.overcome.emit(message)

    @Slot()
    def ask_for_file(self) -> None:
        """Shows a dialog for a picture file."""
        title, folder = "Open a picture of your own", self._settings.folder
        page = picture_dialog(self._window, "openPictureDialog", title, folder)
        page.fileSelected.connect(self.open_path)
        page.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Takes a picture file, even one made by LatentLab."""
        self._settings.folder = str(Path(path).parent)
        self.pictures.open_file(Path(path))

    def _take_file(self, path: Path) -> None:
        self.open_path(str(path))

    @Slot()
    def paste(self) -> None:
        """Takes what is on the clipboard: a picture, or files, which are opened as if they were dropped."""
        data = on_clipboard()
        if len(paths := files_in(data)) > 1:
            self._opener.open_files(paths)
            return
        try:
            found = incoming(data)
        except LabError as error:
            self.failed.emit(f"Nothing was pasted: {error}.", "")
            return
        if isinstance(found, Path):
            self._opener.open_file(found)
        else:
            self.pictures.open_image(found)

    @Slot(object)
    def take(self, data: QMimeData) -> None:
        """Takes a dropped picture; of several files, one at a time."""
        if len(paths := files_in(data)) > 1:
            open_one_by_one(self._opener.bar, paths, self._take_file)
            return
        try:
            found = incoming(data)
        except LabError as error:
            self.failed.emit(f"The picture cannot be used: {error}.", "")
            return
        if isinstance(found, Path):
            self.open_path(str(found))
        else:
            self.pictures.open_image(found, "dropped picture")
