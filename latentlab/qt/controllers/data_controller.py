"""Opens data sets, the user's own or those of the catalog, for viewing and for training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from latentlab.data.report import ReadingReport
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.engine.training.presets import too_few_in_words
from latentlab.errors import LabError
from latentlab.qt.clients.latest_task import Newest
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.open_data.dialog import OpenDataDialog
from latentlab.qt.open_data.work import read_again
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.edits import ChangeData
from latentlab.session.known_data import (
    Known,
    Shape,
    choices,
    shape_in_words,
    shape_of,
    split_to_show,
    title_of,
)
from latentlab.session.picture_rows import PictureRows, found_in_words
from latentlab.session.recent_data import RecentData, with_newest

_FILES = "Files of pictures (*.zip *.npz *.csv list_attr*.txt *.gz *-ubyte *.idx3);;All files (*)"


class TrainingForm(Protocol):
    """The form where the user chooses what to train on."""

    @property
    def idle(self) -> bool:
        """Whether no training is running."""

    @property
    def filled(self) -> bool:
        """Whether its list of data has been filled."""

    def offer_data(self, known: Sequence[Known], spec: str) -> None:
        """Offers these data, and chooses those of a spec."""


class DataController(QObject):
    """`changed` says that the data to choose from have changed; `failed` carries a message and details.

    `pictures_read` carries the `PictureRows` of the user's own pictures when they have been read;
    `browse_wanted` asks to bring them to the front; `told` carries messages of success.
    """

    changed = Signal()
    failed = Signal(str, str)
    pictures_read = Signal(object)
    browse_wanted = Signal()
    told = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        background: TaskQueue,
        bar: MessageBar,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._background = window, workspace, background
        self._bar, self._settings = bar, settings
        self.page: OpenDataDialog | None = None
        self._form: TrainingForm | None = None
        self._show_form: Callable[[], None] | None = None
        self._offered = ""
        self._reading = Newest(background, self._read_again, self._not_read)
        workspace.split_of = self._split_of

    def trains_in(self, form: TrainingForm, show: Callable[[], None]) -> None:
        """Sets the form that offers data for training; `show` brings it to the front."""
        self._form, self._show_form = form, show

    # What there is

    @property
    def recent(self) -> tuple[RecentData, ...]:
        """The user's own data opened most recently, newest first."""
        return self._settings.recent

    def known(self) -> list[Known]:
        """All data that can be chosen."""
        return choices(self.recent)

    def recent_titles(self) -> list[str]:
        """Titles of `recent`."""
        return [known.title for known in choices(self.recent)[len(SHIPPED_SETS) :]]

    def count_in_words(self, split: str) -> str:
        """The number of pictures of the open data, as far as known: " (10,000 of mnist)"."""
        model = self._workspace.model
        if model is None:
            return ""
        count = f"{len(model.images):,} " if model.split == split else ""
        return f" ({count}of {title_of(model.data)})"

    # Opening one's own

    def ask_for_folder(self, *, to_train: bool = False) -> None:
        """Shows a dialog for a folder of pictures; see `open_spec`."""
        open_it = partial(self.open_path, to_train=to_train)
        page = self._file_page("openFolderDialog", "Open a folder of pictures", open_it)
        page.setFileMode(QFileDialog.FileMode.Directory)
        page.open()

    def ask_for_file(self) -> None:
        """Shows a dialog for a file that holds pictures."""
        page = self._file_page("openPicturesDialog", "Open a file of pictures", self.open_path)
        page.setNameFilters(_FILES.split(";;"))
        page.setFileMode(QFileDialog.FileMode.ExistingFile)
        page.open()

    def _file_page(self, name: str, title: str, open_it: Callable[[str], None]) -> QFileDialog:
        page = QFileDialog(self._window, title, self._settings.folder)
        page.setObjectName(name)
        page.fileSelected.connect(open_it)
        page.finished.connect(page.deleteLater)
        return page

    @Slot(str)
    def open_path(self, path: str, *, to_train: bool = False) -> None:
        """Opens the import page on a folder or file."""
        self._settings.folder = str(Path(path).parent)
        self.open_spec(str(Spec(str(Path(path).absolute()))), to_train=to_train)

    def open_spec(self, spec: str, *, to_train: bool = False) -> None:
        """Opens the import page on data given by a path; chooses those of the catalog. `to_train` makes its
        button that goes on to the training form the one that Enter presses.
        """
        if spec in SHIPPED_SETS:
            self.choose(spec)
            return
        try:
            asked = Spec.parse(spec)
        except LabError as error:
            self._bar.say(str(error))
            return
        if self.page is not None:
            self.page.destroyed.disconnect(self._page_gone)
            self.page.close()
            self.page = None
        page = OpenDataDialog(asked, self._background, self._window, train_first=to_train)
        page.opened.connect(self._opened)
        page.broken.connect(self.failed)
        page.destroyed.connect(self._page_gone)
        self.page = page
        page.open()

    @Slot()
    def _page_gone(self) -> None:
        self.page = None

    @Slot(object, object, object)
    def _opened(self, spec: str, report: ReadingReport, shape: Shape) -> None:
        self._settings.recent = with_newest(self.recent, RecentData(spec, shape, report.read))
        self.changed.emit()
        page = self.page
        rows = None if page is None or page.pictures is None else page.pictures.rows
        self.pictures_opened(spec, title_of(spec), report, rows, train=page is not None and page.to_train)

    def pictures_opened(
        self,
        spec: str,
        title: str,
        report: ReadingReport,
        rows: PictureRows | None = None,
        *,
        train: bool = False,
    ) -> None:
        """Pictures have been read: shows them, says what was found, and offers them for training, and to the
        model if it takes such pictures. With `train` the training form is shown in their place.
        """
        if rows is not None:
            self.pictures_read.emit(rows)
        if rows is None or train:
            self.offer_training(spec)
        else:
            self._choose_in_form(spec)
            self.browse_wanted.emit()
        text = _in_short(report)
        too_few = too_few_in_words(report.read)
        if self._workspace.model is not None and self._workspace.model.missing and self._fits(spec):
            # They were looked for, to be seen.
            self._show(spec)
            self._bar.say(text, good=True)
            return
        if too_few:
            self._bar.say(f"{text}\n{too_few}")
        elif rows is not None and not train:
            # What can be done with them is offered over the pictures.
            if report.skipped_count:
                self._bar.say(text, good=True)
            else:
                self.told.emit(text.partition("\n")[0])
        else:
            # The report says why there are none.
            found = "" if rows is None else found_in_words(rows, also_none="no classes" not in text)
            text = "\n".join(filter(None, (text, found)))
            when = "now" if self._form is None or self._form.idle else "when the training is finished"
            self._offered = f"{text}\n{title} can be trained on {when}."
            self._bar.say(self._offered, good=True)

    @Slot()
    def training_begins(self) -> None:
        """Takes back the message that pictures can be trained on."""
        self._bar.take_back(self._offered)

    # Going to others

    def choose(self, spec: str) -> None:
        """Shows these data in the plane if their pictures fit the model; else says why not, and shows them
        by themselves.
        """
        model = self._workspace.model
        if model is None or spec == model.data:
            return
        if self._fits(spec):
            self._show(spec)
            return
        shape = shape_of(spec, self.recent)
        has = f"; {title_of(spec)} has {shape_in_words(shape)}" if shape else ""
        _, planes, height, width = model.images.shape
        made_for = shape_in_words((planes, height, width))
        text = f"{model.model} is made for {made_for}{has}."
        if self._form is None:
            self._bar.say(text)
        else:
            train = partial(self.offer_training, spec)
            self._bar.say(f"{text} A model can be trained on them.", "Train a model on them", train)
        self.told.emit(f"Reading {title_of(spec)} …")
        self._reading.run(partial(read_again, spec))

    def _read_again(self, rows: PictureRows) -> None:
        self.pictures_read.emit(rows)
        self.browse_wanted.emit()

    def _not_read(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

    def leave(self) -> None:
        """Reads no further: the window is closing."""
        self._reading.drop()

    def offer_first(self, spec: str) -> bool:
        """Fills an empty training form, with these data chosen; returns whether it did."""
        if self._form is None or self._form.filled:
            return False
        self._form.offer_data(self.known(), spec)
        return True

    def offer_training(self, spec: str) -> None:
        """Chooses these data in the training form and shows it."""
        # The person is going there.
        self._reading.drop()
        self._choose_in_form(spec)
        if self._form is not None and self._show_form is not None:
            self._show_form()

    def _choose_in_form(self, spec: str) -> None:
        if self._form is not None:
            self._form.offer_data(self.known(), spec)

    def _fits(self, spec: str) -> bool:
        model = self._workspace.model
        return model is not None and tuple(model.images.shape[1:]) == shape_of(spec, self.recent)

    def _show(self, spec: str) -> None:
        self._workspace.do(ChangeData(data=spec, split=self._split_of(spec)))

    def _split_of(self, spec: str) -> str:
        return split_to_show(spec, self.recent)


def _in_short(report: ReadingReport) -> str:
    """A summary of the reading, without the list of skipped files: the page has shown that."""
    words = replace(report, skipped=(), skipped_count=0).in_words()
    return f"{words} {report.skipped_count:,} left out." if report.skipped_count else words
