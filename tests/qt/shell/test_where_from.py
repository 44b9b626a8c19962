"""The button under the probe that asks where its picture comes from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def test_that_the_button_under_the_probe_opens_the_popup_on_its_picture(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        asked = []
        popup = window.bench.where_from
        # No engine: that it would be asked for this is all.
        popup._origins.where_from = lambda *told: asked.append(told)
        button = window.findChild(QToolButton, "whereFromActionButton")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert popup.isVisible()
        assert popup.picture.picture is window.bench.probe.image.picture
        ((picture, model, instead),) = asked
        assert picture is window.bench.probe.image.picture
        assert model.endswith("mnist-vae-2d.safetensors")
        assert instead == "mnist"
        popup.close()
