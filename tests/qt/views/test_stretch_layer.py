"""The layer that shows how much the decoder stretches each place of the plane, by mouse and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.stretch import StretchMapRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import SetLayers
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        layers = replace(made.session.state.layers, points=False, manifold=False, contours=False)
        made.workspace.do(SetLayers(layers=layers))
        until_idle()
        yield made


def ink(window: LabWindow, share: float) -> tuple[int, int, int]:
    """The colour of the plane in its middle row, at a share of its width."""
    plane = window.bench.plane
    colour = plane.grab().toImage().pixelColor(int(share * plane.width()), plane.height() // 2)
    return colour.red(), colour.green(), colour.blue()


def test_that_nothing_is_computed_while_the_layer_is_off(window: LabWindow) -> None:
    asked: list[object] = []
    window.workspace.on(StretchMapRequest).connect(asked.append)
    window.bench.plane.zoom(1.2)
    until_idle()
    assert asked == []


def test_that_a_click_colours_the_plane_from_little_to_much_and_another_takes_it_away(
    qtbot: QtBot, window: LabWindow
) -> None:
    box, bare = window.findChild(QCheckBox, "stretchLayerBox"), ink(window, 0.3)
    box.click()
    until_idle()
    left, right = ink(window, 0.05), ink(window, 0.95)
    assert left != bare
    assert sum(right) > sum(left), "yellow is lighter than blue"
    box.click()
    until_idle()
    assert ink(window, 0.3) == bare


def test_that_the_key_switches_it_and_undo_takes_it_back(window: LabWindow) -> None:
    window.bench.actions["stretchLayerAction"].trigger()
    assert window.session.state.layers.stretch
    window.workspace.undo_stack.undo()
    assert not window.session.state.layers.stretch


def test_that_a_place_tells_its_figure_and_the_legend_what_it_means(window: LabWindow) -> None:
    window.bench.actions["stretchLayerAction"].trigger()
    until_idle()
    plane = window.bench.plane
    plane.grab()
    middle = QPointF(0.5 * plane.width(), 0.5 * plane.height())
    assert plane.maps.stretch.words_at(middle, plane.camera).startswith("log √det JᵀJ = ")
    corner = QPointF(plane.width() - 40.0, plane.height() - 60.0)
    assert "derivatives" in plane.maps.stretch.words_at(corner, plane.camera)


def test_that_the_newest_view_is_mapped(qtbot: QtBot, window: LabWindow) -> None:
    window.bench.actions["stretchLayerAction"].trigger()
    until_idle()
    before = window.bench.plane.maps.stretch.found.region
    qtbot.keyClick(window.bench.plane, Qt.Key.Key_Plus)
    window.bench.plane.zoom(1.5)
    until_idle()
    assert window.bench.plane.maps.stretch.found.region != before
