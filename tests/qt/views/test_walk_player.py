"""The walk player under mouse and keys."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import WalkRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.walk.view import WalkPlayer
from latentlab.qt.widgets.colours import Theme, palette_for
from latentlab.session.edits import SetPins, SetWalk, ShowFrame
from latentlab.session.state import SLERP, WalkSettings
from tests.qt.fake_renderer import picture_at
from tests.qt.waiting import until_idle

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

PINS = ((0.0, 0.0), (2.0, 0.0), (2.0, 4.0))


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> WalkPlayer:
    made = WalkPlayer(workspace)
    qtbot.addWidget(made)
    made.resize(540, 170)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def ready(qtbot: QtBot, workspace: Workspace, view: WalkPlayer) -> WalkPlayer:
    """The player with a walk of two legs, 5 pictures each: frames 0 to 8."""
    workspace.do(SetWalk(walk=WalkSettings(steps=5, frames_per_second=60)))
    workspace.do(SetPins(pins=PINS))
    qtbot.waitUntil(lambda: view.slider.maximum() == 8 and view.screen_.picture is not None, timeout=3000)
    workspace.undo_stack.clear()
    return view


def test_that_fewer_than_two_pins_disable_the_player_and_it_says_why(
    workspace: Workspace, view: WalkPlayer
) -> None:
    workspace.do(SetPins(pins=PINS[:1]))
    assert not view.play.isEnabled()
    assert view.why_not.isVisible()
    assert "two pictures or more" in view.why_not.text()
    workspace.do(SetPins(pins=PINS))
    assert view.play.isEnabled()
    assert not view.why_not.isVisible()


def test_that_scrubbing_shows_the_frame_and_is_no_step_of_the_undo(
    workspace: Workspace, ready: WalkPlayer
) -> None:
    ready.slider.setValue(3)
    assert workspace.state.frame == 3
    assert ready.place.text() == "3 / 8"
    assert np.array_equal(ready.screen_.picture, picture_at((1.5, 0.0)))
    assert workspace.undo_stack.count() == 0


def test_that_the_slider_follows_the_keys(qtbot: QtBot, workspace: Workspace, ready: WalkPlayer) -> None:
    qtbot.keyClick(ready.slider, Qt.Key.Key_Right)
    assert workspace.state.frame == 1
    qtbot.keyClick(ready.slider, Qt.Key.Key_PageUp)
    assert workspace.state.frame == 5


def test_that_a_frame_shown_elsewhere_is_shown_here(workspace: Workspace, ready: WalkPlayer) -> None:
    workspace.do(ShowFrame(frame=8))
    assert ready.slider.value() == 8
    assert np.array_equal(ready.screen_.picture, picture_at((2.0, 4.0)))


def test_that_playing_goes_to_the_end_and_back(qtbot: QtBot, workspace: Workspace, ready: WalkPlayer) -> None:
    frames: list[int | None] = []
    workspace.changed.connect(lambda old, new: frames.append(new.frame))
    qtbot.mouseClick(ready.play, Qt.MouseButton.LeftButton)
    assert ready.playing
    assert ready.play.text() == "Pause"
    qtbot.waitUntil(lambda: 8 in frames and frames[-1] == 5, timeout=3000)
    qtbot.mouseClick(ready.play, Qt.MouseButton.LeftButton)
    assert not ready.playing
    assert frames[:11] == [1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5]


def test_that_space_plays_and_pauses(qtbot: QtBot, ready: WalkPlayer) -> None:
    for control in (ready, ready.slider):
        qtbot.keyClick(control, Qt.Key.Key_Space)
        assert ready.playing
        qtbot.keyClick(control, Qt.Key.Key_Space)
        assert not ready.playing


def test_that_a_hidden_player_does_not_play(qtbot: QtBot, workspace: Workspace, ready: WalkPlayer) -> None:
    ready.toggle()
    ready.hide()
    assert not ready.playing
    assert ready.play.text() == "Play"


def test_that_taking_the_pins_away_stops_the_playing(workspace: Workspace, ready: WalkPlayer) -> None:
    ready.toggle()
    workspace.do(SetPins(pins=()))
    assert not ready.playing
    assert workspace.state.frame is None


def test_that_the_probe_goes_to_the_frame_shown(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    ready.slider.setValue(6)
    qtbot.mouseClick(ready.probe_here, Qt.MouseButton.LeftButton)
    assert workspace.state.probe == (2.0, 2.0)
    assert workspace.undo_stack.count() == 1


def test_that_choosing_the_path_is_an_undoable_step(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    qtbot.keyClick(ready.path, Qt.Key.Key_Down)
    assert workspace.state.walk.path == SLERP
    workspace.undo_stack.undo()
    assert ready.path.currentText() == "Straight line"


def test_that_a_burst_of_the_steps_is_one_step_of_the_undo(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    for _ in range(4):
        qtbot.keyClick(ready.steps, Qt.Key.Key_Up)
    assert workspace.state.walk.steps == 9
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.state.walk.steps == 5
    assert ready.steps.value() == 5


def test_that_steps_and_speed_are_two_steps_of_the_undo(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    qtbot.keyClick(ready.steps, Qt.Key.Key_Up)
    qtbot.keyClick(ready.speed, Qt.Key.Key_Down)
    assert workspace.undo_stack.count() == 2


def test_that_finer_steps_keep_the_place_in_the_walk(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    ready.slider.setValue(6)
    ready.steps.setValue(9)
    qtbot.waitUntil(lambda: ready.slider.maximum() == 16, timeout=2000)
    assert ready.slider.value() == 12
    assert workspace.state.frame == 12
    assert np.array_equal(ready.screen_.picture, picture_at((2.0, 2.0)))


def test_that_another_speed_does_not_interrupt_the_playing(
    qtbot: QtBot, workspace: Workspace, ready: WalkPlayer
) -> None:
    ready.slider.setValue(5)
    ready.toggle()
    ready.speed.setValue(1)
    qtbot.waitUntil(lambda: workspace.state.frame is not None, timeout=2000)
    assert workspace.state.frame is not None
    assert workspace.state.frame >= 5
    assert ready.playing
    assert ready._timer.interval() == 1000


def test_that_a_click_on_the_curve_scrubs(qtbot: QtBot, workspace: Workspace, ready: WalkPlayer) -> None:
    box = ready.plot._plot.getViewBox()
    ready.plot._plot.grab()  # lays the axes out
    place = box.mapViewToScene(QPointF(4.2, -2.0))
    ready.plot._clicked(SimpleNamespace(scenePos=lambda: place))
    assert workspace.state.frame == 4
    assert ready.plot._line.value() == 4


def test_that_the_curve_is_imported_only_when_the_first_walk_is_seen() -> None:
    code = "import latentlab.qt.views.walk.view, sys; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_a_walk_that_came_while_hidden_is_drawn_when_shown(
    qtbot: QtBot, workspace: Workspace, view: WalkPlayer
) -> None:
    view.hide()
    with qtbot.waitSignal(workspace.on(WalkRequest).signal, timeout=2000):
        workspace.do(SetPins(pins=PINS))
    assert view.plot._plot is None
    view.show()
    assert view.plot._plot is not None


@pytest.mark.parametrize(("width", "height"), [(240, 420), (420, 150), (540, 190)])
def test_that_every_control_is_whole_at_any_size(
    qtbot: QtBot, ready: WalkPlayer, width: int, height: int
) -> None:
    ready.resize(width, height)
    until_idle()
    assert (ready.width(), ready.height()) == (width, height)
    for control in (ready.path, ready.steps, ready.speed, ready.play, ready.slider, ready.probe_here):
        assert ready.player.rect().contains(control.geometry())
        assert control.height() >= control.minimumSizeHint().height()
        assert control.accessibleName()
        assert control.toolTip()


def test_that_the_curve_follows_the_theme(ready: WalkPlayer) -> None:
    for theme in (Theme.DARK, Theme.LIGHT):
        palette = palette_for(theme)
        ready.setPalette(palette)
        assert ready.plot._plot.backgroundBrush().color() == palette.base().color()
        assert ready.plot._curve.opts["pen"].color() == palette.highlight().color()
