"""The probe panel: picture, typed coordinates, and the prior's word."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.probe.view import ProbePanel, in_words, parse_point
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.session.edits import MoveProbe
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import SIDE, FakeRenderer, picture_at

# What the offscreen platform says whenever a window is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

FINITE = st.floats(-1e18, 1e18)


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> ProbePanel:
    made = ProbePanel(workspace)
    qtbot.addWidget(made)
    made.resize(330, 700)
    made.show()
    workspace.do(MoveProbe(z=(0.25, -0.5)))
    qtbot.waitUntil(lambda: made.density.text() != "–", timeout=2000)
    return made


def typed(panel: ProbePanel, text: str) -> None:
    panel.z.setFocus()
    panel.z.selectAll()
    QTest.keyClicks(panel.z, text)


def test_that_the_picture_follows_the_probe(qtbot: QtBot, workspace: Workspace, panel: ProbePanel) -> None:
    workspace.do(MoveProbe(z=(2.0, 1.0)))
    qtbot.waitUntil(lambda: np.array_equal(panel.image.picture, picture_at((2.0, 1.0))), timeout=2000)
    assert panel.z.text() == "2.000, 1.000"


def test_that_coordinates_typed_and_entered_move_the_probe_in_one_step(
    workspace: Workspace, panel: ProbePanel
) -> None:
    steps = workspace.undo_stack.count()
    typed(panel, "1.5; -0.25")
    assert workspace.state.probe == (0.25, -0.5)
    QTest.keyClick(panel.z, Qt.Key.Key_Return)
    assert workspace.state.probe == (1.5, -0.25)
    assert workspace.undo_stack.count() == steps + 1
    assert panel.z.text() == "1.500, -0.250"


def test_that_entering_what_is_there_does_not_round_the_probe(
    workspace: Workspace, panel: ProbePanel
) -> None:
    workspace.do(MoveProbe(z=(0.123456, 0.5)))
    QTest.keyClick(panel.z, Qt.Key.Key_Return)
    assert workspace.state.probe == (0.123456, 0.5)


@pytest.mark.parametrize("text", ["one, two", "1", "1 2 3", "nan, 0", "1e999 0", ""])
def test_that_bad_coordinates_are_told_and_escape_brings_the_old_back(
    workspace: Workspace, panel: ProbePanel, text: str
) -> None:
    typed(panel, text or " ")
    QTest.keyClick(panel.z, Qt.Key.Key_Return)
    assert not panel.fault.isHidden()
    assert "Esc" in panel.fault.text()
    assert workspace.state.probe == (0.25, -0.5)
    QTest.keyClick(panel.z, Qt.Key.Key_Escape)
    assert panel.z.text() == "0.250, -0.500"
    assert panel.fault.isHidden()


def test_that_escape_is_left_to_others_where_there_is_nothing_to_take_back(panel: ProbePanel) -> None:
    presses: list[bool] = []
    action = QAction(panel, shortcut="Esc")
    action.triggered.connect(lambda: presses.append(True))
    panel.addAction(action)
    panel.activateWindow()
    typed(panel, "7")
    QTest.keyClick(panel.z, Qt.Key.Key_Escape)
    assert presses == []
    assert panel.z.text() == "0.250, -0.500"
    QTest.keyClick(panel.z, Qt.Key.Key_Escape)
    assert presses == [True]


def test_that_undo_shows_the_old_coordinates(workspace: Workspace, panel: ProbePanel) -> None:
    typed(panel, "3 3")
    QTest.keyClick(panel.z, Qt.Key.Key_Return)
    workspace.undo_stack.undo()
    assert panel.z.text() == "0.250, -0.500"


def test_that_no_coordinate_reads_minus_nought(workspace: Workspace, panel: ProbePanel) -> None:
    workspace.do(MoveProbe(z=(-0.0001, 0.0001)))
    assert panel.z.text() == "0.000, 0.000"


def test_that_density_and_radius_are_shown_in_figures_and_words(
    qtbot: QtBot, workspace: Workspace, panel: ProbePanel
) -> None:
    workspace.do(MoveProbe(z=(3.0, 4.0)))
    qtbot.waitUntil(lambda: "5.00" in panel.density.text(), timeout=2000)
    assert panel.density.text() == "−14.34 nats, |z| 5.00"
    assert panel.words.text() == "beyond 3σ: few training pictures lie here"


@pytest.mark.parametrize(
    ("radius", "dimensions", "words"),
    [
        (0.0, 2, "inside 1σ"),
        (1.0, 2, "inside 1σ"),
        (1.01, 2, "between 1σ and 2σ"),
        (2.5, 1, "between 2σ and 3σ"),
        (3.0, 2, "between 2σ and 3σ"),
        (3.001, 2, "beyond 3σ: few training pictures lie here"),
        (8.0, 64, "where nearly all samples of the prior lie"),
        (0.0, 64, "nearer 0 than samples of the prior"),
        (12.0, 64, "farther out than nearly all samples of the prior"),
    ],
)
def test_that_a_radius_is_put_in_plain_words(radius: float, dimensions: int, words: str) -> None:
    assert in_words(radius, dimensions) == words


def test_that_the_picture_is_a_square_of_whole_pixels_with_no_more_room_than_it_needs(
    panel: ProbePanel,
) -> None:
    for width in (260, 330, 420):
        panel.resize(width, 900)
        room = panel.image.width()
        assert panel.image.height() == room // SIDE * SIDE


def test_that_a_very_wide_panel_does_not_make_the_picture_fill_the_screen(panel: ProbePanel) -> None:
    panel.resize(1400, 900)
    assert panel.image.height() <= 448


def test_that_a_picture_larger_than_the_panel_is_made_to_fit(qtbot: QtBot) -> None:
    image = CrispPicture("picture", "A picture", 448)
    qtbot.addWidget(image)
    image.show_picture(np.zeros((600, 800, 3), np.uint8))
    assert image.heightForWidth(200) == 150


def test_that_an_action_gets_a_button_under_the_picture(panel: ProbePanel) -> None:
    done: list[bool] = []
    action = QAction("&Copy", panel)
    action.setObjectName("copyProbeAction")
    action.triggered.connect(lambda: done.append(True))
    button = panel.add_action(action)
    assert button.objectName() == "copyProbeActionButton"
    assert button.accessibleName() == "Copy"
    panel.resize(331, 700)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [True]


def test_that_a_model_that_cannot_be_opened_does_not_leave_the_panel_waiting(qtbot: QtBot) -> None:
    workspace = Workspace(Session(SessionState(model="missing")), FakeRenderer())
    panel = ProbePanel(workspace)
    qtbot.addWidget(panel)
    with qtbot.waitSignal(workspace.refused, timeout=2000):
        workspace.start()
    workspace.stop()
    assert panel.image._waiting == "No model is open"


@given(st.lists(FINITE, min_size=1, max_size=8), st.sampled_from([", ", ",", " ", ";", " ; ", "\t"]))
def test_that_numbers_are_read_back_exactly_whatever_stands_between(
    values: list[float], between: str
) -> None:
    text = between.join(map(repr, values))
    assert parse_point(text, len(values)) == tuple(values)
    assert parse_point(text.replace("-", "−"), len(values)) == tuple(values)


@given(st.text(), st.integers(1, 4))
def test_that_any_text_gives_finite_numbers_or_a_value_error(text: str, count: int) -> None:
    try:
        point = parse_point(text, count)
    except ValueError:
        return
    assert len(point) == count
    assert all(map(math.isfinite, point))


@given(st.lists(FINITE, max_size=6), st.integers(1, 6))
def test_that_the_wrong_number_of_numbers_is_refused(values: list[float], count: int) -> None:
    if len(values) != count:
        with pytest.raises(ValueError, match=f"{count} expected"):
            parse_point(" ".join(map(repr, values)), count)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("0,5", (0.5,)),
        ("0,5 1,25", (0.5, 1.25)),
        ("0,5; 1,25", (0.5, 1.25)),
        ("0,5, 1,25", (0.5, 1.25)),
        ("0.5,1.25", (0.5, 1.25)),
        ("1, 2", (1.0, 2.0)),
        ("1,-2", (1.0, -2.0)),
        ("1,2,3", (1.0, 2.0, 3.0)),
        (",1; 2,", (1.0, 2.0)),
        ("\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE} 2", (1.5, 2.0)),
    ],
)
def test_that_a_comma_is_a_mark_or_stands_between_as_the_number_of_numbers_tells(
    text: str, point: tuple[float, ...]
) -> None:
    assert parse_point(text, len(point)) == point


@pytest.mark.parametrize(("text", "count"), [("0,5", 2), ("1,2, 3", 3)])
def test_that_a_comma_with_two_meanings_is_refused(text: str, count: int) -> None:
    with pytest.raises(ValueError, match="write a decimal point, or a space"):
        parse_point(text, count)


def test_that_a_narrow_line_shows_the_beginning_of_the_figure(
    qtbot: QtBot, workspace: Workspace, panel: ProbePanel
) -> None:
    panel.density.setFixedWidth(60)
    workspace.do(MoveProbe(z=(3.0, 4.0)))
    qtbot.waitUntil(lambda: "5.00" in panel.density.text(), timeout=2000)
    assert panel.density.cursorPosition() == 0


@pytest.mark.parametrize("text", ["1e19, 0", "0, -1e39", "1e300 1"])
def test_that_numbers_that_no_model_can_reckon_with_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Only numbers from -1e\+18 to 1e\+18 can be decoded"):
        parse_point(text, 2)
