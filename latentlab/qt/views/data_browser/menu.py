"""The context menu of the chosen pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.session import groups


def chosen_menu(
    parent: QWidget,
    workspace: Workspace,
    numbers: tuple[int, ...],
    linked: bool,
    go: Callable[[], None],
    save: Callable[[], None],
) -> QMenu:
    """A menu that is deleted when it closes.

    Args:
        numbers: the chosen pictures.
        linked: whether they are the open model's, so that they can be in groups and have encodings.
        go: puts the probe on the current one.
        save: saves them.
    """
    menu = QMenu(parent)
    menu.setObjectName("dataBrowserMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    count = len(numbers)
    those = "picture" if count == 1 else f"{count:,} pictures"
    if linked:
        menu.addAction("&Move the probe to its encoding").triggered.connect(_unchecked(go))
        menu.addSeparator()
        for group in groups.GROUPS:
            text = f"Add {those} to group &{group.upper()}"
            menu.addAction(text).triggered.connect(partial(_add, workspace, group, numbers))
        for group in groups.GROUPS:
            inside = set(groups.members(workspace.state, group)).intersection(numbers)
            if inside:
                text = f"Remove {len(inside):,} from group {group.upper()}"
                menu.addAction(text).triggered.connect(partial(_remove, workspace, group, numbers))
        menu.addSeparator()
    menu.addAction(f"&Save {those} …").triggered.connect(_unchecked(save))
    return menu


def _unchecked(do: Callable[[], None]) -> Callable[[bool], None]:
    def done(checked: bool = False) -> None:
        do()

    return done


def _add(workspace: Workspace, group: str, numbers: tuple[int, ...], checked: bool = False) -> None:
    workspace.do(groups.with_added(workspace.state, group, numbers))


def _remove(workspace: Workspace, group: str, numbers: tuple[int, ...], checked: bool = False) -> None:
    workspace.do(groups.without(workspace.state, group, numbers))
