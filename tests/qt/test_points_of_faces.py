"""The shipped faces in the real window: which of them smile is seen after two actions, and found by words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


@pytest.mark.slow
def test_that_which_faces_smile_is_seen_in_two_actions_and_found_by_the_keyboard(
    qtbot: QtBot, tmp_path: Path
) -> None:
    faces = catalog.load("faces", "test")
    assert faces.attributes is not None
    has = dict(zip(faces.attribute_names, faces.attributes.numpy().T, strict=True))
    state = SessionState(model="faces-vae", data="faces")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as window:  # type: ignore[arg-type]
        window.bench.docks.bring(window.bench.docks.of(POINTS))
        facts = facts_of(window.workspace)
        qtbot.waitUntil(lambda: window.workspace.encodings.done, timeout=10_000)
        assert facts.by == "Eyeglasses", "they open coloured by the attribute that divides them most evenly"
        assert len(set(window.bench.plane.cloud.ink.tolist())) == 2

        combo = window.findChild(QComboBox, "colourBy")
        qtbot.mouseClick(combo, Qt.MouseButton.LeftButton, pos=QPoint(combo.width() - 8, 8))
        view = combo.view()
        view.setCurrentIndex(view.model().index(combo.findText("Smiling"), 0))
        qtbot.keyClick(view, Qt.Key.Key_Return)
        assert facts.look is not None
        yes, no = (set(facts.look.inks[has["Smiling"] == smiles].tolist()) for smiles in (True, False))
        assert len(yes) == len(no) == 1
        assert yes != no
        assert set(window.bench.plane.cloud.ink.tolist()) == yes | no

        line = window.findChild(QLineEdit, "findPoints")
        qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is line
        qtbot.keyClicks(line, "Hat and not Smiling")
        until_idle()
        wanted = np.flatnonzero(has["Hat"] & ~has["Smiling"])
        assert window.bench.plane.cloud.row.tolist() == wanted.tolist()
        count = window.findChild(QLabel, "findCount").text()
        assert count == f"{len(wanted):,} of {len(faces):,}"
