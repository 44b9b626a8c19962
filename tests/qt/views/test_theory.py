"""The panel of the theory: it follows the picture that is meant, and shows what is known of log p(x)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.theory import LadderRequest, PosteriorRequest
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.controllers.theory_subject import NEAREST, SELECTED, subject_of
from latentlab.qt.views.theory.view import TheoryView
from latentlab.session.edits import MoveProbe
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import until_idle


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> TheoryView:
    made = TheoryView(workspace, OwnPictures(workspace, TaskQueue(workspace)))
    qtbot.addWidget(made)
    made.resize(345, 700)
    made.show()
    until_idle()
    return made


def names(view: TheoryView) -> list[str]:
    return [rung.name for rung in view.chart.rungs]


def test_that_the_ladder_of_the_selected_picture_is_shown_with_its_gap(
    view: TheoryView, workspace: Workspace
) -> None:
    workspace.select(7)
    until_idle()
    assert "picture 7" in view.title.text()
    assert view.chart.best == -107.0
    assert names(view)[0] == "Jensen under the prior"
    assert names(view)[-1] == "log E_q[p(x|z)], no bound"
    assert "2.00 nats" in view.gap.text()
    assert "1.50 because one encoder" in view.gap.text()
    assert "0.50 because q is a diagonal Gaussian" in view.gap.text()
    assert view.stop.isHidden(), "all is done"


def test_that_the_picture_nearest_to_the_probe_is_meant_while_none_is_selected(
    view: TheoryView, workspace: Workspace, renderer: FakeRenderer
) -> None:
    workspace.do(MoveProbe(z=tuple(map(float, renderer.mean[11]))))
    until_idle()
    assert "picture 11" in view.title.text()
    asked = [one for one in renderer.served if isinstance(one, PosteriorRequest)]
    assert [one.quick for one in asked if one.subject.index == 11] == [True, False]


def test_that_a_selection_is_meant_until_the_probe_is_chosen_instead(
    view: TheoryView, workspace: Workspace, renderer: FakeRenderer
) -> None:
    workspace.select(3)
    until_idle()
    assert view.source.currentData() == SELECTED
    workspace.do(MoveProbe(z=tuple(map(float, renderer.mean[20]))))
    until_idle()
    assert "picture 3," in view.title.text()
    view.source.setCurrentIndex(view.source.findData(NEAREST))
    view.source.activated.emit(view.source.currentIndex())
    until_idle()
    assert "picture 20" in view.title.text()


def test_that_a_row_under_the_mouse_is_explained_and_arrow_keys_go_on(
    qtbot: QtBot, view: TheoryView, workspace: Workspace
) -> None:
    workspace.select(2)
    until_idle()
    qtbot.mouseMove(view.chart, QPoint(40, 10))
    assert "a useless one" in view.says.text()
    qtbot.keyClick(view.chart, Qt.Key.Key_Down)
    assert "4,096 draws of the prior" in view.says.text()


def test_that_what_lies_hundreds_of_nats_below_does_not_stretch_the_axis(
    view: TheoryView, workspace: Workspace
) -> None:
    workspace.select(0)
    until_idle()
    low, high = view.chart.scale()
    assert low > -110.0, "Jensen's bound lies at -500"
    assert low < -103.0 < -100.0 < high


def test_that_nothing_is_asked_while_the_panel_is_hidden(
    view: TheoryView, workspace: Workspace, renderer: FakeRenderer
) -> None:
    view.hide()
    until_idle()
    renderer.served.clear()
    workspace.select(9)
    until_idle()
    assert not [one for one in renderer.served if isinstance(one, PosteriorRequest)]
    view.show()
    until_idle()
    assert "picture 9" in view.title.text()


def test_that_stop_ends_the_ladder_and_keeps_what_is_known(
    qtbot: QtBot, view: TheoryView, workspace: Workspace, renderer: FakeRenderer
) -> None:
    workspace.select(4)
    until_idle()
    view.stop.show()
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    until_idle()
    assert [one.subject for one in renderer.served if isinstance(one, LadderRequest)][-1] is None
    assert view.step.text() == "Stopped."
    assert view.chart.rungs


def test_that_pictures_like_it_are_drawn_again_with_another_seed(
    qtbot: QtBot, view: TheoryView, workspace: Workspace
) -> None:
    workspace.select(5)
    until_idle()
    first = view.like.pictures["posterior"][0].picture
    qtbot.mouseClick(view.like.again, Qt.MouseButton.LeftButton)
    until_idle()
    again = view.like.pictures["posterior"][0].picture
    assert first is not None
    assert again is not None
    assert int(first[0, 0]) + 1 == int(again[0, 0])


def test_that_the_box_switches_the_layer_of_the_plane(
    qtbot: QtBot, view: TheoryView, workspace: Workspace
) -> None:
    workspace.select(5)
    until_idle()
    qtbot.mouseClick(view.layer, Qt.MouseButton.LeftButton, pos=QPoint(8, view.layer.height() // 2))
    assert workspace.state.layers.posterior
    workspace.undo_stack.undo()
    assert not view.layer.isChecked()
    assert subject_of(workspace) is subject_of(workspace)
    assert view.findChild(QWidget, "theoryLadder") is view.chart


def test_that_it_fits_a_narrow_column(view: TheoryView, workspace: Workspace) -> None:
    workspace.select(5)
    until_idle()
    inner = view.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= 215, "what stands beside the plane of a small window"
