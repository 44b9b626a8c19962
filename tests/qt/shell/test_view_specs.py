"""A folder and a line make a view, and the window says which views the open model cannot fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDockWidget, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import latentlab.qt.views
from latentlab.models.capabilities import Capability
from latentlab.qt.shell import composition, panels
from latentlab.qt.shell.centre import give_focus
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.shell.panels import BOTTOM, PANELS, Panel
from latentlab.qt.views.spec import ViewContext, ViewSpec, deferred
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN

EVERYTHING = frozenset(Capability)


class ToyView(QWidget):
    """A button, which cannot be pressed where the model has no encoder."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("toyView")
        self.button = QPushButton("Encode")
        QVBoxLayout(self).addWidget(self.button)


TOY = ViewSpec(
    "toy_room",
    "Toys",
    ToyView,
    needs=frozenset({Capability.ENCODES}),
)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(composition, "PANELS", (*PANELS, Panel(BOTTOM, (TOY,))))
    with open_window(qtbot, tmp_path) as made:
        yield made


def told(window: LabWindow, lacking: frozenset[Capability]) -> None:
    """The open model is another one, that lacks these."""
    workspace = window.workspace
    assert workspace.model is not None
    workspace.loaded.emit(replace(workspace.model, capabilities=EVERYTHING - lacking))


def test_that_a_line_in_the_list_makes_a_panel_with_its_place_and_its_command(window: LabWindow) -> None:
    dock = window.findChild(QDockWidget, "toyRoomDock")
    assert dock is window.bench.docks.of(TOY)
    assert dock.windowTitle() == "Toys"
    assert isinstance(dock.widget(), ToyView)
    assert dock in window.tabifiedDockWidgets(window.bench.docks.tray)
    window.bench.actions["toyRoomDockAction"].trigger()
    assert window.bench.docks.in_front(dock)


def test_that_a_view_says_why_the_open_model_cannot_fill_it_and_goes_on_when_one_can(
    window: LabWindow,
) -> None:
    dock = window.bench.docks.of(TOY)
    window.bench.docks.bring(dock)
    view, words = dock.widget(), dock.findChild(QLabel, "toyViewVeil")
    assert not words.isVisible()
    told(window, frozenset({Capability.ENCODES}))
    assert words.isVisible()
    assert "has no encoder" in words.text()
    assert words.geometry() == view.rect()
    assert not view.button.isEnabled()
    told(window, frozenset({Capability.FITS}))
    assert not words.isVisible()
    assert view.button.isEnabled()


def test_that_the_words_lie_over_what_a_view_makes_later(window: LabWindow) -> None:
    view = window.bench.docks.of(TOY).widget()
    window.bench.docks.bring(window.bench.docks.of(TOY))
    told(window, frozenset({Capability.ENCODES}))
    later = QPushButton("Later", view)
    later.show()
    assert view.childAt(later.geometry().center()) is view.findChild(QLabel, "toyViewVeil")


def test_that_a_view_suits_a_model_that_has_all_that_it_needs() -> None:
    spec = replace(TOY, needs=frozenset({Capability.DECODES, Capability.ENCODES}))
    assert not spec.suits(frozenset({Capability.DECODES}))
    assert spec.suits(EVERYTHING)


def test_that_every_view_folder_stands_in_the_list_once_under_its_own_name() -> None:
    listed = [spec.name for panel in PANELS for spec in panel.views if spec.name != "compare"]
    root = Path(latentlab.qt.views.__file__).parent
    assert sorted(listed) == sorted(folder.name for folder in root.iterdir() if (folder / "view.py").exists())


@pytest.fixture
def later(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    spec = deferred("toy_room", "Toys", f"{__name__}:ToyView", frozenset({Capability.ENCODES}))
    monkeypatch.setattr(composition, "PANELS", (*PANELS, Panel(BOTTOM, (spec,))))
    with open_window(qtbot, tmp_path) as made:
        yield made


def test_that_a_deferred_view_is_made_when_its_panel_is_first_shown(later: LabWindow) -> None:
    dock = later.findChild(QDockWidget, "toyRoomDock")
    assert dock.findChild(ToyView) is None
    later.bench.actions["toyRoomDockAction"].trigger()
    (view,) = dock.findChildren(ToyView)
    assert view.isVisible()
    dock.hide()
    later.bench.docks.bring(dock)
    assert dock.findChildren(ToyView) == [view]


def test_that_a_deferred_view_says_at_once_why_the_open_model_cannot_fill_it(
    later: LabWindow,
) -> None:
    told(later, frozenset({Capability.ENCODES}))
    dock = later.findChild(QDockWidget, "toyRoomDock")
    later.bench.docks.bring(dock)
    assert dock.findChild(QLabel, "toyViewVeil").isVisible()
    told(later, frozenset())
    assert not dock.findChild(QLabel, "toyViewVeil").isVisible()


def test_that_the_focus_goes_into_a_deferred_view(later: LabWindow) -> None:
    dock = later.findChild(QDockWidget, "toyRoomDock")
    later.bench.docks.bring(dock)
    give_focus(dock.widget())
    assert dock.findChild(ToyView).button.hasFocus()


def test_that_docks_are_named_after_their_first_view_as_saved_layouts_know_them() -> None:
    saved = {
        "manifoldGridDock", "dimensionsDock", "attributesDock", "ownPictureDock", "probeDock", "trayDock",
        "trainingDock", "analogyDock", "diffusionDock",
    }  # fmt: skip
    names = [panel.name for panel in panels.PANELS]
    assert saved <= set(names)
    assert len(set(names)) == len(names)


class Middle(QWidget):
    """Stands in the middle for models without a decoder."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()


def test_that_the_middle_shows_the_first_view_that_the_open_model_can_fill(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = ViewSpec("middle", "Middle", Middle, needs=frozenset({Capability.SAMPLES}))
    plane_panel, *others = PANELS
    plane_spec, *after = plane_panel.views
    assert plane_spec is composition.LATENT_PLANE
    assert plane_panel.one_of
    more = replace(plane_panel, views=(plane_spec, middle, *after))
    monkeypatch.setattr(composition, "PANELS", (more, *others))
    with open_window(qtbot, tmp_path) as window:
        plane, centre = window.bench.plane, window.centralWidget().content
        assert centre.view is plane
        told(window, frozenset({Capability.DECODES}))
        assert isinstance(centre.view, Middle)
        assert centre.view.isVisible()
        assert not plane.isVisible()
        told(window, frozenset())
        assert centre.view is plane
        assert plane.isVisible()
        told(window, frozenset({Capability.DECODES, Capability.SAMPLES}))
        assert centre.view is plane, "where none can be filled, the plane says why"
