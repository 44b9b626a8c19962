"""The button that moves the probe to the selected picture, under that picture's own condition."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.edits import TakeSample
from latentlab.session.state import SessionState


class AsSelected(QPushButton):
    """Enabled if a picture is selected and the probe is not at it, under its condition."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("As se&lected")
        self.setObjectName("conditionAsSelected")
        self.setAccessibleName("Go to the selected picture, under its own condition")
        self.setToolTip(
            "Move the probe to the selected picture and set the condition to its class or "
            "attributes in the data: this shows its reconstruction, to be changed either way."
        )
        self._workspace = workspace
        self._selected: SelectionReply | None = None
        self.clicked.connect(self._go)
        workspace.loaded.connect(self._loaded)
        workspace.on(SelectionRequest).connect(self._picked)
        workspace.probed.connect(self._changed)
        workspace.changed.connect(self._changed)
        self._show(workspace.state)

    @Slot()
    def _loaded(self) -> None:
        self._selected = None
        self._show(self._workspace.state)

    @Slot(object)
    def _picked(self, reply: SelectionReply) -> None:
        model = self._workspace.model
        fits = model is not None and len(reply.condition) == len(model.condition_names)
        self._selected = reply if fits else None
        self._show(self._workspace.state)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        self._show(new)

    def _show(self, state: SessionState) -> None:
        found = self._selected
        there = found is not None and found.index == state.selected
        self.setEnabled(
            found is not None and there and (found.mean, found.condition) != (state.probe, state.condition)
        )

    @Slot()
    def _go(self) -> None:
        if self._selected is not None:
            self._workspace.do(TakeSample(z=self._selected.mean, condition=self._selected.condition))
