"""Saves the project by one click, without a dialog: the first time under a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot

from latentlab.engine.files.model_hash import SUFFIX as MODEL_SUFFIX
from latentlab.engine.files.project_file import SUFFIX
from latentlab.plain import short_name
from latentlab.qt.clients.trainer_client import default_folder
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.project_controller import ProjectController
from latentlab.qt.widgets.message_bar import MessageBar

_LONGEST_NAME, _MOST = 60, 1000


class ProjectSaver(QObject):
    """`save` is the click.

    Args:
        folder: where projects without a name are saved; it is made when it is needed.
        save_as: asks where to save the project.
    """

    def __init__(
        self,
        workspace: Workspace,
        projects: ProjectController,
        bar: MessageBar,
        folder: Path,
        save_as: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._projects, self._bar = workspace, projects, bar
        self.folder, self._save_as = folder, save_as
        # The path under which it is being saved for the first time.
        self._first: Path | None = None
        projects.changed.connect(self._changed)
        projects.failed.connect(self._failed)

    @Slot()
    def save(self) -> None:
        """Saves under the project's name; one that has none, or is read-only, gets a new one."""
        projects = self._projects
        if projects.path is not None and not projects.refusal:
            projects.save()
        elif self._first is None:  # else the second click of a double click
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._first = free_path(self.folder, self._name())
            except OSError as error:
                why = error.strerror or str(error)
                self._bar.say(
                    f"{self.folder}: the project was not saved, the folder cannot be written ({why}).",
                    "Save as …", self._save_as,
                )  # fmt: skip
                return
            projects.save(self._first)

    def _name(self) -> str:
        """The model's, and the day."""
        model = Path(self._workspace.state.model).name.removesuffix(MODEL_SUFFIX)
        name = self._projects.name or short_name(model, _LONGEST_NAME) or "Project"
        return f"{name} {date.today().isoformat()}"

    @Slot()
    def _changed(self) -> None:
        first = self._first
        if first is not None and self._projects.path == first:
            self._first = None
            self._bar.say(
                f"Saved as {first.stem} in {first.parent}. A click on the name of the model finds it again.",
                "Save as …", self._save_as, good=True,
            )  # fmt: skip

    @Slot(str, str)
    def _failed(self, message: str, details: str) -> None:
        self._first = None


def projects_folder(models: Path | None) -> Path:
    """Where projects are saved that nobody has given a place: among the user's documents, where the system
    has a folder for these, else beside the models.

    Args:
        models: the folder of the models that are trained here; None stands for the user's own.
    """
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    if models is None and documents.is_dir():
        return documents / "LatentLab"
    return (models or default_folder()).parent / "LatentLab projects"


def free_path(folder: Path, name: str) -> Path:
    """A path for a project with this name; a number follows it where that is taken.

    Raises:
        OSError: if the folder cannot be read.
    """
    names = (name, *(f"{name} ({number})" for number in range(2, _MOST)))
    taken = {path.name.casefold() for path in folder.iterdir()}
    return next(folder / f"{one}{SUFFIX}" for one in names if f"{one}{SUFFIX}".casefold() not in taken)
