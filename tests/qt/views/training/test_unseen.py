"""A model without a plane is trained in the window: it is opened when it is there, on what it draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.training.plan import TrainingPlan, has_plane, opens_at_the_end
from latentlab.engine.training.presets import Choice
from latentlab.models.registry import registered
from latentlab.qt.clients.trainer_client import Stage
from latentlab.session.known_data import Known
from latentlab.session.state import SessionState
from tests.kinds import duel
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import save_tiny_model, toy_set

pytestmark = OFFSCREEN


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    with registered(duel.KIND):
        yield


def test_that_of_the_kinds_that_ship_none_waits_for_its_end():
    assert not any(map(opens_at_the_end, ("ae", "vae", "cvae", "ddpm", "classifier")))
    assert opens_at_the_end("duel")
    assert not has_plane("duel")


def test_that_it_is_offered_at_the_end_and_opens_on_its_samples(qtbot: QtBot, tmp_path: Path):
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    state = SessionState(model=str(model), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as window:  # type: ignore[arg-type]
        panel, bench = window.bench.training, window.bench
        bench.docks.show_training()
        panel.offer_data([Known("Toy pictures", "toy", (1, 8, 8))], "toy")
        plan = TrainingPlan(epochs=4, batch=16, precision="fp32", threads=1, device="cpu")
        panel.set_plan(Choice.of("duel"), plan)
        qtbot.mouseClick(window.findChild(QPushButton, "trainStart"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(bench.messages.isVisible, timeout=20_000)
        qtbot.waitUntil(lambda: bench.trainer.stage is Stage.IDLE, timeout=20_000)
        assert "is finished" in bench.messages.label.text()
        assert window.workspace.state.model == str(model), "the plane keeps its model"
        qtbot.mouseClick(bench.messages.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bench.samples.sheet.picture is not None, timeout=5000)
        assert bench.samples.isVisible()
        assert not bench.plane.isVisible()
        assert window.workspace.model.latents == 0
