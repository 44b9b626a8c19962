"""What a model in training makes of held-out pictures: always the same ones, and the same noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.progress import ProgressSheetReply, ProgressSheetRequest
from latentlab.qt.clients.trainer_client import Stage
from tests.qt.shell import OFFSCREEN
from tests.qt.views.training.test_training_panel import click, training_window, until
from tests.tiny import save_tiny_model, toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def test_that_a_sheet_has_pictures_what_is_made_of_them_and_samples(tmp_path: Path):
    renderer = Renderer()
    list(renderer.serve(LoadRequest(1, str(save_tiny_model(tmp_path / "m.safetensors")), "toy", "test")))
    first, again = (
        [reply for reply in renderer.serve(ProgressSheetRequest(number, 5, 9)) if reply is not None]
        for number in (2, 3)
    )
    (sheet,) = first
    assert isinstance(sheet, ProgressSheetReply)
    assert (len(sheet.originals), len(sheet.rebuilt), len(sheet.samples)) == (5, 5, 9)
    images = toy_set("test").images
    assert np.array_equal(sheet.originals[0], images[0, 0].numpy())
    assert np.array_equal(sheet.originals[-1], images[-1, 0].numpy())
    assert all(picture.shape == (8, 8) for picture in (*sheet.rebuilt, *sheet.samples))
    assert all(map(np.array_equal, sheet.samples, again[0].samples)), "always from the same noise"


def test_that_it_follows_a_training_and_ends_with_the_model_that_is_saved(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        panel = window.bench.training
        strip = panel.strip
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: strip.sheet is not None, timeout=20_000)
        assert strip.caption.startswith("after step")
        assert not strip.grab().toImage().isNull()
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        qtbot.waitUntil(lambda: strip.caption == "at the end", timeout=5000)
        qtbot.mouseClick(panel.form.start, Qt.MouseButton.LeftButton)
        assert strip.sheet is None
        until(qtbot, window, Stage.RUNNING)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
