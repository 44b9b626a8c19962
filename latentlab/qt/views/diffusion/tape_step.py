"""A step of the undo stack: a tape was drawn again with other settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.diffusion.reverse.redrawing import Redrawing

_ID = 2


@dataclass(frozen=True)
class DrawnBy:
    """A recipe, the path of its model, and the first digits of that file's SHA-256."""

    recipe: Recipe
    model: str
    hash: str


class TapeStep(QUndoCommand):
    """Holds recipes, not frames: the same recipe draws the same tape. `show` shows one, at once if it is
    still there. Going back without the undo stack cancels the step.
    """

    def __init__(self, show: Callable[[DrawnBy], None], before: DrawnBy, after: DrawnBy, words: str) -> None:
        super().__init__(f"Draw anew ({words})" if words else "Draw anew")
        self._show, self.before, self.after = show, before, after
        self._shown = True

    def redo(self) -> None:
        """Shows the new tape; the first time it is there already."""
        if not self._shown:
            self._show(self.after)
        self._shown = False

    def undo(self) -> None:
        """Shows the tape before."""
        self._show(self.before)

    def id(self) -> int:
        """Qt merges only commands of equal id."""
        return _ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Going back cancels this step."""
        if not isinstance(other, TapeStep) or (other.before, other.after) != (self.after, self.before):
            return False
        self.setObsolete(True)
        return True


class TapeSteps(QObject):
    """Puts them on the undo stack of the open model. `wanted` requests to show a tape again."""

    wanted = Signal(object)

    def __init__(
        self, diffusion: DenoiserClient, workspace: Workspace, redrawing: Redrawing, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._diffusion, self._workspace, self._redrawing = diffusion, workspace, redrawing
        redrawing.replaced.connect(self._replaced)

    @Slot(object, object)
    def _replaced(self, before: Recipe, after: Recipe) -> None:
        """Other settings have drawn another tape."""
        model = self._diffusion.model
        if model is not None:
            one, other = (DrawnBy(recipe, model.path, model.hash) for recipe in (before, after))
            words = self._redrawing.words(before, after)
            self._workspace.undo_stack.push(TapeStep(self._show, one, other, words))

    def _show(self, drawn: DrawnBy) -> None:
        self.wanted.emit(drawn)
