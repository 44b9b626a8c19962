"""Makes the guide of a window, and puts a ? on each panel on which something is written."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMainWindow, QWidget

from latentlab.guide.panels import about
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.docks import Docks
from latentlab.qt.shell.guide.first_steps import FirstSteps
from latentlab.qt.shell.guide.guide import Guide
from latentlab.qt.shell.guide.marks import first_steps
from latentlab.qt.shell.guide.panel_help import PanelHelp
from latentlab.qt.shell.menus.actions import Actions
from latentlab.qt.shell.panels import Views
from latentlab.qt.shell.status_bar import Status
from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.views.latent_plane.view import SPEC as LATENT_PLANE
from latentlab.qt.widgets.plain_text import spoken

# What is written on pages that are no views: name -> objectName.
_PAGES = {"gallery": "gallery"}


def make_guide(
    window: QMainWindow,
    views: Views,
    docks: Docks,
    workspaces: Workspaces,
    actions: Actions,
    status: Status,
    workspace: Workspace,
) -> Guide:
    """The guide over these views, docks and actions."""

    def named() -> list[tuple[str, QWidget]]:
        found = [(spec.name, view) for spec, view in views.all]
        pages = ((name, window.findChild(QWidget, widget)) for name, widget in _PAGES.items())
        return found + [(name, page) for name, page in pages if page is not None]

    # There everything that the marks point at is in sight.
    explore = partial(workspaces.show, next(iter(workspaces.specs)))
    bring = partial(_bring, docks)
    steps = FirstSteps(window, first_steps(window, views[LATENT_PLANE], workspace), explore, bring)
    guide = Guide(window, named, bring, partial(_run, actions), status.say, steps)
    workspaces.cleared = guide.column.out_of_the_way
    for place in docks.places:
        if place.panel.one_of:
            # On the views themselves: they are in the middle of the window more often than in their dock.
            for spec in place.panel.views:
                if about(spec.name):
                    PanelHelp(views[spec], spec.title, guide.explain)
        elif any(about(spec.name) for spec in place.panel.views):
            PanelHelp(place.dock, place.dock.windowTitle(), guide.explain)
    return guide


def _bring(docks: Docks, name: str) -> bool:
    """Shows a view, in the workspace where it is at home."""
    for spec in (spec for place in docks.places for spec in place.panel.views):
        if spec.name == name:
            docks.wanted.emit(spec)
            return True
    return False


def _run(actions: Actions, name: str) -> str:
    """Runs a command; returns why it cannot be run now."""
    try:
        action = actions[name]
    except KeyError:
        return "There is no such command in this window."
    if not action.isEnabled():
        return f"“{spoken(action.text())}” cannot be done now."
    action.trigger()
    return ""
