"""The legend: chips that show, hide and single out classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.class_legend.view import ClassChip, ClassLegend, LegendRoom
from latentlab.session.edits import HideClasses
from tests.qt.fake_renderer import CLASSES, COUNT

# What the offscreen platform says whenever a window is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def legend(qtbot: QtBot, workspace: Workspace) -> ClassLegend:
    made = ClassLegend(workspace)
    qtbot.addWidget(made)
    made.resize(600, made.heightForWidth(600))
    made.show()
    return made


def chip(legend: ClassLegend, label: int) -> ClassChip:
    found = legend.findChild(ClassChip, f"classChip_{label}")
    assert isinstance(found, ClassChip)
    return found


def double_click(chip: ClassChip) -> None:
    """As a hand does it: the first click comes through, then the double-click."""
    QTest.mouseClick(chip, LEFT)
    QTest.mouseDClick(chip, LEFT)


def test_that_each_class_has_a_chip_with_its_name_and_count(legend: ClassLegend) -> None:
    for label, name in enumerate(CLASSES):
        assert chip(legend, label).text() == name
        assert chip(legend, label).count == str(COUNT // len(CLASSES))
        assert chip(legend, label).accessibleName() == f"Class {name}, {COUNT // len(CLASSES)} pictures"
        assert chip(legend, label).isChecked()


def test_that_a_click_hides_a_class_and_another_shows_it(workspace: Workspace, legend: ClassLegend) -> None:
    QTest.mouseClick(chip(legend, 1), LEFT)
    assert workspace.state.hidden == {1}
    assert not chip(legend, 1).isChecked()
    QTest.mouseClick(chip(legend, 1), LEFT)
    assert workspace.state.hidden == frozenset()
    assert chip(legend, 1).isChecked()


def test_that_hiding_a_class_is_undone_in_the_session_and_on_the_chip(
    workspace: Workspace, legend: ClassLegend
) -> None:
    QTest.mouseClick(chip(legend, 2), LEFT)
    workspace.undo_stack.undo()
    assert workspace.state.hidden == frozenset()
    assert chip(legend, 2).isChecked()
    workspace.undo_stack.redo()
    assert not chip(legend, 2).isChecked()


def test_that_the_space_bar_hides_and_enter_shows_alone(workspace: Workspace, legend: ClassLegend) -> None:
    QTest.keyClick(chip(legend, 0), Qt.Key.Key_Space)
    assert workspace.state.hidden == {0}
    QTest.keyClick(chip(legend, 2), Qt.Key.Key_Return)
    assert workspace.state.hidden == {0, 1}
    QTest.keyClick(chip(legend, 2), Qt.Key.Key_Return)
    assert workspace.state.hidden == frozenset()


def test_that_a_double_click_shows_a_class_alone_in_one_step_and_another_brings_all_back(
    workspace: Workspace, legend: ClassLegend
) -> None:
    double_click(chip(legend, 1))
    assert workspace.state.hidden == {0, 2}
    assert workspace.undo_stack.count() == 1
    double_click(chip(legend, 1))
    assert workspace.state.hidden == frozenset()
    assert workspace.undo_stack.count() == 2
    workspace.undo_stack.undo()
    assert workspace.state.hidden == {0, 2}
    workspace.undo_stack.undo()
    assert workspace.state.hidden == frozenset()


def test_that_a_hidden_class_can_be_shown_alone_by_double_click(
    workspace: Workspace, legend: ClassLegend
) -> None:
    workspace.do(HideClasses(hidden=frozenset({1})))
    double_click(chip(legend, 1))
    assert workspace.state.hidden == {0, 2}


def test_that_alt_click_shows_a_class_alone(workspace: Workspace, legend: ClassLegend) -> None:
    QTest.mouseClick(chip(legend, 0), LEFT, Qt.KeyboardModifier.AltModifier)
    assert workspace.state.hidden == {1, 2}
    QTest.mouseClick(chip(legend, 1), LEFT)
    assert workspace.state.hidden == {2}


def test_that_enter_long_after_a_click_is_a_step_of_its_own(
    workspace: Workspace, legend: ClassLegend
) -> None:
    QTest.mouseClick(chip(legend, 1), LEFT)
    QTest.keyClick(chip(legend, 1), Qt.Key.Key_Return)
    assert workspace.undo_stack.count() == 2


def test_that_all_shows_all_and_is_off_when_nothing_is_hidden(
    workspace: Workspace, legend: ClassLegend
) -> None:
    button = legend.findChild(QToolButton, "showAllClasses")
    assert isinstance(button, QToolButton)
    assert not button.isEnabled()
    workspace.do(HideClasses(hidden=frozenset({0, 1, 2})))
    QTest.mouseClick(button, LEFT)
    assert workspace.state.hidden == frozenset()
    assert not button.isEnabled()


def test_that_chips_take_one_line_when_wide_and_wrap_when_narrow(legend: ClassLegend) -> None:
    line = legend.heightForWidth(600)
    assert line == legend.sizeHint().height()
    assert legend.heightForWidth(90) > 2 * line
    legend.resize(90, legend.heightForWidth(90))
    right = max(chip(legend, label).geometry().right() for label in range(3))
    bottom = max(chip(legend, label).geometry().bottom() for label in range(3))
    assert right < 90
    assert bottom < legend.height()


def test_that_a_hidden_class_looks_off_by_more_than_its_colour(
    workspace: Workspace, legend: ClassLegend
) -> None:
    before = chip(legend, 0).grab().toImage()
    workspace.do(HideClasses(hidden=frozenset({0})))
    middle = (12, chip(legend, 0).height() // 2)
    after = chip(legend, 0).grab().toImage()
    assert before.pixelColor(*middle) != after.pixelColor(*middle)


def test_that_another_model_replaces_the_chips(
    qtbot: QtBot, workspace: Workspace, legend: ClassLegend
) -> None:
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.open(workspace.state)
    qtbot.waitUntil(lambda: len(legend.findChildren(ClassChip)) == len(CLASSES), timeout=2000)
    QTest.mouseClick(chip(legend, 1), LEFT)
    assert workspace.state.hidden == {1}


def test_that_data_without_classes_are_said_to_have_none(
    qtbot: QtBot, workspace: Workspace, renderer: object
) -> None:
    renderer.labels = None  # type: ignore[attr-defined]
    legend = ClassLegend(workspace)
    qtbot.addWidget(legend)
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.open(workspace.state)
    qtbot.waitUntil(lambda: legend.findChildren(ClassChip) == [], timeout=2000)


def test_that_a_legend_of_many_classes_scrolls_and_takes_four_lines_at_most(
    qtbot: QtBot, workspace: Workspace
) -> None:
    page, below, legend = QWidget(), QWidget(), ClassLegend(workspace)
    qtbot.addWidget(page)
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    room = LegendRoom(legend)
    rows.addWidget(room)
    rows.addWidget(below, 1)
    page.resize(390, 500)
    page.show()
    chips = [widget for widget in legend.findChildren(ClassChip) if widget.isVisible()]
    lines = len({widget.y() for widget in chips})
    qtbot.waitUntil(lambda: room.height() == legend.height(), timeout=2000)
    assert lines <= 4
    many = np.arange(len(workspace.model.labels)) % 60
    workspace.loaded.emit(replace(workspace.model, classes=tuple(map(str, range(60))), labels=many))
    line = legend.layout().sizeHint().height()
    qtbot.waitUntil(lambda: legend.height() > 4 * line + 12, timeout=2000)
    qtbot.waitUntil(lambda: room.height() <= 4 * line + 12, timeout=2000)
    assert below.height() == 500 - room.height()
    last = next(widget for widget in legend.findChildren(ClassChip) if widget.text() == "59")
    room.ensureWidgetVisible(last)
    assert last.visibleRegion().boundingRect().height() == last.height()
    assert room.horizontalScrollBar().maximum() == 0
