"""Saves tapes of diffusion runs as files, and restores them from such files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.tape_models import find_model_of
from latentlab.engine.diffusion.tape_origin import Origin, changed
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.export import tapes
from latentlab.qt.export.tape_dialog import TapeDialog
from latentlab.qt.export.tapes import TAPE, TapeInHand, TapeWish
from latentlab.qt.widgets.message_bar import MessageBar


class TapeView(Protocol):
    """The view of tapes, as far as their files need it."""

    def tape_in_hand(self) -> TapeInHand | None:
        """The current tape; None if it has no frames yet."""

    def frame_rate(self) -> int:
        """Its playback rate in frames per second."""

    def show_recipe(self, recipe: Recipe, model: str, model_hash: str = "") -> None:
        """Runs a recipe with a model, a name or a path: opened if it is not, or if it has another hash."""


class TapeController(QObject):
    """The commands that concern tapes and files.

    Signals: `saved` (path), `failed` (message, details), `told` (words for the status bar), `changed` when
    there is something to save, or no longer.

    Args:
        view: shows tapes; the composition connects it to `look` for each new frame.
        show: brings the diffusion panel to the front.
        own_models: those that were trained here.
    """

    saved = Signal(str)
    failed = Signal(str, str)
    told = Signal(str)
    changed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        view: TapeView,
        diffusion: DenoiserClient,
        background: TaskQueue,
        bar: MessageBar,
        settings: Settings,
        show: Callable[[], None],
        own_models: Callable[[], Iterable[Path]],
    ) -> None:
        super().__init__(window)
        self._window, self._view, self._diffusion = window, view, diffusion
        self._background, self._bar, self._settings = background, bar, settings
        self._show, self._own_models = show, own_models
        self._page: TapeDialog | None = None
        self._had = False
        # Of several dropped files, the newest counts.
        self._newest = 0
        diffusion.opened.connect(self.look)

    # Taking away

    def has_tape(self) -> bool:
        """Whether there is anything to save now."""
        return self.in_hand() is not None

    def in_hand(self) -> TapeInHand | None:
        """The current tape; None if it has no frames yet."""
        return self._view.tape_in_hand()

    def ask_to_save(self, what: str, suffix: str = "") -> None:
        """Opens the dialog that saves the current tape or frame; one at a time."""
        tape = self.in_hand()
        if tape is None:
            return
        if self._page is not None:
            self._page.destroyed.disconnect(self._page_gone)
            self._page.close()
        settings, rate = self._settings, self._view.frame_rate()
        page = TapeDialog(what, tape, settings.scale, rate, settings.folder, self._window, suffix)
        page.wished.connect(partial(self._wished, tape))
        page.destroyed.connect(self._page_gone)
        self._page = page
        page.open()

    def save(self, tape: TapeInHand, wish: TapeWish) -> None:
        """Writes it in the background; `saved` or `failed` is emitted at the end."""
        if wish.what == TAPE:
            self.told.emit(f"Saving {wish.path.name} …")
        self._background.run(partial(tapes.save, tape, wish), self._saved, self._failed)

    def _wished(self, tape: TapeInHand, wish: TapeWish) -> None:
        self._settings.folder = str(wish.path.parent)
        if wish.what != TAPE:
            self._settings.scale = wish.scale
        self.save(tape, wish)

    def _saved(self, path: Path) -> None:
        self.saved.emit(str(path))

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

    @Slot()
    def _page_gone(self) -> None:
        self._page = None

    @Slot()
    def look(self) -> None:
        """Updates whether there is something to save."""
        has = self.has_tape()
        if has != self._had:
            self._had = has
            self.changed.emit()

    # Bringing back

    @Slot(str, object)
    def restore(self, path: str, origin: Origin) -> None:
        """Runs the recipe of a tape file again, with its model."""
        self._newest += 1
        now = self._diffusion.model
        if now is not None and now.hash == origin.model_hash:
            self._draw(path, origin, now.path, now.hash)
            return
        find = partial(find_model_of, origin, Path(path), tuple(self._own_models()))
        self._background.run(find, partial(self._found, self._newest, path, origin), self._failed)

    def _found(self, number: int, path: str, origin: Origin, found: tuple[Path, str] | None) -> None:
        if number != self._newest:
            return
        if found is not None:
            self._draw(path, origin, str(found[0]), found[1])
            return
        text = (
            f"{path}: was drawn by the diffusion model {origin.model} ({origin.model_hash}), which neither "
            "comes with LatentLab nor was trained here. Open its file, then open this one again."
        )
        now = self._diffusion.model
        if now is None:
            self._bar.say(text)
        else:
            again = partial(self._draw, path, origin, now.path, now.hash)
            self._bar.say(text, f"Draw with {now.model} instead", again)

    def _draw(self, path: str, origin: Origin, model: str, model_hash: str) -> None:
        self._show()
        self._view.show_recipe(origin.recipe, model, model_hash)
        self.told.emit(f"Drawing the tape of {Path(path).name} again")
        words = "; ".join(filter(None, (changed(origin, Path(model).stem, model_hash), origin.missing)))
        if words:
            self._bar.say(f"{path}: {words}.")
