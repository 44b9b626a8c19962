"""Handles models as they are opened or refused, and shows messages about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.files.model_catalog import data_of, encoder_of
from latentlab.engine.rendering.requests.directions import DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply, LoadRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.data_controller import DataController
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.state import SessionState
from latentlab.session.switching import instead


class DenoiserPanel(Protocol):
    """The panel that shows diffusion models."""

    def open_model(self, model: str) -> None:
        """Opens a denoiser, a name or a path."""


class ModelController(QObject):
    """`first_opened` is emitted once the first model is open.

    Args:
        log: writes an entry, for unexpected refusals.
        panel: shows diffusion models; `show_panel` brings it to the front.
    """

    first_opened = Signal()

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        bar: MessageBar,
        log: Callable[[str], None],
        opener: FileOpener,
        data: DataController,
        panel: DenoiserPanel,
        show_panel: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._settings, self._bar, self._log = workspace, settings, bar, log
        self._opener, self._data = opener, data
        self._panel, self._show_panel = panel, show_panel
        # Whether the open model is the first: all notes about it are shown.
        self._first = False
        self.falling_back = False
        opener.denoiser_wanted.connect(self.open_denoiser)

    def listen(self) -> None:
        """Connects to the workspace's models: called after the views have connected."""
        self._workspace.loaded.connect(self._loaded)
        self._workspace.refused.connect(self._refused)
        self._workspace.noticed.connect(self._noticed)

    @Slot(str)
    def open_denoiser(self, model: str) -> None:
        """Opens a diffusion model, a name or a path, and shows its panel; the plane keeps its model."""
        self._show_panel()
        self._panel.open_model(model)
        data = data_of(model)
        encoder = encoder_of(data)
        if encoder is not None and data_of(self._workspace.state.model) != data:
            text = f"The plane shows {self._workspace.state.model}, which was trained on other pictures."
            self._bar.say(text, f"Show {encoder}", partial(self._opener.open_model, encoder))

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._first = self._data.offer_first(model.data)
        if self._first:
            self.first_opened.emit()

    @Slot(str)
    def _noticed(self, sentence: str) -> None:
        self._bar.say(sentence, beside=self._first)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.details:
            self._log(f"{refusal.message}\n{refusal.details}")
        elif refusal.of(DirectionsRequest):
            return  # the attribute board requests them while it is visible, and says why there are none
        default, state, text = SessionState(), self._workspace.state, refusal.message
        usual = (state.model, state.data, state.split) == (default.model, default.data, default.split)
        first = refusal.of(LoadRequest) and refusal.generation > 0 and self._workspace.model is None
        self.falling_back = first and not usual
        if self.falling_back:
            # What belonged to the previous model is kept in a copy of the settings.
            self._settings.keep_aside("before")
            text += f"\n{default.model}, which comes with LatentLab, is opened instead."
            self._workspace.session.reset(instead(state, default))
            self._workspace.open(self._workspace.state)
        self._bar.say(text)
