"""The columns of the compare window side by side, with shared picture, classes, layers, view and undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.engine.files.model_catalog import comparable, known, most_different
from latentlab.qt.clients.joining import EndingThread, join
from latentlab.qt.clients.render_thread import Serves
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.bar import CompareBar
from latentlab.qt.compare.column import ModelColumn
from latentlab.qt.compare.link import Link
from latentlab.qt.compare.linked_workspace import LinkedWorkspace
from latentlab.qt.views.class_legend.view import ClassLegend
from latentlab.session.edits import SetLayers
from latentlab.session.state import SessionState

LEAST, MOST = 2, 4
USUAL = 3

NewRenderer = Callable[[], Serves | None]


class CompareView(QWidget):
    """Two to four columns, each with a workspace and a render thread of its own.

    Args:
        state: the initial state of every column: data, split, picture, probe, layers and hidden classes.
        folder: the folder of the user's own models.
        asked: the initial folder of the file dialog.
        new_renderer: makes the renderer of a column; None has each thread make the real one.
        lab: the workspace whose probe, picture and undo stack the columns share; None gives them their own.

    `troubled` carries what belongs in the log.
    """

    troubled = Signal(str)

    def __init__(
        self,
        state: SessionState,
        folder: Path,
        asked: str = "",
        new_renderer: NewRenderer | None = None,
        lab: Workspace | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("compareView")
        self.setAccessibleName("Models side by side")
        self._state, self._asked = state, asked
        self._new_renderer = new_renderer
        self._catalogue = comparable(folder)
        self._numbers = 0
        self._gestures = GestureClock()
        self.link = Link(self, lab)
        self.columns: list[ModelColumn] = []
        self.legend: ClassLegend | None = None
        self._leader: Workspace | None = None
        stack = self.link.undo_stack
        self.undo, self.redo = stack.createUndoAction(self, "&Undo"), stack.createRedoAction(self, "&Redo")
        for action, name, text in ((self.undo, "compareUndo", "Undo"), (self.redo, "compareRedo", "Redo")):
            action.setObjectName(name)
            action.setIconText(text)
        self.bar = CompareBar(self.undo, self.redo)
        # The lab has its own.
        self.bar.steps.setVisible(lab is None)
        self.bar.picture_wished.connect(self.select)
        self.bar.layer_wished.connect(self._switch_layer)
        self.bar.views_wished.connect(self._link_views)
        self.bar.scale_wished.connect(self.link.scale)
        self.bar.all_wished.connect(self.show_all)
        self._seed = 0
        self.bar.samples_wished.connect(self._show_samples)
        self.bar.others_wished.connect(self._draw_others)
        self.bar.column_wished.connect(self.add_column)
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(6, 6, 6, 6)
        self._rows.setSpacing(4)
        self._rows.addWidget(self.bar)
        self._rows.addLayout(self._row, 1)

    # The columns

    def open_models(self, models: Sequence[str]) -> None:
        """Opens a column for each of these models, by name or path; empty ones up to two."""
        for model in models[:MOST]:
            self._put_column().open_model(model)
        while len(self.columns) < LEAST:
            self._put_column()
        self._refresh()

    def usual_models(self) -> list[str]:
        """The model of the state, and those of the same data that differ most from it."""
        chosen = [known(self._state.model)]
        while len(chosen) < USUAL and (other := most_different(chosen, self._catalogue)) is not None:
            chosen.append(other)
        return [one.model for one in chosen]

    @Slot()
    def add_column(self) -> None:
        """Adds a column, with the model that differs most from the others."""
        if len(self.columns) >= MOST:
            return
        shown = [
            known(column.workspace.state.model)
            for column in self.columns
            if column.workspace.model is not None
        ]
        other = most_different(shown, self._catalogue)
        column = self._put_column()
        if other is not None:
            column.open_model(other.model)
        column.chooser.setFocus()
        self._refresh()

    def _put_column(self) -> ModelColumn:
        self._numbers += 1
        leader = next((column.workspace.state for column in self.columns), self._state)
        renderer = None if self._new_renderer is None else self._new_renderer()
        workspace = LinkedWorkspace(self.link, leader, renderer)
        column = ModelColumn(self._numbers, workspace, self._catalogue, self._asked)
        column.removal_wished.connect(self.remove_column)
        column.troubled.connect(self.troubled)
        column.show_samples(self.bar.samples.isChecked(), self._seed)
        workspace.loaded.connect(self._refresh)
        workspace.changed.connect(self._changed)
        self.columns.append(column)
        self._row.addWidget(column, 1)
        return column

    @Slot(object)
    def remove_column(self, column: ModelColumn) -> None:
        """Removes a column, and ends its thread."""
        if len(self.columns) <= LEAST or column not in self.columns:
            return
        self.columns.remove(column)
        self._row.removeWidget(column)
        column.hide()
        column.stop()
        column.deleteLater()
        self._refresh()

    def request_end(self) -> list[EndingThread]:
        """Tells the threads of all columns to end; returns what is to be joined."""
        return [thread for column in self.columns for thread in column.workspace.request_end()]

    def stop(self) -> None:
        """Ends the threads of all columns, and waits for them."""
        # All are asked to end before one is waited for.
        join(self.request_end())
        for column in self.columns:
            column.stop()

    # What they share

    def select(self, index: int) -> None:
        """Selects a picture in all columns, and moves each probe to its encoding; -1 selects none."""
        if self._leader is None:
            return
        self._leader.select(None if index < 0 else index, self._gestures.gesture())

    @Slot(str, bool)
    def _switch_layer(self, name: str, shown: bool) -> None:
        if self._leader is not None:
            layers = replace(self._leader.state.layers, **{name: shown})
            self._leader.do(SetLayers(layers=layers))

    @Slot(bool)
    def _link_views(self, linked: bool) -> None:
        if linked:
            self.link.rejoin_views()
        else:
            self.link.views = False

    @Slot()
    def show_all(self) -> None:
        """Every plane shows all of its points."""
        fits: dict[Workspace, Callable[[], None]] = {
            column.workspace: column.plane.show_all
            for column in self.columns
            if column.workspace.model is not None
        }
        self.link.show_all(fits)

    @Slot()
    def _show_samples(self) -> None:
        """Every column shows samples, or its plane if it has one."""
        for column in self.columns:
            column.show_samples(self.bar.samples.isChecked(), self._seed)
        self.bar.others.setVisible(any(column.shows_samples for column in self.columns))

    @Slot()
    def _draw_others(self) -> None:
        self._seed += 1
        self._show_samples()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.selected, old.layers) != (new.selected, new.layers):
            self._show_shared()

    @Slot()
    def _refresh(self) -> None:
        """Columns were added or removed, or a model was opened in one of them."""
        for column in self.columns:
            column.remove.setEnabled(len(self.columns) > LEAST)
        self.bar.add.setEnabled(len(self.columns) < MOST)
        self.bar.others.setVisible(any(column.shows_samples for column in self.columns))
        first = next((column for column in self.columns if column.workspace.model is not None), None)
        leader = None if first is None else first.workspace
        if leader is not self._leader:
            if first is not None and self._leader is None:
                first.plane.setFocus()
            self._leader = leader
            self._put_legend()
        self._show_shared()

    def _put_legend(self) -> None:
        """Makes a new legend for the first model: a view stays with its workspace."""
        if self.legend is not None:
            self._rows.removeWidget(self.legend)
            self.legend.hide()
            self.legend.deleteLater()
            self.legend = None
        if self._leader is not None:
            self.legend = ClassLegend(self._leader)
            self._rows.insertWidget(1, self.legend)

    def _show_shared(self) -> None:
        leader = self._leader
        if leader is None or leader.model is None:
            return
        state, model = leader.state, leader.model
        name, label = "", None
        if state.selected is not None and model.labels is not None and model.class_of(state.selected):
            name, label = f"class {model.class_of(state.selected)}", int(model.labels[state.selected])
        self.bar.show_picture(state.selected, len(model.images), name, label)
        self.bar.show_layers(state.layers)
