"""The film of a walk, by mouse from the pins to the file, and a walk that drives the large picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.files.film_plan import FilmPlan, Loop, natural_seconds
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.requests.points import FilmRequest
from latentlab.qt.export.film_dialog import FilmDialog
from latentlab.session.edits import MoveProbe, SetPins
from tests.qt.fake_renderer import SIDE, FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton


@given(st.integers(1, 200), st.integers(1, 60), st.floats(0.1, 60), st.sampled_from(Loop))
def test_that_a_film_has_its_frames_from_the_first_picture_to_the_last(
    pictures: int, rate: int, seconds: float, loop: Loop
) -> None:
    plan = FilmPlan(rate, seconds, loop)
    picks = plan.picks(pictures)
    assert len(picks) == plan.count == max(1, round(seconds * rate))
    assert picks[0] == 0
    assert all(0 <= pick < pictures for pick in picks)
    if loop is Loop.THERE_AND_BACK:
        # The round closes: the frame after the last would be the first.
        assert picks[1:] == picks[:0:-1] or plan.count % 2
        assert plan.count % 2 or picks[plan.count // 2] == pictures - 1
    elif plan.count > 1:
        assert picks[-1] == pictures - 1
        assert picks == sorted(picks)


def test_that_a_film_shows_each_picture_once_by_default() -> None:
    assert FilmPlan(10, natural_seconds(6, 10, Loop.AGAIN), Loop.AGAIN).picks(6) == [0, 1, 2, 3, 4, 5]
    there_and_back = FilmPlan(10, natural_seconds(4, 10, Loop.THERE_AND_BACK))
    assert there_and_back.picks(4) == [0, 1, 2, 3, 2, 1]
    assert there_and_back.needed == 4


class Hand:
    """A mouse that counts what it does."""

    def __init__(self, qtbot: QtBot, window: QWidget) -> None:
        self._qtbot, self._window, self.actions = qtbot, window, 0

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        self.actions += 1
        self._qtbot.mouseClick(widget, LEFT, pos=place or widget.rect().center())
        until_idle()

    def button(self, name: str, within: QWidget | None = None) -> None:
        self.click((within or self._window).findChild(QAbstractButton, name))


@pytest.mark.slow
def test_that_a_film_of_a_walk_takes_at_most_six_actions_from_pins_to_file(
    qtbot: QtBot, tmp_path: Path
) -> None:
    renderer = FakeRenderer()
    with open_window(qtbot, tmp_path, renderer) as window:
        window.bench.settings.folder = str(tmp_path)
        window.bench.settings.scale = 3
        hand, plane = Hand(qtbot, window), window.bench.plane
        hand.button("pinProbe")
        hand.click(plane, plane.rect().center() + QPoint(120, 40))
        hand.button("pinProbe")
        hand.button("walkSave")
        (dialog,) = window.findChildren(FilmDialog)
        saving, button = (
            window.bench.actions["exportWalkAction"],
            window.findChild(QAbstractButton, "walkSave"),
        )
        assert saving.text().replace("&", "") == button.text() == f"{dialog.windowTitle()} …", "one name"
        assert dialog.playing
        assert dialog.screen_.size().toTuple() == (3 * SIDE, 3 * SIDE)
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=5000) as saved:
            hand.button("exportSave", dialog)
        assert hand.actions <= 6
        until_idle()
        # Once more, slower and longer, and to the end only: the frames in between are asked for.
        window.bench.actions["exportWalkAction"].trigger()
        (dialog,) = [one for one in window.findChildren(FilmDialog) if one.isVisible()]
        dialog.findChild(QComboBox, "filmLoop").setCurrentIndex(2)
        dialog.rate.setValue(25)
        dialog.seconds.setValue(4.0)
        until_idle()
        asked = [one for one in renderer.served if isinstance(one, FilmRequest)]
        assert asked[-1].steps == 100
        assert "100 frames" in dialog.size_label.text()
        assert dialog.told.text().startswith("4.0 s, played once; a file of about ")
        assert dialog.playing
        qtbot.mouseClick(dialog.screen_, LEFT)
        assert not dialog.playing
        dialog.path.setText(str(tmp_path / "long.webp"))
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=5000):
            qtbot.mouseClick(dialog.findChild(QAbstractButton, "exportSave"), LEFT)
        pins = window.workspace.state.pins
        until_idle()
    with open_window(qtbot, tmp_path, renderer) as window:
        qtbot.waitUntil(lambda: window.bench.exporter.exportables.has("walk"), timeout=5000)
        window.bench.actions["exportWalkAction"].trigger()
        (dialog,) = window.findChildren(FilmDialog)
        assert dialog.plan == FilmPlan(25, 4.0, Loop.ONCE), "as it was saved last"
        assert dialog.scale.value() == 3
        dialog.close()
        until_idle()
    with Image.open(saved.args[0]) as film:
        assert film.info["loop"] == 0
        assert film.size == (3 * SIDE, 3 * SIDE)
    with Image.open(tmp_path / "long.webp") as film:
        times = [frame.copy().info["duration"] for frame in ImageSequence.Iterator(film)]
        assert film.info["loop"] == 1
        last = np.asarray(film.convert("L"))
    assert sum(times) == 4000
    assert np.array_equal(last[::3, ::3], picture_at(pins[1]))
    assert read_provenance(tmp_path / "long.webp").extra["film"] == "100 frames, 25 a second, once"


@pytest.mark.slow
def test_that_a_playing_walk_drives_the_large_picture_without_steps_to_undo(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        bench, workspace = window.bench, window.workspace
        workspace.do(SetPins(pins=((0.0, 0.0), (2.0, 4.0))))
        until_idle()
        steps, probe = workspace.undo_stack.count(), workspace.state.probe
        image = bench.probe.image
        assert np.array_equal(image.picture, picture_at(probe))
        last = workspace.state.walk.steps - 1
        bench.actions["playWalkAction"].trigger()
        qtbot.waitUntil(lambda: workspace.state.frame == last, timeout=5000)
        assert np.array_equal(image.picture, picture_at((2.0, 4.0)))
        assert f"{last} / {last}" in bench.probe.words.text()
        # In a presentation too, where the player is out of sight.
        bench.presentation.switch()
        assert not bench.player.isVisible()
        assert bench.player.playing
        seen = workspace.state.frame
        qtbot.waitUntil(lambda: workspace.state.frame != seen, timeout=5000)
        assert np.array_equal(image.picture, bench.player.screen_.picture)
        bench.presentation.switch()
        bench.actions["playWalkAction"].trigger()
        assert not bench.player.playing
        assert workspace.undo_stack.count() == steps
        assert workspace.state.probe == probe
        workspace.do(MoveProbe(z=(1.0, 0.0)))
        until_idle()
        assert np.array_equal(image.picture, picture_at((1.0, 0.0)))
