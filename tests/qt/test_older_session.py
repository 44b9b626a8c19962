"""A window that starts with the settings of an earlier version shows what was left there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from tests import older


def test_that_a_window_opens_on_an_older_session_of_own_data(qtbot: QtBot, tmp_path: Path) -> None:
    folder = older.copied(tmp_path)
    meant = json.loads((folder / "meant.json").read_text())["own"]
    window = create_window(Settings(folder / "own.ini"))
    qtbot.addWidget(window)
    state, model = window.workspace.state, window.workspace.model
    assert model is not None
    assert (model.model, state.data) == ("model", f"{folder / 'pictures'}::dealt=count")
    assert state.probe == pytest.approx((-0.542165, -2.004852), abs=1e-5)
    assert [one.name for one in state.own] == ["Brighter"]
    assert len(state.pins) == 3
    data = catalog.load(state.data, state.split)
    for name, numbers in (("group_a", state.group_a), ("group_b", state.group_b)):
        files = [np.asarray(Image.open(folder / file)) for file in meant[name]]
        assert [data.images[number, 0].tolist() for number in numbers] == [file.tolist() for file in files]
    window.close()
