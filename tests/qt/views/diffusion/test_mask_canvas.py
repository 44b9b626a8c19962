"""The hole in a picture: painted, erased, taken back, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.qt.views.diffusion.start.mask import HALVES, HoleMask
from latentlab.qt.views.diffusion.start.mask_canvas import MaskCanvas
from latentlab.qt.views.diffusion.start.mask_tools import MaskTools

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ALT = Qt.KeyboardModifier.AltModifier
HIGH, WIDE = 8, 12


@pytest.fixture
def tools(qtbot: QtBot) -> MaskTools:
    made = MaskTools()
    qtbot.addWidget(made)
    made.canvas.show_picture(np.full((HIGH, WIDE), 90, np.uint8))
    made.resize(300, 120)
    made.show()
    qtbot.addWidget(made.canvas)
    made.canvas.resize(300, 260)
    made.canvas.show()
    qtbot.waitExposed(made.canvas)
    made.canvas.grab()
    made.canvas.set_brush(1)
    return made


@pytest.fixture
def canvas(tools: MaskTools) -> MaskCanvas:
    return tools.canvas


def cell(canvas: MaskCanvas, row: int, column: int) -> QPoint:
    """The middle of a pixel of the picture."""
    scale = canvas._place.width() / WIDE
    corner = canvas._place.topLeft()
    return QPoint(round(corner.x() + (column + 0.5) * scale), round(corner.y() + (row + 0.5) * scale))


def opened(canvas: MaskCanvas) -> set[tuple[int, int]]:
    return {(int(row), int(column)) for row, column in np.argwhere(canvas.hole)}


def test_that_a_click_opens_the_pixel_under_the_mouse(qtbot: QtBot, canvas: MaskCanvas) -> None:
    with qtbot.waitSignal(canvas.masked):
        qtbot.mouseClick(canvas, LEFT, pos=cell(canvas, 2, 7))
    assert opened(canvas) == {(2, 7)}
    for corner in ((0, 0), (HIGH - 1, WIDE - 1)):
        qtbot.mouseClick(canvas, LEFT, pos=cell(canvas, *corner))
        assert corner in opened(canvas)


def test_that_a_fast_drag_leaves_no_gaps(qtbot: QtBot, canvas: MaskCanvas) -> None:
    qtbot.mousePress(canvas, LEFT, pos=cell(canvas, 3, 1))
    qtbot.mouseMove(canvas, cell(canvas, 3, 9))
    qtbot.mouseRelease(canvas, LEFT, pos=cell(canvas, 3, 9))
    assert opened(canvas) == {(3, column) for column in range(1, 10)}


def test_that_the_brush_is_as_wide_as_it_says(qtbot: QtBot, canvas: MaskCanvas) -> None:
    canvas.set_brush(3)
    qtbot.mouseClick(canvas, LEFT, pos=cell(canvas, 4, 5))
    rows = {row for row, _ in opened(canvas)}
    columns = {column for _, column in opened(canvas)}
    assert (rows, columns) == ({3, 4, 5}, {4, 5, 6})


@pytest.mark.parametrize(("button", "modifier"), [(RIGHT, Qt.KeyboardModifier.NoModifier), (LEFT, ALT)])
def test_that_the_right_button_and_alt_erase(
    qtbot: QtBot, canvas: MaskCanvas, button: Qt.MouseButton, modifier: Qt.KeyboardModifier
) -> None:
    canvas.open_half("left")
    qtbot.mouseClick(canvas, button, modifier, pos=cell(canvas, 1, 1))
    assert (1, 1) not in opened(canvas)
    assert len(opened(canvas)) == HIGH * WIDE // 2 - 1


def test_that_one_drag_is_one_step_to_take_back(qtbot: QtBot, canvas: MaskCanvas, tools: MaskTools) -> None:
    for row in (1, 5):
        qtbot.mousePress(canvas, LEFT, pos=cell(canvas, row, 2))
        for column in (4, 6, 8):
            qtbot.mouseMove(canvas, cell(canvas, row, column))
        qtbot.mouseRelease(canvas, LEFT, pos=cell(canvas, row, 8))
    qtbot.mouseClick(tools.undo, LEFT)
    assert {row for row, _ in opened(canvas)} == {1}
    QTest.keySequence(canvas, QKeySequence(QKeySequence.StandardKey.Undo))
    assert opened(canvas) == set()
    assert not tools.undo.isEnabled()
    qtbot.mouseClick(tools.redo, LEFT)
    QTest.keySequence(canvas, QKeySequence(QKeySequence.StandardKey.Redo))
    assert {row for row, _ in opened(canvas)} == {1, 5}


@pytest.mark.parametrize("key", ["undo", "space"])
def test_that_all_that_is_painted_can_be_undone_though_a_key_was_pressed_in_the_middle(
    qtbot: QtBot, canvas: MaskCanvas, key: str
) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=cell(canvas, 0, 0))
    qtbot.mousePress(canvas, LEFT, pos=cell(canvas, 2, 2))
    qtbot.mouseMove(canvas, cell(canvas, 2, 4))
    if key == "undo":
        QTest.keySequence(canvas, QKeySequence(QKeySequence.StandardKey.Undo))
        assert opened(canvas) == {(0, 0)}, "what was painted so far"
    else:
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
    qtbot.mouseMove(canvas, cell(canvas, 5, 4))
    qtbot.mouseRelease(canvas, LEFT, pos=cell(canvas, 5, 4))
    assert len(opened(canvas)) > 3
    while canvas.can_undo and (0, 0) in opened(canvas):
        before = opened(canvas)
        canvas.undo()
    assert before == {(0, 0)}, "all that came after the click is undone before it"
    assert opened(canvas) == set()


def test_that_a_stroke_that_changes_nothing_is_no_step(qtbot: QtBot, canvas: MaskCanvas) -> None:
    qtbot.mouseClick(canvas, RIGHT, pos=cell(canvas, 1, 1))
    assert not canvas.can_undo


def test_that_brackets_change_the_brush_within_its_bounds(
    qtbot: QtBot, canvas: MaskCanvas, tools: MaskTools
) -> None:
    qtbot.keyClicks(canvas, "]]")
    assert canvas.brush == tools.brush.value() == 3
    qtbot.keyClicks(canvas, "[[[[")
    assert canvas.brush == tools.brush.value() == 1
    qtbot.keyClicks(canvas, "]" * 20)
    assert canvas.brush == WIDE // 2
    tools.brush.setValue(2)
    assert canvas.brush == 2


def test_that_the_hole_can_be_painted_without_a_mouse(qtbot: QtBot, canvas: MaskCanvas) -> None:
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert opened(canvas) == {(HIGH // 2, WIDE // 2)}
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert opened(canvas) == {(HIGH // 2, WIDE // 2), (HIGH // 2 - 1, WIDE // 2 - 1)}
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert opened(canvas) == {(HIGH // 2, WIDE // 2)}
    for _ in range(20):
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert (HIGH // 2 - 1, 0) in opened(canvas)


def test_that_clear_invert_and_halves_do_what_they_say(
    qtbot: QtBot, canvas: MaskCanvas, tools: MaskTools
) -> None:
    qtbot.mouseClick(tools.halves["left"], LEFT)
    assert canvas.hole[:, : WIDE // 2].all()
    assert canvas.share == 0.5
    assert tools.share.text() == "50% masked"
    qtbot.mouseClick(tools.invert, LEFT)
    assert canvas.hole[:, WIDE // 2 :].all()
    assert canvas.share == 0.5
    qtbot.mouseClick(tools.clear, LEFT)
    assert canvas.share == 0.0
    assert not tools.clear.isEnabled()
    canvas.undo()
    assert canvas.share == 0.5


@pytest.mark.parametrize("half", HALVES)
def test_that_an_odd_picture_keeps_its_middle_line_closed(half: str) -> None:
    mask = HoleMask(5, 7)
    mask.open_half(half)
    assert not mask.array[2, 3]
    assert mask.array.sum() == (15 if half in ("left", "right") else 14)


def test_that_the_hole_is_seen_and_another_picture_of_the_same_size_keeps_it(
    qtbot: QtBot, canvas: MaskCanvas
) -> None:
    before = canvas.grab().toImage()
    canvas.open_half("top")
    assert canvas.grab().toImage() != before
    canvas.show_picture(np.zeros((HIGH, WIDE, 3), np.uint8))
    assert canvas.share == 0.5
    canvas.show_picture(np.zeros((10, 10), np.uint8))
    assert canvas.share == 0.0
    assert not canvas.can_undo


def test_that_a_hole_of_another_shape_is_left_alone(canvas: MaskCanvas) -> None:
    canvas.show_mask(np.ones((3, 3), np.bool_))
    assert canvas.share == 0.0
    canvas.show_mask(np.ones((HIGH, WIDE), np.bool_))
    assert canvas.share == 1.0


def test_that_nothing_is_painted_where_there_is_no_picture(qtbot: QtBot) -> None:
    canvas = MaskCanvas()
    qtbot.addWidget(canvas)
    qtbot.mouseClick(canvas, LEFT)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.share == 0.0
    assert not canvas.grab().isNull()
