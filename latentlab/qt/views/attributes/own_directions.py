"""The sections of the attribute board for the user's own directions and for unnamed components."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton

from latentlab.engine.attributes.trust import COMPONENT, GROUPS, Trust
from latentlab.engine.rendering.requests.directions import GroupsReply, GroupsRequest
from latentlab.engine.rendering.requests.opening import MOST_COMPONENTS
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.groups import Groups
from latentlab.qt.views.attributes.name_dialog import NameDialog
from latentlab.qt.views.attributes.sections import Section
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.session.own_directions import (
    MAX_OWN,
    OwnDirection,
    component_key,
    free_name,
    of_model,
    own_key,
)
from latentlab.session.own_edits import AddDirection, DeleteDirection, NameComponent, RenameDirection

FIRST_COMPONENTS = 5
_DEFAULT = "A − B"
_FULL = f"You have {MAX_OWN} directions of your own, the maximum. Delete one first."


def owned(workspace: Workspace) -> tuple[OwnDirection, ...]:
    """The user's own directions in the open model."""
    model = workspace.model
    return () if model is None else of_model(workspace.state.own, model.hash, model.latents)


class _Naming(Section):
    """A section whose rows can be named. `added` carries the key of a new row."""

    added = Signal(str)

    def __init__(self, workspace: Workspace, name: str, title: str, rename: str, delete: str = "") -> None:
        super().__init__(name, title, rename, delete)
        self.workspace = workspace
        self._then: Callable[[str], None] | None = None

    def ask(self, title: str, name: str, then: Callable[[str], None], own_name: str = "") -> None:
        """Asks for a name that no other direction has; `own_name` is the current one."""
        if own_name == "" and len(self.workspace.state.own) >= MAX_OWN:
            self.refuse(_FULL)
            return
        taken = {one.name for one in owned(self.workspace)} - {own_name}
        self._then = then
        dialog = NameDialog(title, name if own_name else free_name(name, taken), taken, self)
        dialog.named.connect(self._named)
        dialog.open()

    def refuse(self, words: str) -> None:
        """Shows why something cannot be done."""
        self.heading.setToolTip(plain_tip(words))

    @Slot(str)
    def _named(self, name: str) -> None:
        if self._then is not None:
            self._then(name)


class Yours(_Naming):
    """The user's own directions, and the groups to make more of them. The signals request file dialogs."""

    importing = Signal()
    exporting = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "ownDirections", "Yours", "&Rename …", "&Delete")
        self.groups = Groups(workspace)
        self.body.addWidget(self.groups)
        self.files = QToolButton()
        self.files.setText("File")
        self.files.setObjectName("ownDirectionsFile")
        self.files.setAccessibleName("Import and export directions")
        self.files.setToolTip("Import directions from a file, or export your own.")
        self.files.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.files)
        menu.addAction("&Import directions …").triggered.connect(self.importing)
        self.export = menu.addAction("&Export your directions …")
        self.export.triggered.connect(self.exporting)
        self.files.setMenu(menu)
        self.head.addWidget(self.files)
        self.groups.wanted.connect(self.make)
        self.renaming.connect(self._rename)
        self.deleting.connect(self._delete)
        workspace.on(GroupsRequest).connect(self._grouped)

    def refuse(self, words: str) -> None:
        self.groups.say(words)

    @Slot()
    def make(self) -> None:
        """Asks for the name of the direction of the groups, and makes it."""
        why = self.groups.why_not()
        if why:
            self.refuse(why)
        else:
            self.ask("Make a direction", _DEFAULT, self._make)

    def _make(self, name: str) -> None:
        """Makes it, unless the groups, or the model, are gone since its name was asked for."""
        why = self.groups.why_not()
        model, encodings, state = self.workspace.model, self.workspace.encodings, self.workspace.state
        if why:
            self.refuse(why)
        elif model is not None and encodings is not None and encodings.done:
            a, b = encodings.mean[list(state.group_a)], encodings.mean[list(state.group_b)]
            self.workspace.ask(GroupsRequest, name, model.data, model.hash, a, b)

    @Slot(object)
    def _grouped(self, reply: GroupsReply) -> None:
        model = self.workspace.model
        if model is None or model.hash != reply.model_hash or len(self.workspace.state.own) >= MAX_OWN:
            return
        made = OwnDirection(
            name=free_name(reply.name, {one.name for one in owned(self.workspace)}),
            vector=reply.vector,
            method=GROUPS,
            have=reply.have,
            lack=reply.lack,
            trust=reply.trust,
            data=reply.data,
            model=model.model,
            model_hash=model.hash,
        )
        self.workspace.do(AddDirection(own=(made,)))
        self.added.emit(made.key)

    def _of(self, key: str) -> OwnDirection | None:
        return next((one for one in owned(self.workspace) if one.key == key), None)

    @Slot(str)
    def _rename(self, key: str) -> None:
        which = self._of(key)
        if which is not None:

            def rename(name: str) -> None:
                self.workspace.do(RenameDirection(which=which, name=name))
                self.added.emit(own_key(name))

            self.ask("Rename direction", which.name, rename, which.name)

    @Slot(str)
    def _delete(self, key: str) -> None:
        self.workspace.do(DeleteDirection(which=self._of(key)))


class Discovered(_Naming):
    """Principal components of the encoded pictures, whose effect the user can explore and name."""

    more_wanted = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "discovered", "Discovered", "&Name it …")
        self.most = FIRST_COMPONENTS
        self.more = QPushButton("More")
        self.more.setObjectName("moreComponents")
        self.more.setAccessibleName("More components")
        self.more.setToolTip(f"Show up to {MOST_COMPONENTS} components.")
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 3, 8, 6)
        foot.addWidget(self.more)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.renaming.connect(self._name)
        self.more.clicked.connect(self._show_more)

    @Slot()
    def _show_more(self) -> None:
        self.most = MOST_COMPONENTS
        self.more_wanted.emit()

    @Slot(str)
    def _name(self, key: str) -> None:
        model, encodings = self.workspace.model, self.workspace.encodings
        vectors = encodings.principal if encodings is not None else ()
        place = next((n for n, _ in enumerate(vectors) if component_key(n + 1) == key), None)
        if model is None or encodings is None or place is None:
            return
        found = OwnDirection(
            name=f"Component {place + 1}",
            vector=vectors[place],
            method=COMPONENT,
            have=encodings.total,
            lack=0,
            trust=Trust(None, None, 0, 0),
            data=model.data,
            model=model.model,
            model_hash=model.hash,
        )

        def name_it(name: str) -> None:
            self.workspace.do(NameComponent(own=(replace(found, name=name),), key=key))
            self.added.emit(own_key(name))

        self.ask("Name component", found.name, name_it)
