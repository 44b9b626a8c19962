"""Undo and redo: the steps of the open model, and before the first of them the model that was open before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import WORDS, on_button

_MOST = 50


class UndoController(QObject):
    """Has the two actions, `undo` and `redo`.

    Args:
        open_model: opens a model by its name or path.
    """

    def __init__(
        self, workspace: Workspace, open_model: Callable[[str], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._open = workspace, open_model
        # The models that were open before the current one, and those from which a person has gone back.
        self._past: list[str] = []
        self._future: list[str] = []
        self._now = self._going = ""
        self.undo, self.redo = QAction("&Undo", self), QAction("&Redo", self)
        self.undo.triggered.connect(self._back)
        self.redo.triggered.connect(self._forward)
        histories = workspace.histories
        for signal in (histories.canUndoChanged, histories.canRedoChanged):
            signal.connect(self._refresh)
        for signal in (histories.undoTextChanged, histories.redoTextChanged):
            signal.connect(self._refresh)
        histories.activeStackChanged.connect(self._refresh)
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)
        self._refresh()

    @Slot()
    def _back(self) -> None:
        stack = self._workspace.histories.active
        if stack.canUndo():
            stack.undo()
        elif self._past:
            self._going = self._past[-1]
            self._open(self._going)

    @Slot()
    def _forward(self) -> None:
        stack = self._workspace.histories.active
        if stack.canRedo():
            stack.redo()
        elif self._future:
            self._going = self._future[-1]
            self._open(self._going)

    @Slot()
    def _loaded(self) -> None:
        """Another model may be open: the one before is where undoing leads."""
        workspace = self._workspace
        name, before = workspace.state.model, self._now
        if workspace.afresh:
            self._past, self._future, self._now, self._going = [], [], name, ""
            self._refresh()
        if workspace.following or name == self._now:
            return
        self._now = name
        going, self._going = self._going == name, ""
        if going and self._past[-1:] == [name]:
            self._past.pop()
            self._future.append(before)
        elif before:
            if going and self._future[-1:] == [name]:
                self._future.pop()
            else:
                self._future.clear()
            self._past = [*self._past, before][-_MOST:]
        self._refresh()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        """The model to go back to cannot be opened: the next time, undoing leads to the one before that."""
        if not self._going or not refusal.of(LoadRequest):
            return
        for models in (self._past, self._future):
            if models[-1:] == [self._going]:
                models.pop()
                while models[-1:] == [self._now]:
                    models.pop()
        self._going = ""
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        stack = self._workspace.histories.active
        undone = stack.undoText() if stack.canUndo() else _opening(self._now if self._past else "")
        redone = stack.redoText() if stack.canRedo() else _opening("".join(self._future[-1:]))
        for action, verb, text in ((self.undo, "&Undo", undone), (self.redo, "&Redo", redone)):
            action.setEnabled(bool(text))
            action.setText(f"{verb} {text}" if text else verb)


def _opening(model: str) -> str:
    return on_button(f"Open {Path(model).stem}", WORDS) if model else ""
