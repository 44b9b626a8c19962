"""Picture files that come into a view and leave it: the dialogs, and the reading in the background."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from latentlab.data.pictures.formats import SUFFIXES
from latentlab.engine.files.export import PICTURE_FORMATS
from latentlab.engine.types import Picture
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.widgets.plain_text import listed


def picture_dialog(over: QWidget, name: str, title: str, folder: str = "") -> QFileDialog:
    """A dialog over the window of a widget for one picture file of any format; not open yet.

    Args:
        name: its objectName.
        folder: where it begins; "" for the current folder.
    """
    page = _dialog(over, name, title, folder, SUFFIXES, "All files (*)")
    page.setFileMode(QFileDialog.FileMode.ExistingFile)
    return page


class PictureFiles(QObject):
    """Reads pictures for a view, and asks in dialogs over it which, and where to save the view's own.

    `read` carries the name and the pixels of a picture, uint8 (H, W) or (H, W, 3); `save_wanted` the path of
    a file to write; `said` a line about what goes on, "" when it is over.

    Args:
        view: the view.
        pictures: reads the files.
        subject: what the dialogs are about, such as "Texture": their objectNames are "open" or "save", this
            and "Dialog".
    """

    read = Signal(str, object)
    save_wanted = Signal(str)
    said = Signal(str)

    def __init__(self, view: QWidget, pictures: OwnPictures, subject: str) -> None:
        super().__init__(view)
        self._view, self._pictures, self._subject = view, pictures, subject

    def ask_for_one(self, title: str) -> None:
        """Shows a dialog for a picture file, which is then read."""
        page = picture_dialog(self._view, f"open{self._subject}Dialog", title)
        page.fileSelected.connect(self.take)
        page.open()

    @Slot(str)
    def take(self, path: str) -> None:
        """Reads a picture file in the background."""
        name = listed(Path(path).name)
        self.said.emit(f"Reading {name} …")
        broken = partial(self.said.emit, f"{name} cannot be read.")
        self._pictures.read(Path(path), partial(self._came, Path(path).name), broken)

    def _came(self, name: str, pixels: Picture) -> None:
        self.said.emit("")
        self.read.emit(name, pixels)

    def ask_where(self, title: str, proposed: str) -> None:
        """Shows a dialog for where to save the view's picture."""
        page = _dialog(self._view, f"save{self._subject}Dialog", title, "", PICTURE_FORMATS)
        page.selectFile(proposed)
        page.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        page.setDefaultSuffix("png")
        page.fileSelected.connect(self.save_to)
        page.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Asks the view to save its picture there."""
        self.said.emit("Saving …")
        self.save_wanted.emit(path)

    def saved(self, path: Path) -> None:
        """Says that the view's picture has been saved."""
        self.said.emit(f"Saved {listed(path.name)} in {listed(str(path.parent))}")


def _dialog(
    over: QWidget, name: str, title: str, folder: str, endings: Iterable[str], *others: str
) -> QFileDialog:
    page = QFileDialog(over.window(), title, folder)
    page.setObjectName(name)
    page.setNameFilters([f"Pictures ({' '.join(f'*{one}' for one in sorted(endings))})", *others])
    page.finished.connect(page.deleteLater)
    return page
