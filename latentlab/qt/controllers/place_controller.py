"""Named places: gives the probe's place a name, lists them, and goes to one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.ask_dialogs import TextDialog
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.bounds import MAX_PLACES
from latentlab.session.edits import TakeSample
from latentlab.session.place_edits import SetPlaces, named, renamed, usual_name, without
from latentlab.session.state import SessionState


class PlaceController(QObject):
    """The commands that concern named places."""

    def __init__(self, window: QMainWindow, workspace: Workspace, bar: MessageBar) -> None:
        super().__init__(window)
        self._window, self._workspace, self._bar = window, workspace, bar

    def can_name(self) -> bool:
        """Whether the probe has a place that can be named."""
        return self._workspace.model is not None and bool(self._workspace.state.probe)

    def ask_for_name(self) -> None:
        """Asks what the place of the probe is to be called."""
        state = self._workspace.state
        if len(state.places) >= MAX_PLACES:
            self._bar.say(f"Up to {MAX_PLACES} places of a model can have a name. Remove some first.")
            return
        # The place where the probe is now, wherever it is when the name has been typed.
        self._ask("Name this place", usual_name(state), partial(self._name, state))

    def _name(self, then: SessionState, name: str) -> None:
        now = self._workspace.state
        if now.model == then.model:
            place = named(then, name).places[-1]
            self._workspace.do(SetPlaces(places=(*now.places, place)))

    def show(self) -> None:
        """Shows the list."""
        page = self._window.findChild(_Places)
        if page is None:
            page = _Places(self._workspace, self, self._window)
        page.show()
        page.raise_()

    def go(self, number: int) -> None:
        """Moves the probe to a place, under the condition with which it was named."""
        state = self._workspace.state
        if number < len(state.places):
            place = state.places[number]
            told = place.condition if len(place.condition) == len(state.condition) else state.condition
            self._workspace.do(TakeSample(z=place.z, condition=told))

    def ask_to_rename(self, number: int) -> None:
        """Asks for another name of a place."""
        places = self._workspace.state.places
        if number < len(places):
            self._ask("Rename the place", places[number].name, partial(self._rename, number))

    def _rename(self, number: int, name: str) -> None:
        state = self._workspace.state
        if number < len(state.places):
            self._workspace.do(renamed(state, number, name))

    def remove(self, number: int) -> None:
        """Removes a place; the probe stays where it is."""
        state = self._workspace.state
        if number < len(state.places):
            self._workspace.do(without(state, number))

    def _ask(self, title: str, name: str, then: partial[None]) -> None:
        page = TextDialog(self._window, "placeNameDialog", title, "Name of the place:", name)
        page.answered.connect(then)
        page.open()


class _Places(QDialog):
    """The list of the open model's places."""

    def __init__(self, workspace: Workspace, controller: PlaceController, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("placesDialog")
        self.setWindowTitle("Places")
        self._workspace, self._controller = workspace, controller
        self.list = QListWidget()
        self.list.setObjectName("places")
        self.list.setAccessibleName("Places of this model")
        self.list.setToolTip(plain_tip("Double-click or press Enter to go there."))
        self.note = Label("No place of this model has a name yet. Move the probe, and name its place.")
        self.note.setWordWrap(True)
        buttons = QVBoxLayout()
        self._of_one = []
        for name, text, tip, do in (
            ("goToPlace", "&Go to", "Move the probe there.", self._go),
            ("renamePlace", "&Rename …", "Give it another name.", self._rename),
            ("removePlace", "Re&move", "Remove it from the list.", self._remove),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setToolTip(plain_tip(tip))
            button.setAutoDefault(False)
            button.clicked.connect(do)
            buttons.addWidget(button)
            self._of_one.append(button)
        buttons.addStretch(1)
        add = QPushButton("&Name the probe's place …")
        add.setObjectName("namePlace")
        add.setAutoDefault(False)
        add.clicked.connect(controller.ask_for_name)
        columns = QHBoxLayout()
        columns.addWidget(self.list, 1)
        columns.addLayout(buttons)
        rows = QVBoxLayout(self)
        rows.addWidget(self.note)
        rows.addLayout(columns, 1)
        rows.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        self.list.itemActivated.connect(self._go)
        self.list.currentRowChanged.connect(self._look)
        workspace.changed.connect(self._changed)
        self._fill()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.places != new.places:
            self._fill()

    def _fill(self) -> None:
        row, places = self.list.currentRow(), self._workspace.state.places
        self.list.clear()
        for place in places:
            self.list.addItem(QListWidgetItem(place.name))
        self.list.setCurrentRow(min(max(row, 0), len(places) - 1))
        self.note.setVisible(not places)
        self._look()

    @Slot()
    def _look(self) -> None:
        for button in self._of_one:
            button.setEnabled(self.list.currentRow() >= 0)

    @Slot()
    def _go(self) -> None:
        self._controller.go(max(0, self.list.currentRow()))

    @Slot()
    def _rename(self) -> None:
        self._controller.ask_to_rename(self.list.currentRow())

    @Slot()
    def _remove(self) -> None:
        self._controller.remove(self.list.currentRow())
