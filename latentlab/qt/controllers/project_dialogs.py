"""The dialogs of projects: where to save, which to open, where what is missing lies now, and the notes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QMainWindow,
    QPlainTextEdit,
    QVBoxLayout,
)

from latentlab.data.spec import Spec
from latentlab.engine.files.project_file import SUFFIX
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers import project_work
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.project_controller import ProjectController
from latentlab.qt.controllers.project_work import Opened
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.ask_dialogs import ChoiceDialog
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.project import MAX_NOTES, Project, ProjectFile
from latentlab.session.project_places import Found, renamed

_PLAIN = f"Project (*{SUFFIX})"
_PACKED = f"Project with its models and pictures packed in (*{SUFFIX})"


class ProjectDialogs(QObject):
    """Asks for what a project needs. `failed` carries a message and details."""

    failed = Signal(str, str)

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        projects: ProjectController,
        opener: FileOpener,
        settings: Settings,
        background: TaskQueue,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._projects = window, workspace, projects
        self._opener, self._settings, self._background = opener, settings, background
        projects.lacking.connect(self._lacking)
        projects.changed.connect(self._turned)

    def save(self) -> None:
        """Saves the project, or asks for its name if it has none."""
        if self._projects.path is None or self._projects.refusal:
            self.save_as()
        else:
            self._projects.save()

    def save_as(self, packed: bool = False) -> None:
        """Asks where to save the project, with models and pictures packed in or not."""
        here = self._projects.path
        folder = self._settings.folder if here is None else str(here.parent)
        page = QFileDialog(self._window, "Save project", folder)
        page.setObjectName("saveProjectDialog")
        page.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        page.setNameFilters([_PLAIN, _PACKED])
        page.selectNameFilter(_PACKED if packed else _PLAIN)
        page.setDefaultSuffix(SUFFIX.removeprefix("."))
        page.selectFile(f"{self._projects.name or 'Project'}{SUFFIX}")
        page.fileSelected.connect(partial(self._save, page))
        page.finished.connect(page.deleteLater)
        page.open()

    def _save(self, page: QFileDialog, path: str) -> None:
        self._settings.folder = str(Path(path).parent)
        self._projects.save(Path(path), pack=page.selectedNameFilter() == _PACKED)

    def open(self) -> None:
        """Asks which project to open."""
        page = self._file_page("openProjectDialog", "Open project", [_PLAIN])
        page.fileSelected.connect(self.open_path)
        page.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Opens a project by its path."""
        self._settings.folder = str(Path(path).parent)
        self._projects.open(Path(path))

    def _file_page(self, name: str, title: str, filters: list[str]) -> QFileDialog:
        page = QFileDialog(self._window, title, self._settings.folder)
        page.setObjectName(name)
        page.setFileMode(QFileDialog.FileMode.ExistingFile)
        page.setNameFilters(filters)
        page.finished.connect(page.deleteLater)
        return page

    # What is missing

    @Slot(object)
    def _lacking(self, opened: Opened) -> None:
        """A project that is open lacks a model, or one that is not yet open lacks its pictures."""
        if opened.path == self._projects.path and opened.found.models:
            self._find_model(opened.found.models)
            return
        session = opened.found.project.session
        missing = next(one for one in opened.found.data if one.named == session.data)
        source = Path(Spec.parse(missing.named).source)
        page = ChoiceDialog(
            self._window,
            "missingPictures",
            "Pictures are missing",
            f"{opened.path.name} shows the pictures of {source}, which is not there any more.",
            "Where are they now? Without them it opens on other pictures, read-only.",
            (
                ("&Find them …", "findPictures", partial(self._find_pictures, opened, missing, source)),
                ("Open &without them", "openWithout", partial(self._projects.open_found, opened, True)),
            ),
        )
        page.open()

    def _find_pictures(self, opened: Opened, missing: ProjectFile, source: Path) -> None:
        page = self._file_page("findPicturesDialog", f"Where is {source.name}?", ["All files (*)"])
        if not source.suffix:
            page.setFileMode(QFileDialog.FileMode.Directory)
        page.fileSelected.connect(partial(self._found_pictures, opened, missing))
        page.open()

    def _found_pictures(self, opened: Opened, missing: ProjectFile, path: str) -> None:
        spec = Spec.parse(missing.named)
        there = str(Spec(str(Path(path).absolute()), spec.options))
        project = renamed(opened.found.project, {}, {missing.named: there})
        left = tuple(one for one in opened.found.data if one is not missing)
        self._projects.open_found(Opened(opened.path, Found(project, opened.found.models, left), opened.copy))

    def _find_model(self, missing: tuple[ProjectFile, ...]) -> None:
        wanted = missing[0]
        page = self._file_page(
            "findModelDialog", f"Where is {Path(wanted.named).name}?", ["Models (*.safetensors)"]
        )
        page.fileSelected.connect(partial(self._found_model, missing))
        page.open()

    def _found_model(self, missing: tuple[ProjectFile, ...], path: str) -> None:
        """One has been found; the others may lie beside it, and are not asked for again."""
        file, wanted = Path(path), missing[0]

        def look() -> dict[str, str]:
            others = project_work.find_others(file.parent, missing[1:])
            return {**others, wanted.named: str(file)}

        self._background.run(look, partial(self._rename, wanted.named), self._failed)

    def _rename(self, wanted: str, models: dict[str, str]) -> None:
        session = self._workspace.session
        session.reset(renamed(Project(session.kept), models, {}).session)
        self._projects.rename(models)
        if any(one.model == models[wanted] for one in session.kept.memories):
            self._opener.open_model(models[wanted])

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

    # Notes

    def show_notes(self) -> None:
        """Shows the notes, to be read and written."""
        page = self._window.findChild(_Notes)
        if page is None:
            page = _Notes(self._projects.notes, self._window)
            page.noted.connect(self._projects.note)
        page.show()
        page.raise_()

    @Slot()
    def _turned(self) -> None:
        """Another project may be open: its notes are shown."""
        page = self._window.findChild(_Notes)
        if page is not None and page.text.toPlainText() != self._projects.notes:
            with QSignalBlocker(page.text):
                page.text.setPlainText(self._projects.notes)


class _Notes(QDialog):
    """A text of the person's own; it is kept as it is written."""

    noted = Signal(str)

    def __init__(self, text: str, parent: QMainWindow) -> None:
        super().__init__(parent)
        self.setObjectName("projectNotes")
        self.setWindowTitle("Notes of the project")
        self.resize(480, 360)
        self.text = QPlainTextEdit(text)
        self.text.setObjectName("projectNotesText")
        self.text.setAccessibleName("Notes of the project")
        self.text.setToolTip(plain_tip("What you want to remember of this project. It is saved with it."))
        self.text.setTabChangesFocus(True)
        label = Label("&Notes, saved with the project:")
        label.setBuddy(self.text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        rows = QVBoxLayout(self)
        rows.addWidget(label)
        rows.addWidget(self.text, 1)
        rows.addWidget(buttons)
        self.text.textChanged.connect(self._changed)
        self.finished.connect(self.deleteLater)

    @Slot()
    def _changed(self) -> None:
        self.noted.emit(self.text.toPlainText()[:MAX_NOTES])
