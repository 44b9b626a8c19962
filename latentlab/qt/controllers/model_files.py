"""What can be done with a model's file: rename, duplicate, trash, show in its folder, keep a note.

`changed` says that what the gallery shows has changed. Whatever fails is said in the message bar of the
moment, naming the file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QFile, QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from latentlab.engine.files.model_cards import ModelFacts
from latentlab.engine.files.model_moves import SUFFIX, copy_model, rename_model
from latentlab.engine.files.model_notes import write_note
from latentlab.errors import LabError
from latentlab.plain import short_name
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.recent_models import without


class ModelFiles(QObject):
    """The commands of a card.

    Args:
        bar: the message bar of the moment.
    """

    changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        denoisers: DenoiserClient,
        trainer: TrainerClient,
        background: TaskQueue,
        settings: Settings,
        bar: Callable[[], MessageBar],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._denoisers, self._trainer = workspace, denoisers, trainer
        self._background, self._settings, self._bar = background, settings, bar
        self.notes = trainer.folder.parent / "notes"
        trainer.renamed.connect(self._renamed)

    def is_open(self, one: ModelFacts) -> bool:
        """Whether the plane or the diffusion panel works with it."""
        return self._in_plane(one) or self._denoises_now(one)

    def _in_plane(self, one: ModelFacts) -> bool:
        model = self._workspace.model
        return model is not None and _same(model.path, one.path)

    def _denoises_now(self, one: ModelFacts) -> bool:
        model = self._denoisers.model
        return model is not None and _same(model.path, one.path)

    def rename(self, one: ModelFacts, stem: str) -> None:
        """Gives the file another name; where it is open, it stays open under that."""
        if stem == one.path.stem:
            return
        if self._trainer.makes(one.path.with_name(f"{stem}{SUFFIX}")):
            self._bar().say(
                f"{one.path}: was not renamed to {short_name(stem)}: the training that runs makes a model of "
                "that name."
            )
            return
        try:
            path = rename_model(one.path, stem)
        except LabError as error:
            self._bar().say(str(error))
        else:
            # Whoever has it open follows; the plane does by `TrainingFollower`.
            self._trainer.renamed.emit(one.path, path)

    @Slot(object, object)
    def _renamed(self, old: Path, new: Path) -> None:
        """A model has another name now, by this or by the panel of training."""
        self._settings.recent_models = without(self._settings.recent_models, str(old))
        at_work = self._denoisers.model
        if at_work is not None and _same(at_work.path, old):
            self._denoisers.open(str(new))
        self.changed.emit()

    def duplicate(self, one: ModelFacts) -> None:
        """Copies the file into the folder of the user's own models."""
        work = partial(copy_model, one.path, self._trainer.folder)
        self._background.run(work, self._duplicated, self._failed)

    def _duplicated(self, path: Path) -> None:
        self._bar().say(f"Copied as {path.stem}, which is your own to change.", good=True)
        self.changed.emit()

    def trash(self, one: ModelFacts) -> None:
        """Moves the file to the system's trash, and offers to put it back; what is open of it stays open."""
        file = QFile(str(one.path))
        # A desktop's trash lies in this folder, which Qt does not make.
        QDir().mkpath(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))
        if not file.moveToTrash():
            text = f"{one.path}: could not be moved to the trash. It is still there: delete it in its folder."
            self._bar().say(text, "Show in folder", partial(self.show_in_folder, one.path))
            return
        text = f"{one.title} is in the trash."
        if self.is_open(one):
            text += " What is open of it stays open until you open another model."
        kept = file.fileName()
        offer = (
            ("Put it back", partial(self._put_back, one, Path(kept))) if kept != str(one.path) else ("", None)
        )
        self._bar().say(text, *offer, good=True)
        self.changed.emit()

    def _put_back(self, one: ModelFacts, kept: Path) -> None:
        try:
            if one.path.exists():
                raise LabError("is there again, under that name", one.path, f"The other is {kept}")
            os.rename(kept, one.path)
        except LabError as error:
            self._bar().say(str(error))
            return
        except OSError as error:
            why = error.strerror or str(error)
            self._bar().say(f"{kept}: could not be put back ({why}). It is still in the trash.")
            return
        # Where a desktop keeps the origin of what is in the trash.
        with contextlib.suppress(OSError):
            (kept.parent.parent / "info" / f"{kept.name}.trashinfo").unlink()
        self.changed.emit()

    def show_in_folder(self, path: Path) -> None:
        """Opens the folder of a file in the system's file manager."""
        folder = path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._bar().say(f"{folder}: no program of this system shows folders. {path.name} lies there.")

    def keep_note(self, one: ModelFacts, note: str) -> None:
        """Keeps a note on a model; "" removes it."""
        try:
            write_note(self.notes, one.hash, one.title, note)
        except LabError as error:
            self._bar().say(str(error))
            return
        self.changed.emit()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._bar().say(failure.message)


def _same(path: str, other: Path) -> bool:
    try:
        return Path(path).resolve() == other.resolve()
    except (OSError, RuntimeError):
        return False
