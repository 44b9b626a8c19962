"""The layer that shows what the critic thinks of each place of the plane, by mouse and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.critic import CriticMapRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import SetLayers
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_gan, save_tiny_model, toy_set

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    state = SessionState(model=str(save_tiny_gan(tmp_path / "gan.safetensors")), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as made:  # type: ignore[arg-type]
        layers = replace(made.session.state.layers, points=False, manifold=False, contours=False)
        made.workspace.do(SetLayers(layers=layers))
        until_idle()
        yield made


def ink(window: LabWindow) -> int:
    plane = window.bench.plane
    return plane.grab().toImage().pixel(plane.width() // 3, plane.height() // 3)


def test_that_a_click_colours_the_plane_and_another_takes_it_away(qtbot: QtBot, window: LabWindow) -> None:
    box, bare = window.findChild(QCheckBox, "criticLayerBox"), ink(window)
    box.click()
    until_idle()
    assert ink(window) != bare
    box.click()
    until_idle()
    assert ink(window) == bare


def test_that_a_place_tells_its_probability_and_the_legend_what_the_colours_mean(window: LabWindow) -> None:
    window.bench.actions["criticLayerAction"].trigger()
    until_idle()
    plane = window.bench.plane
    plane.grab()
    layer = plane.maps.critic
    assert "D(G(z)) = 0." in layer.words_at(QPointF(20, 40), plane.camera)
    corner = QPointF(plane.width() - 30, plane.height() - 50)
    assert "taken for a real one" in layer.words_at(corner, plane.camera)
    low, high = layer.ends()
    assert low.endswith("looks made")
    assert high.startswith("looks real")


def test_that_a_drag_asks_for_no_other_map(qtbot: QtBot, window: LabWindow) -> None:
    window.bench.actions["criticLayerAction"].trigger()
    until_idle()
    asked: list[object] = []
    window.workspace.on(CriticMapRequest).connect(asked.append)
    plane, middle = window.bench.plane, window.bench.plane.rect().center()
    before = window.session.state.probe
    qtbot.mousePress(plane, LEFT, pos=middle)
    for step in range(1, 6):
        qtbot.mouseMove(plane, middle + QPoint(6 * step, 3 * step))
    qtbot.mouseRelease(plane, LEFT, pos=middle + QPoint(30, 15))
    until_idle()
    assert window.session.state.probe != before
    assert asked == []


def test_that_over_a_model_without_a_critic_nothing_is_asked_or_painted(
    window: LabWindow, tmp_path: Path
) -> None:
    window.bench.actions["criticLayerAction"].trigger()
    window.workspace.open(SessionState(model=str(save_tiny_model(tmp_path / "vae.safetensors")), data="toy"))
    until_idle()
    layers = replace(window.session.state.layers, critic=True, points=False, manifold=False)
    window.workspace.do(SetLayers(layers=layers))
    until_idle()
    assert window.bench.plane.maps.critic.found is None
    assert not window.bench.plane.maps.critic.shown


def test_that_a_layer_that_a_model_cannot_fill_is_greyed_and_says_why(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    boxes = {
        name: window.findChild(QCheckBox, f"{name}LayerBox") for name in ("critic", "posterior", "stretch")
    }
    assert boxes["critic"].isEnabled()
    assert "discriminator takes" in boxes["critic"].toolTip()
    assert not boxes["posterior"].isEnabled()
    assert "likelihood" in boxes["posterior"].toolTip()
    window.bench.opener.open_model(str(save_tiny_model(tmp_path / "other.safetensors")))
    until_idle()
    assert not boxes["critic"].isEnabled()
    assert "no discriminator" in boxes["critic"].toolTip()
    assert boxes["posterior"].isEnabled()
    assert boxes["stretch"].isEnabled()
