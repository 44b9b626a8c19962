"""The commands of the workspaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtWidgets import QDockWidget

from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.shell.workspace_bar import key_of

_MENU = "&View/&Workspace"


def workspace_entries(bench: Workbench) -> Iterator[Entry]:
    """One for each workspace, and the one that puts its panels back."""
    workspaces = bench.workspaces
    for number, spec in enumerate(workspaces.specs.values()):
        yield Entry(
            f"{spec.name}WorkspaceAction", _MENU, spec.title, partial(workspaces.show, spec.name), spec.tip,
            key_of(number), enabled=_offered(bench, spec.name), checked=_current(bench, spec.name),
            group="workspace",
        )  # fmt: skip
    presentation = bench.presentation
    yield Entry("fullScreenAction", "&View", "Full sc&reen", presentation.switch_full_screen,
                "Fill the screen with the window, or give it back its frame.", "F11",
                checked=lambda: presentation.fills_screen, gap=True)  # fmt: skip
    yield Entry("presentationAction", "&View", "Presentatio&n", presentation.switch,
                "For a lecture hall: large text and pictures, and only the panels needed. Esc ends it.",
                "Shift+F11", checked=lambda: presentation.active)  # fmt: skip
    yield Entry("resetLayoutAction", "&View/P&anels", "&Reset layout", workspaces.reset,
                "Put the panels of this workspace back in their places.")  # fmt: skip


def panel_entries(bench: Workbench) -> Iterator[Entry]:
    """A checkable entry for each panel: checked while it is in front."""
    docks = bench.docks
    for dock in docks.all:
        title = dock.windowTitle()
        yield Entry(
            dock.objectName() + "Action", "&View/P&anels", title, partial(docks.switch, dock),
            f"Show the panel “{title}”, or hide it if it is in front.",
            enabled=_movable(bench, dock), checked=partial(docks.in_front, dock),
        )  # fmt: skip


def _offered(bench: Workbench, name: str) -> Callable[[], bool]:
    return lambda: not bench.workspaces.why_not(name)


def _current(bench: Workbench, name: str) -> Callable[[], bool]:
    return lambda: bench.workspaces.current == name


def _movable(bench: Workbench, dock: QDockWidget) -> Callable[[], bool]:
    return lambda: not bench.docks.is_central(dock)
