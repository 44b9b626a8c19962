"""The dialog that saves a selection of pictures: which, in what form, where; then its progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.data.stopping import StoppedError
from latentlab.engine.files.destination import check_destination
from latentlab.errors import LabError
from latentlab.qt.clients.latest_task import Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.session.picture_rows import PictureRows
from latentlab.session.saving_pictures import How, Saved, save_files, save_table, why_not_there

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PROGRESS_MS = 80
_FORMS = (
    ("Table of file names (CSV)", How.TABLE, "A line for each picture: its file, class and other columns."),
    ("Copies of the files", How.COPIES, "Copies of the picture files in a folder."),
    (
        "Links to the files",
        How.LINKS,
        "Symbolic links in a folder, which take no room; copies where there are none.",
    ),
)


@dataclass(frozen=True, eq=False)
class Offer:
    """Pictures that can be saved: what they are called, and their numbers among the rows."""

    title: str
    rows: PictureRows
    numbers: NDArray[np.int32]


class SelectionDialog(QDialog):
    """`saved` carries the `Saved`; `failed` a message and details; `folder_used` the folder, for the next
    time.

    Closing it, or *Stop*, ends the saving; files that have been written stay.
    """

    saved = Signal(object)
    failed = Signal(str, str)
    folder_used = Signal(str)

    def __init__(self, offers: Sequence[Offer], folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("selectionDialog")
        self.setWindowTitle("Save selection")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offers, self._background = tuple(offers), TaskQueue(self)
        self._home = Path(folder) if folder and Path(folder).is_dir() else Path.home()
        self._token: Token | None = None
        self._typed = False
        self.which, self.form = QComboBox(), QComboBox()
        for offer in self._offers:
            self.which.addItem(f"{listed(offer.title)} ({len(offer.numbers):,})")
        for number, (words, how, tip) in enumerate(_FORMS):
            self.form.addItem(words, how.value)
            self.form.setItemData(number, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        self.path = QLineEdit()
        self.path.setMinimumWidth(320)
        self.browse = QPushButton("Browse …")
        self.by_class = CheckBox("A folder for each class")
        self.note = Label()
        self.note.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.hide()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        self.save_button, self.cancel_button = (
            self.buttons.button(kinds.Save),
            self.buttons.button(kinds.Cancel),
        )
        self._clock = QTimer(self, interval=_PROGRESS_MS)
        self._clock.timeout.connect(self._show_progress)
        self._name_controls()
        self._lay_out()
        self.which.currentIndexChanged.connect(self._aim)
        self.form.currentIndexChanged.connect(self._aim)
        self.path.textEdited.connect(self._typing)
        self.path.textChanged.connect(self._look)
        self.by_class.toggled.connect(self._look)
        self.browse.clicked.connect(self._browse)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._aim()

    def _name_controls(self) -> None:
        for control, name, title, tip in (
            (self.which, "selectionWhich", "Pictures", "Which pictures are saved."),
            (self.form, "selectionForm", "Save as", "A table of their names, or their files."),
            (self.path, "selectionPath", "Where", "Path of the table, or of the folder."),
            (self.browse, "selectionBrowse", "Browse", "Choose the file or the folder."),
            (self.by_class, "selectionByClass", "A folder for each class",
             "Put the pictures of each class into a folder of its own, so that they can be opened as data."),
            (self.note, "selectionNote", "Note", "What will be saved."),
            (self.progress, "selectionProgress", "Progress", "How many pictures have been saved."),
            (self.save_button, "selectionSave", "Save", "Save these pictures."),
            (self.cancel_button, "selectionCancel", "Cancel", "Close, or stop saving."),
        ):  # fmt: skip
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(plain_tip(tip))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        form = QFormLayout()
        form.addRow("Pictures", self.which)
        form.addRow("Save as", self.form)
        form.addRow("Where", row)
        form.addRow("", self.by_class)
        last = QHBoxLayout()
        last.addWidget(self.progress, 1)
        last.addStretch()
        last.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addLayout(last)

    # What is chosen

    @property
    def offer(self) -> Offer:
        """The pictures that will be saved."""
        return self._offers[max(0, self.which.currentIndex())]

    @property
    def how(self) -> How:
        """In what form."""
        return How(self.form.currentData())

    @Slot()
    def _typing(self) -> None:
        self._typed = True

    @Slot()
    def _aim(self) -> None:
        """Proposes a name, unless one was typed that suits the form."""
        table = self.how is How.TABLE
        self.by_class.setVisible(not table)
        self.by_class.setEnabled(bool(self.offer.rows.classes))
        if not self._typed or (self.path.text().lower().endswith(".csv") != table):
            self._typed = False
            name = f"{Path(self.offer.rows.title).stem} {self.offer.title.lower()}"
            self.path.setText(str(self._home / (f"{name}.csv" if table else name)))
        self._look()

    @Slot()
    def _look(self) -> None:
        """Says what will be saved, or why nothing can be."""
        text, why, exists = self.path.text().strip(), "", False
        table, offer = self.how is How.TABLE, self.offer
        try:
            path = Path(text).expanduser()
            if table and text:
                check_destination(path, overwrite=True, suffixes=(".csv",))
                exists = path.exists()
            elif text:
                why = why_not_there(path, offer.rows)
        except (LabError, RuntimeError, ValueError, OSError) as error:
            why = str(error)
        words = f"{path.name} exists already and would be replaced." if exists else self._what(offer, table)
        self.note.setText(why or words)
        self.save_button.setText("Replace" if exists else "Save")
        self.save_button.setEnabled(bool(text) and not why and len(offer.numbers) > 0)

    @staticmethod
    def _what(offer: Offer, table: bool) -> str:
        rows = offer.rows
        if table:
            columns = ["number", "file", *(one.name for one in rows.facts if one.name == "class")]
            return f"A line for each picture: {', '.join(columns)} and what else is known of it."
        if rows.file_names is None:
            height, width = rows.images.shape[-2:]
            return (
                f"{rows.title} has no files of single pictures: each is saved as a PNG of {width} × {height}."
            )
        return f"The original files of {rows.title}. A second file of a name gets a number; none is replaced."

    @Slot()
    def _browse(self) -> None:
        if self.how is How.TABLE:
            options = QFileDialog.Option.DontConfirmOverwrite
            place, _ = QFileDialog.getSaveFileName(
                self, self.windowTitle(), self.path.text(), "Table (*.csv)", "", options
            )
            place = place if not place or Path(place).suffix else f"{place}.csv"
        else:
            place = QFileDialog.getExistingDirectory(self, self.windowTitle(), str(self._home))
        if place:
            self._typed = True
            self.path.setText(place)

    # The saving

    def accept(self) -> None:
        """Saves in the background; closes when that is done."""
        self._look()
        if self._token is not None or not self.save_button.isEnabled():
            return
        path = Path(self.path.text().strip()).expanduser()
        self.folder_used.emit(str(path.parent))
        self._token = Token()
        self._become(busy=True)
        work = partial(_save, self.offer, self.how, path, self.by_class.isChecked(), self._token)
        self._background.run(work, self._done, self._broken)
        self._show_progress()

    def reject(self) -> None:
        """Stops the saving; without one, closes."""
        if self._token is not None:
            self._token.drop()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._token is not None:
            self._token.drop()
            # It ends at the next picture.
            self._background.finish()
        self._clock.stop()
        super().closeEvent(event)

    def _become(self, *, busy: bool) -> None:
        for control in (self.which, self.form, self.path, self.browse, self.by_class, self.save_button):
            control.setEnabled(not busy)
        self.progress.setVisible(busy)
        self.cancel_button.setText("Stop" if busy else "Cancel")
        (self._clock.start if busy else self._clock.stop)()

    @Slot()
    def _show_progress(self) -> None:
        if self._token is not None:
            self.progress.setRange(0, self._token.total)
            self.progress.setValue(self._token.done)
            self.progress.setFormat(f"{self._token.done:,} of {self._token.total:,} pictures")

    def _done(self, saved: Saved | None) -> None:
        self._token = None
        self._become(busy=False)
        if saved is None:
            self._look()
            self.note.setText("Stopped. Nothing was saved.")
        elif saved.stopped:
            self._look()
            self.note.setText(f"{saved.in_words()}.")
            self.saved.emit(saved)
        else:
            self.saved.emit(saved)
            super().accept()

    def _broken(self, failure: Failure) -> None:
        self._token = None
        self._become(busy=False)
        self._look()
        self.note.setText(failure.message)
        if failure.details:
            self.failed.emit(failure.message, failure.details)


def _save(offer: Offer, how: How, path: Path, by_class: bool, token: Token) -> Saved | None:
    """Saves; None if it was stopped before anything was written."""
    numbers = offer.numbers.tolist()
    try:
        if how is How.TABLE:
            return save_table(path, offer.rows, numbers, overwrite=True, tick=token.tick)
        return save_files(path, offer.rows, numbers, how, by_class=by_class, tick=token.tick)
    except StoppedError:
        return None
