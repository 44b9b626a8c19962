"""A GAN in the real window, by mouse and key: a picture inverted step by step, and one's own refined."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDockWidget, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import ModelCard, load_model, save_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.models.registry import build
from latentlab.qt.controllers.inversion_run import inversion_of
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.inversion.view import InversionView
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]

PATIENCE = 20_000


@pytest.fixture
def model(tmp_path: Path) -> Path:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        fields = {"latents": 2, "generator_widths": (8, 8), "discriminator_widths": (8, 8)}
        made = build("gan", {"shape": (1, 8, 8), **fields})
    return save_model(tmp_path / "g.safetensors", made, ModelCard("gan", dataclasses.asdict(made.config)))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    state = SessionState(model=str(model), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as made:  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: made.workspace.encodings is not None, timeout=PATIENCE)
        yield made


def panel_of(window: LabWindow) -> InversionView:
    dock = window.findChild(QDockWidget, "inversionDock")
    assert isinstance(dock, QDockWidget)
    window.bench.docks.bring(dock)
    panel = window.findChild(InversionView, "inversionTape")
    assert isinstance(panel, InversionView)
    return panel


def click(qtbot: QtBot, window: LabWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_a_selected_picture_is_inverted_and_the_probe_goes_to_its_z(
    qtbot: QtBot, window: LabWindow, model: Path
) -> None:
    panel, run = panel_of(window), inversion_of(window.workspace)
    assert not panel.start.isEnabled(), "nothing is selected"
    before = [button.geometry() for button in (panel.start, panel.again, panel.go)]
    assert "Double-click a point" in panel.step.text()
    window.workspace.select(3)
    qtbot.waitUntil(panel.start.isEnabled, timeout=PATIENCE)
    click(qtbot, window, "inversionStart")
    qtbot.waitUntil(lambda: run.reply is not None and run.reply.done, timeout=PATIENCE)
    assert not run.running
    assert [button.geometry() for button in (panel.start, panel.again, panel.go)] == before
    last = run.frames[-1]
    assert last.error <= run.frames[0].error + 1e-3
    assert window.workspace.state.probe == last.z
    assert np.array_equal(panel.made.picture, last.picture)
    x = toy_set("test").images[3:4].float() / 255.0
    with torch.no_grad():
        made = load_model(model).model.picture_at(torch.tensor([last.z]))
    assert last.error == pytest.approx(float((made - x).square().mean().sqrt()), abs=1e-4)
    assert f"{last.error:.3f}" in panel.step.text()
    says = window.findChild(QLabel, "inversionSays")
    assert isinstance(says, QLabel)
    assert "rror" not in says.text(), "that is said of the step on show"
    assert "draws lie further out" in says.text()
    marks = window.bench.plane._marking.marks
    assert marks.trajectory == tuple(one.z for one in run.frames)

    # The tape: back to the start by the keyboard, and the probe there by the mouse.
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_Home)
    assert run.shown == 0
    assert np.array_equal(panel.made.picture, run.frames[0].picture)
    assert marks.reached == 0
    click(qtbot, window, "inversionGo")
    assert window.workspace.state.probe == run.frames[0].z

    # Elsewhere its way in the plane means nothing.
    window.bench.docks.bring(window.bench.docks.probe)
    qtbot.waitUntil(lambda: marks.trajectory == (), timeout=PATIENCE)


def test_that_the_picture_of_ones_own_is_refined_and_can_be_stopped(qtbot: QtBot, window: LabWindow) -> None:
    run, pictures = inversion_of(window.workspace), window.bench.controller.own_picture.pictures
    own = QImage(8, 8, QImage.Format.Format_Grayscale8)
    own.fill(90)
    pictures.open_image(own)
    qtbot.waitUntil(lambda: pictures.reply is not None, timeout=PATIENCE)
    click(qtbot, window, "ownPictureRefine")
    assert run.running
    qtbot.waitUntil(lambda: len(run.frames) > 1, timeout=PATIENCE)
    if run.running:
        panel = panel_of(window)
        click(qtbot, window, "inversionStart")
        assert panel.start.text() == "Invert"
    assert not run.running
    count = len(run.frames)
    best = run.frame
    assert best is not None
    qtbot.waitUntil(lambda: window.workspace.state.probe == best.z, timeout=PATIENCE)
    assert len(run.frames) == count, "nothing comes after the stop"
    window.workspace.undo_stack.undo()
    assert window.workspace.state.probe != best.z
