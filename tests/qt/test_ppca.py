"""Probabilistic PCA in the real window, by mouse and key: fitted, opened, dragged, looked into, exported."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.trainer_client import Stage
from latentlab.session.known_data import Known
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import save_tiny_model, toy_set

pytestmark = OFFSCREEN


def test_that_it_is_fitted_from_the_panel_then_dragged_and_tells_the_exact_density_of_a_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    state = SessionState(model=str(save_tiny_model(tmp_path / "tiny.safetensors")), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as window:  # type: ignore[arg-type]
        window.bench.docks.show_training()
        panel = window.bench.training
        panel.offer_data([Known("Toy pictures", "toy", (1, 8, 8))], "toy")
        chooser = next(box for box in panel.findChildren(QComboBox) if box.findText("VAE, 2 latents") >= 0)
        chooser.setFocus()
        while chooser.currentText() != "Probabilistic PCA, 2 components":
            before = chooser.currentIndex()
            qtbot.keyClick(chooser, Qt.Key.Key_Down)
            assert chooser.currentIndex() > before
        qtbot.mouseClick(window.findChild(QPushButton, "trainStart"), Qt.MouseButton.LeftButton)
        kept = tmp_path / "models" / "toy-ppca-2d.safetensors"
        qtbot.waitUntil(kept.exists, timeout=20_000)
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.IDLE, timeout=20_000)
        qtbot.waitUntil(lambda: window.workspace.state.model == str(kept), timeout=10_000)
        qtbot.waitUntil(lambda: window.workspace.encodings is not None, timeout=10_000)

        plane = window.bench.plane
        middle = plane.rect().center()
        with qtbot.waitSignal(window.workspace.on(PointRequest).signal, timeout=5000):
            qtbot.mousePress(plane, Qt.MouseButton.LeftButton, pos=middle)
            qtbot.mouseMove(plane, middle + QPoint(30, 20))
            qtbot.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 20))

        number = window.findChild(QSpinBox, "selectedIndex")
        with qtbot.waitSignal(window.workspace.on(SelectionRequest).signal, timeout=5000):
            number.setFocus()
            number.selectAll()
            qtbot.keyClicks(number, "3")
            qtbot.keyClick(number, Qt.Key.Key_Return)
        x = toy_set("test").images[3:4].float() / 255.0
        with torch.no_grad():
            exact = float(load_model(kept).model.log_density(x)[0])
        density = window.findChild(QLabel, "selectedDensity")
        qtbot.waitUntil(lambda: density.text() not in ("…", "–"), timeout=5000)
        assert float(density.text().removesuffix(" nats").replace("−", "-")) == pytest.approx(
            exact, abs=0.006
        )
        qtbot.waitUntil(lambda: window.bench.exporter.exportables.has("grid"), timeout=5000)
