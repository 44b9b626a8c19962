"""The import dialog: previews the pictures at a path, asks how to read them, reads them, and reports."""

from __future__ import annotations

import enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QWidget

from latentlab.data.report import shown
from latentlab.data.spec import Spec
from latentlab.qt.clients.latest_task import Newest
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.open_data.page import Page
from latentlab.qt.open_data.work import Pictures, look, read_all
from latentlab.qt.widgets.plain_text import plain_tip, title_text
from latentlab.qt.widgets.term import explain_by_f1

if TYPE_CHECKING:
    from latentlab.data.opening import Preview

_LOOK_MS, _PROGRESS_MS = 100, 80


class Stage(enum.Enum):
    """The stage of the dialog."""

    CHOOSING = "choosing"
    READING = "reading"
    TOLD = "told"  # everything is read, and the report is shown


class OpenDataDialog(QDialog):
    """The dialog for one path. `train_first`: its Enter key goes on to the training form.

    `opened` carries the spec, the `ReadingReport` and the shape (C, H, W) of a picture; `broken` the message
    and the details of an unexpected error, for the log.
    """

    # All three as objects: Qt's strings lose undecodable bytes of file names.
    opened = Signal(object, object, object)
    broken = Signal(str, str)

    def __init__(
        self,
        asked: Spec,
        background: TaskQueue,
        parent: QWidget | None = None,
        *,
        train_first: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("openDataDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._source = asked.source
        name = shown(Path(self._source).name or self._source)
        self.setWindowTitle(title_text(f"Open {name}"))
        explain_by_f1(self, "open_data")
        self.stage = Stage.CHOOSING
        self.pictures: Pictures | None = None
        # Whether a model is to be trained on the pictures at once.
        self.to_train = False
        self.page = Page(shown(self._source), asked.options, self)
        self.train_button = self.page.train
        self.open_button, self.cancel_button = self._buttons()
        (self.train_button if train_first else self.open_button).setDefault(True)
        self._preview = Newest(background, self._show_preview, self._no_preview)
        self._reading = Newest(background, self._read, self._not_read)
        self._look_soon = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look_soon.timeout.connect(self._look)
        self._clock = QTimer(self, interval=_PROGRESS_MS)
        self._clock.timeout.connect(self._show_progress)
        self.page.choices.changed.connect(self._changed)
        self._look()

    def _buttons(self) -> tuple[QPushButton, QPushButton]:
        kinds = QDialogButtonBox.StandardButton
        box = self.page.buttons
        opening, cancel = box.button(kinds.Open), box.button(kinds.Cancel)
        for button, name, title, tip in (
            (opening, "dataOpen", "Open", "Read all of these pictures, and show them."),
            (self.train_button, "dataTrain", "Open and train …",
             "Read all of these pictures, and show the form to train a model on them."),
            (cancel, "dataCancel", "Cancel", "Close this page, or stop reading."),
        ):  # fmt: skip
            button.setObjectName(name)
            button.setAccessibleName(title)
            button.setToolTip(plain_tip(tip))
        self.train_button.clicked.connect(self._accept_to_train)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return opening, cancel

    @property
    def spec(self) -> str:
        """The spec of the current choices."""
        return str(Spec(self._source, self.page.choices.options))

    # The look before

    @Slot()
    def _changed(self) -> None:
        """The options have changed: drops the preview being made."""
        self._preview.drop()
        self.page.say("")
        self.page.strip.wait()
        self._look_soon.start()

    @Slot()
    def _look(self) -> None:
        self._preview.run(partial(look, self.spec))

    def _show_preview(self, preview: Preview) -> None:
        count = preview.pictures
        found = f"{count:,} {'picture' if count == 1 else 'pictures'} ({preview.kind})."
        if preview.pairs:
            planes, side = preview.pairs[0][1].shape[:2]
            found += f" Each becomes {side} × {side}, {'grey' if planes == 1 else 'in colour'}."
            if self.page.choices.options.side is None:
                self.page.choices.tell_side(side)
        self.page.choices.tell_whites(preview.whites)
        self.page.choices.columns.tell(preview.table)
        if preview.table is not None:
            found += f"\n{preview.table.words}."
        self.page.found.setText(found)
        self.page.strip.show_preview(preview)
        self._enable(True)

    def _no_preview(self, failure: Failure) -> None:
        self.page.found.setText("Nothing here can be opened.")
        self.page.strip.show_nothing()
        self._tell_failure(failure)
        # With these options, opening would fail in the same way.
        self._enable(False)

    # The reading

    @Slot()
    def _accept_to_train(self) -> None:
        self.to_train = True
        self.accept()

    def accept(self) -> None:
        """Reads everything; when that is done, and the report has been read, the dialog closes."""
        if self.stage is Stage.TOLD and self.pictures is not None:
            pictures = self.pictures
            super().accept()
            self.opened.emit(pictures.spec, pictures.report, pictures.shape)
        elif self.stage is Stage.CHOOSING and self.open_button.isEnabled():
            # One task at a time: a preview that is not needed any more would have to be waited for.
            self._look_soon.stop()
            self._preview.drop()
            self._become(Stage.READING)
            self.page.say("")
            self._reading.run(partial(read_all, self.spec))
            self._show_progress()

    def reject(self) -> None:
        """Stops the reading; without one, closes the dialog."""
        if self.stage is Stage.READING:
            self._reading.drop()
            self._become(Stage.CHOOSING)
            self.to_train = False
            self.page.say("Stopped. Nothing was opened.")
        else:
            self._let_go()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        # The window is closing, or the user has confirmed: no second question.
        self._let_go()
        self.stage = Stage.CHOOSING
        super().closeEvent(event)

    def _let_go(self) -> None:
        self._look_soon.stop()
        self._clock.stop()
        self._preview.drop()
        self._reading.drop()

    @Slot()
    def _show_progress(self) -> None:
        token = self._reading.token
        if token is not None:
            self.page.show_progress(token.done, token.total)

    def _read(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self._become(Stage.TOLD)
        if pictures.report.skipped_count:
            self.page.show_report(pictures.report)
            _call(self.open_button, f"Use the {pictures.report.read:,} pictures")
            self.train_button.setVisible(not self.to_train)
            self.open_button.setFocus()
        else:
            self.accept()

    def _not_read(self, failure: Failure) -> None:
        self._become(Stage.CHOOSING)
        self._tell_failure(failure)

    def _tell_failure(self, failure: Failure) -> None:
        self.page.say(failure.message, fault=True)
        if failure.details:
            self.broken.emit(failure.message, failure.details)

    def _enable(self, on: bool) -> None:
        self.open_button.setEnabled(on)
        self.train_button.setEnabled(on)

    def _become(self, stage: Stage) -> None:
        self.stage = stage
        choosing, reading = stage is Stage.CHOOSING, stage is Stage.READING
        self.page.choices.setEnabled(choosing)
        self.page.progress.setVisible(reading)
        self._enable(not reading)
        _call(self.cancel_button, "Stop" if reading else "Cancel")
        (self._clock.start if reading else self._clock.stop)()
        if choosing and self.page.strip.waiting:
            # The preview that was dropped for the reading.
            self._look()


def _call(button: QPushButton, text: str) -> None:
    button.setText(text)
    button.setAccessibleName(text)
