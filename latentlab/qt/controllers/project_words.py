"""What is said of a project that has been opened, and what is offered to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.qt.controllers.data_hashes import DataHashes
from latentlab.qt.controllers.project_copies import UnsavedCopy
from latentlab.qt.controllers.project_work import Opened
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.project import same_work

_NAMED = 3


class ProjectWords(QObject):
    """Says it in the message bar; `told` carries words for the status bar where there is nothing to answer.

    `found` (Opened) says that a missing model is to be looked for, `taken_up` (UnsavedCopy) that unsaved
    changes are wanted.
    """

    told = Signal(str)
    found = Signal(object)
    taken_up = Signal(object)

    def __init__(self, bar: MessageBar, hashes: DataHashes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar, self._hashes = bar, hashes
        self._lines: list[str] = []
        self._offer: tuple[str, Callable[[], None] | None] = ("", None)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._say)

    def tell(self, opened: Opened, refusal: str, copy: UnsavedCopy | None) -> None:
        """Says it in a moment: what is said of its model comes first, and stays.

        Args:
            refusal: why it is read-only; "" if it is not.
            copy: what was not saved of it.
        """
        path, missing = opened.path, opened.found.models
        self._lines, self._offer = [], ("", None)
        if refusal:
            text = f"{path.name} is read-only: {refusal}. Save it under another name to go on."
            self._lines.append(text)
        if self._hashes.differ(opened.found.project.data):
            self._lines.append(f"Its pictures have changed since {path.name} was saved.")
        if missing:
            names = ", ".join(Path(one.named).name for one in missing[:_NAMED])
            text = f"{path.name}: {names} is not where it was. Your work with it is kept until it is found."
            self._lines.append(text)
            self._offer = "Find it …", partial(self.found.emit, opened)
        elif copy is not None and not same_work(copy.project, opened.found.project):
            self._lines.append(f"{path.name} was changed until {copy.time}, and the changes were not saved.")
            self._offer = "Restore the changes", partial(self.taken_up.emit, copy)
        if not self._lines:
            self.told.emit(f"Opened {path.name}")
        self._bar.hide()
        self._soon.start()

    @Slot()
    def _say(self) -> None:
        if self._lines:
            self._bar.say("\n".join(self._lines), *self._offer, beside=True)
