"""The context menu of a picture in a gallery: adds it, or the whole gallery, to group A or B."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.session import groups


def group_menu(parent: QWidget, workspace: Workspace, number: int, gallery: Iterable[int]) -> QMenu:
    """A menu that is deleted when it closes. `number` is the picture's, `gallery` those of all shown."""
    menu = QMenu(parent)
    menu.setObjectName("groupMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    every = tuple(gallery)
    for group in groups.GROUPS:
        letter = group.upper()
        inside = number in groups.members(workspace.state, group)
        text = f"Remove picture {number:,} from group {letter}" if inside else f"Into group &{letter}"
        menu.addAction(text).triggered.connect(partial(_toggle, workspace, group, number))
    menu.addSeparator()
    for group in groups.GROUPS:
        text = f"All {len(every)} into group {group.upper()}"
        menu.addAction(text).triggered.connect(partial(_add, workspace, group, every))
    return menu


def _toggle(workspace: Workspace, group: str, number: int, checked: bool = False) -> None:
    workspace.do(groups.toggled(workspace.state, group, number))


def _add(workspace: Workspace, group: str, numbers: tuple[int, ...], checked: bool = False) -> None:
    workspace.do(groups.with_added(workspace.state, group, numbers))
