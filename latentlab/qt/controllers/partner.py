"""Proposes the partner of a model that has just been opened: one that works beside it on the same data.

A model with a plane and one that denoises can be at work together. The proposal is made once for some data,
ever, and only if the message bar is free; the model of the start is opened without one.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.engine.files.model_catalog import data_of
from latentlab.engine.files.partners import Partner, partner_of
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.plain import short_name
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.task_queue import Failure
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.settings import Settings

_MOST = 100


class PartnerProposer(QObject):
    """Listens to what is opened, and proposes."""

    def __init__(
        self,
        workspace: Workspace,
        denoisers: DenoiserClient,
        trainer: TrainerClient,
        opener: FileOpener,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._denoisers, self._trainer = denoisers, trainer
        self._opener, self._bar, self._settings, self._workspace = opener, opener.bar, settings, workspace
        self._shown: str | None = None
        # What is said in the message bar, and the data it is about.
        self._said = self._about = ""

    def listen(self) -> None:
        """Connects: after those whose messages are more urgent."""
        self._workspace.loaded.connect(self._loaded)
        self._denoisers.opened.connect(self._taken)

    @Slot(object)
    def _taken(self, denoiser: DenoiserReply) -> None:
        """The proposal is taken back once a partner is at work, whatever opened it."""
        if denoiser.data == self._about:
            self._bar.take_back(self._said)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        first, other = self._shown is None, self._shown != model.path
        self._shown = model.path
        if first or not other or self._workspace.following or not self._bar.isHidden():
            return
        data, at_work = data_of(model.path), self._denoisers.model
        if not data or data in self._settings.proposed or (at_work is not None and at_work.data == data):
            return
        # Every header is looked at: not on this thread.
        look = partial(partner_of, model.path, self._trainer.models())
        self._opener.background.run(look, partial(self._propose, model, data), _nothing)

    def _propose(self, model: LoadedReply, data: str, found: Partner | None) -> None:
        now = self._workspace.model
        if found is None or now is None or now.path != model.path or not self._bar.isHidden():
            return
        self._settings.proposed = (*self._settings.proposed, data)[-_MOST:]
        name = short_name(found.title)
        self._about = data
        beside = short_name(model.model)
        self._said = f"Also open {name}, {found.called} of the same data? It works beside {beside}."
        self._bar.say(
            self._said,
            f"Open {name}",
            partial(self._opener.open_model, found.model),
            good=True,
        )


def _nothing(failure: Failure) -> None:
    """A proposal that cannot be made is none."""
