"""The chip in the window's bar: which models are open. What is opened is remembered as a recent model."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.engine.files.model_cards import in_short
from latentlab.engine.rendering.requests.drawn import DrawnReply
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.models.registry import KINDS
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.latest_task import Newest
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.gallery.chip import ModelChip, Shown
from latentlab.qt.shell.gallery.reading import drawn_of
from latentlab.session.known_data import title_of
from latentlab.session.recent_models import with_newest


class OpenModels(QObject):
    """Owns the `chip`. `changed` says that other models are open, `unread` carries why pictures are missing.

    Args:
        reading: reads the pictures of a model.
        drawn: the folder in which these are kept.
    """

    changed = Signal()
    unread = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        denoisers: DenoiserClient,
        settings: Settings,
        reading: TaskQueue,
        drawn: Path,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._denoisers, self._settings = workspace, denoisers, settings
        self._drawn = drawn
        self.chip = ModelChip()
        self._pictures = Newest(reading, self.chip.show_pictures, self._failed)
        self._opening(f"Opening {workspace.state.model} …")
        workspace.busy.connect(self._opening)
        workspace.loaded.connect(self._loaded)
        denoisers.opened.connect(self._denoiser_opened)

    def drop(self) -> None:
        """Pictures that are being read are not wanted any more."""
        self._pictures.drop()

    def came(self, reply: DrawnReply) -> None:
        """Pictures have been drawn with a model, perhaps the open one."""
        model = self._workspace.model
        if model is not None and model.hash == reply.hash:
            self.chip.show_pictures(reply.png)

    def _failed(self, failure: Failure) -> None:
        self.unread.emit(failure)

    @Slot(str)
    def _opening(self, words: str) -> None:
        """Until the first model is open, says which one is being opened."""
        if self._workspace.model is None:
            self.chip.show_model(Shown(Path(self._workspace.state.model).stem, words))

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._name(model)
        if self._workspace.following or not Path(model.path).name:
            self.chip.show_pictures(b"")
            return
        self._settings.recent_models = with_newest(self._settings.recent_models, model.path)
        self._pictures.run(partial(drawn_of, self._drawn, model.hash))
        self.changed.emit()

    @Slot(object)
    def _denoiser_opened(self, reply: DenoiserReply) -> None:
        if Path(reply.path).name:
            self._settings.recent_models = with_newest(self._settings.recent_models, reply.path)
        if self._workspace.model is not None:
            self._name(self._workspace.model)
        self.changed.emit()

    def _name(self, model: LoadedReply) -> None:
        """Says what is open."""
        kind = next((kind.label for kind in KINDS.values() if kind.title == model.title), model.title)
        at_work = self._denoisers.model
        self.chip.show_model(
            Shown(
                name=model.model,
                kind=in_short(kind, model.latents, _prior_of(model)),
                data=_data_in_words(model),
                partner="" if at_work is None else at_work.model,
                missing=model.missing,
            )
        )


def _data_in_words(model: LoadedReply) -> str:
    if model.missing:
        return "pictures not found"
    return f"{title_of(model.data)} ({model.split}), {len(model.images):,}"


def _prior_of(model: LoadedReply) -> str:
    """Its prior in words, where that is none of its kind's own N(0, I)."""
    known = model.prior
    return "" if known is None or known.standard or known.stands_in else known.formula
