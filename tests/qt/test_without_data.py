"""Models whose pictures are not to be found: every control of the window can be used, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.models.capabilities import Capability
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from tests.hands import Faults, Hands, composed, few_pictures, until
from tests.qt.shell import OFFSCREEN
from tests.tiny import CONFIG, DDPM_CONFIG, save_tiny_cvae, save_tiny_ddpm, save_tiny_model

pytestmark = [OFFSCREEN, pytest.mark.slow]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with few_pictures(260):
        made = composed(Settings(tmp_path / "lab.ini"), tmp_path / "models")
        yield made
        qtbot.waitUntil(lambda: not made.bench.background.busy, timeout=5000)
        made.close()
        made.deleteLater()


def test_that_every_control_can_be_used_without_pictures(window: LabWindow, tmp_path: Path) -> None:
    faults, hands = Faults(window, tmp_path), Hands(window)
    save_tiny_ddpm(tmp_path / "noise.safetensors", replace(DDPM_CONFIG))
    for path in (
        save_tiny_model(tmp_path / "plain.safetensors", replace(CONFIG, latents=3)),
        save_tiny_cvae(tmp_path / "told.safetensors"),
    ):
        window.bench.opener.open_file(path)
        until(
            lambda path=path: window.workspace.model is not None and window.workspace.model.path == str(path),
            f"{path} was not opened",
        )
        model = window.workspace.model
        assert model is not None
        assert model.missing
        assert not len(model.images)
        assert "points need the data" in window.bench.messages.label.text()
        assert "latentlab " not in window.bench.messages.label.text()
        until(lambda: window.bench.probe.image.picture is not None, "nothing is drawn at the probe")
        hands.use_everything(of_a_kind=2)
        assert not faults.found, f"{path.name}: {faults.found}"
        assert model.can(Capability.ENCODES)
    hands.open("mnist-vae-2d")
    assert len(window.workspace.model.images) == 260
    # The attributes of 60,000 pictures may be asked for by now.
    until(lambda: window.workspace._thread.idle, "the thread is never at rest", 180.0)
