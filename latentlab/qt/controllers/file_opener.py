"""Opens files from a menu or by drag and drop: models, data, pictures with a recorded origin, and others."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal

from latentlab.data.pictures.formats import SUFFIXES, why_passed_over
from latentlab.engine.diffusion.tape_origin import WHAT, Origin, read_tape, tape_in
from latentlab.engine.files.model_catalog import denoises
from latentlab.engine.files.project_file import SUFFIX as PROJECT_SUFFIX
from latentlab.engine.files.provenance import DRAWN, Provenance, read_provenance
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.one_by_one import open_one_by_one
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.incoming import files_in
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.edits import MoveProbe
from latentlab.session.switching import for_model, on_its_data, picks_lost
from latentlab.shipped import model_files

MODEL_SUFFIX, TAPE_SUFFIX = ".safetensors", ".npz"
PICTURE_SUFFIXES = (".png", ".apng", ".webp", ".jpg", ".jpeg", ".gif")
# IDX files have no fixed suffix: train-images-idx3-ubyte.gz.
DATA_SUFFIXES = (".zip", ".npz", ".csv", ".gz")
WELCOME = (
    f"a picture, a folder or zip of pictures, a model ({MODEL_SUFFIX}), a project ({PROJECT_SUFFIX}), "
    "or a picture saved by LatentLab (PNG, WebP, JPEG, GIF), which records where it was made"
)


class FileOpener(QObject):
    """Opens files into a workspace. `told` carries messages of success; failures go to the message bar.

    `data_wanted` carries the path of what may be a data set, `picture_wanted` that of a picture not made by
    LatentLab, `project_wanted` that of a project, `denoiser_wanted` the name or path of a diffusion model,
    `tape_found` the path and the `Origin` of a file that shows a tape, `thing_dropped` the QMimeData of what
    is no file.
    """

    told = Signal(str)
    failed = Signal(str, str)
    data_wanted = Signal(str)
    picture_wanted = Signal(str)
    project_wanted = Signal(str)
    denoiser_wanted = Signal(str)
    tape_found = Signal(str, object)
    thing_dropped = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        background: TaskQueue,
        bar: MessageBar,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self.background, self.bar, self._settings = workspace, background, bar, settings

    def open_dropped(self, data: QMimeData) -> None:
        """Opens what was dropped on the window."""
        paths = files_in(data)
        if not paths and (data.hasImage() or data.hasUrls()):
            self.thing_dropped.emit(data)
        else:
            self.open_files(paths)

    def open_files(self, paths: list[Path]) -> None:
        """Opens the first of the files, says which others there are, and offers the next."""
        if not paths:
            self.bar.say(f"Nothing that can be opened was dropped. Drop {WELCOME}.")
            return
        open_one_by_one(self.bar, paths, self.open_file)

    def open_file(self, path: Path) -> None:
        """Opens a model or a data set, moves the probe to where a picture was made, or takes a picture as the
        user's own.
        """
        suffix = path.suffix.lower()
        if path.is_dir():
            self.data_wanted.emit(str(path))
        elif suffix == PROJECT_SUFFIX:
            self.project_wanted.emit(str(path))
        elif suffix == MODEL_SUFFIX:
            self.open_model(str(path))
        elif suffix in PICTURE_SUFFIXES:
            found = functools.partial(self._found, path)
            self.background.run(functools.partial(_told_by, path), found, self._unreadable)
        elif suffix == TAPE_SUFFIX:
            looked = functools.partial(self._looked, path)
            self.background.run(functools.partial(tape_in, path), looked, self._unreadable)
        elif suffix in SUFFIXES:
            self.picture_wanted.emit(str(path))
        elif _may_be_data(path.name.lower()):
            self.data_wanted.emit(str(path))
        elif suffix in (".pt", ".pth", ".pkl", ".bin", ".ckpt"):
            self.bar.say(
                f"{path}: files of this kind can run hidden programs when they are opened, so LatentLab "
                f"does not. Models are {MODEL_SUFFIX} files."
            )
        elif foreign := why_passed_over(path.name):
            self.bar.say(f"{path}: is {foreign}.")
        else:
            self.bar.say(f"{path}: cannot be opened. Drop {WELCOME}.")

    def open_model(self, model: str) -> None:
        """Requests a model by name or path; the open one stays until the new one is loaded. A diffusion model
        opens beside it.
        """
        if denoises(model):
            self.denoiser_wanted.emit(model)
        else:
            state = self._workspace.state
            if lost := picks_lost(state, model):
                self.bar.say(lost)
            self._workspace.open(on_its_data(state, model, self._settings.recent))

    def _unreadable(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

    def _looked(self, path: Path, tape: Origin | None) -> None:
        """Handles an .npz that has been read: a tape or pictures."""
        if tape is None:
            self.data_wanted.emit(str(path))
        else:
            self.tape_found.emit(str(path), tape)

    def _found(self, path: Path, origin: Provenance | Origin | None) -> None:
        """The recorded origin of a picture decides where the probe moves, or which tape is run."""
        model = self._workspace.model
        if isinstance(origin, Origin):
            self.tape_found.emit(str(path), origin)
        elif origin is None:
            self.picture_wanted.emit(str(path))
        elif origin.what in DRAWN:
            self.bar.say(f"{path}: shows a {origin.what}, not a picture that a model made.")
        elif origin.z is None:
            self.bar.say(f"{path}: shows a {origin.what}, which was made at many points, not at one.")
        elif model is None:
            self.bar.say(f"{path}: the model is still being opened. Drop the picture again afterwards.")
        elif origin.model_hash != model.hash:
            self._of_another_model(path, origin, origin.z)
        elif len(origin.z) != model.latents:
            self.bar.say(
                f"{path}: was made at a point of {len(origin.z)} numbers; {model.model} has {model.latents}."
            )
        else:
            self._go(path, origin.z, model)

    def _of_another_model(self, path: Path, origin: Provenance, z: tuple[float, ...]) -> None:
        model = self._workspace.model
        assert model is not None
        name = f"{origin.model} ({origin.model_hash})"
        if origin.model != model.model and origin.model in model_files():
            self.bar.say(
                f"{path}: was made by another model, {name}.",
                f"Open {origin.model}",
                functools.partial(self._open_at, origin.model, z),
            )
        elif len(z) == model.latents:
            self.bar.say(
                f"{path}: was made by another model, {name}; {model.model} shows another picture there.",
                "Go there anyway",
                functools.partial(self._go, path, z, model),
            )
        else:
            self.bar.say(f"{path}: was made by another model, {name}. Open that one first.")

    def _open_at(self, model: str, z: tuple[float, ...]) -> None:
        self._workspace.open(replace(for_model(self._workspace.state, model), probe=z))

    def _go(self, path: Path, z: tuple[float, ...], model: LoadedReply) -> None:
        """Moves the probe to a point of a model, which may have been closed since that was offered."""
        now = self._workspace.model
        if now is None or now.path != model.path or now.latents != model.latents:
            self.bar.say(f"{path}: {model.model} is no longer open. Drop the picture again.")
            return
        self._workspace.do(MoveProbe(z=z))
        self.told.emit(f"The probe is where {path.name} was made")


def _told_by(path: Path) -> Provenance | Origin | None:
    """The origin recorded in a picture."""
    found = read_provenance(path)
    return read_tape(path) if found is not None and found.what == WHAT else found


def _may_be_data(name: str) -> bool:
    return name.endswith(DATA_SUFFIXES) or name.startswith("list_attr") or "idx" in name
