"""The menu of models, and what happens when there is nothing to see of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.files import model_catalog as catalogue
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.errors import LabError
from latentlab.qt.shell.menus import model_menu
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import save_tiny_classifier, save_tiny_model

pytestmark = OFFSCREEN


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """What ships: a VAE and a classifier."""
    files = {
        "toy-classifier": save_tiny_classifier(tmp_path / "toy-classifier.safetensors"),
        "toy-vae": save_tiny_model(tmp_path / "toy-vae.safetensors"),
    }
    for module in (model_menu, catalogue):
        monkeypatch.setattr(module, "model_files", lambda: files)
    return files


def test_that_a_classifier_is_in_no_menu_and_no_chooser(qtbot: QtBot, tmp_path: Path, shipped) -> None:
    with open_window(qtbot, tmp_path) as window:
        names = {entry.name for entry in model_menu.model_entries(window.bench)}
    assert "model_toy-vae" in names
    assert "model_toy-classifier" not in names
    listed = {one.title for one in catalogue.comparable(tmp_path)}
    assert listed == {"toy-vae"}, "neither the shipped one nor the one in the folder"


def test_that_a_classifier_that_is_opened_all_the_same_is_refused_in_plain_words(shipped) -> None:
    renderer = Renderer()
    with pytest.raises(LabError, match="makes none, so there is nothing to draw") as refused:
        list(renderer.serve(LoadRequest(1, str(shipped["toy-classifier"]))))
    assert "toy-classifier.safetensors" in str(refused.value)
    assert renderer.loaded is None
