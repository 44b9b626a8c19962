"""The view of codes and prior, by mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.aggregate import AggregateRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.aggregate.view import AggregateView
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def view(window: LabWindow) -> AggregateView:
    window.bench.docks.bring(window.findChild(QDockWidget, "aggregateDock"))
    (found,) = window.findChildren(AggregateView)
    until_idle()
    return found


def test_that_nobody_computes_it_before_somebody_looks(window: LabWindow) -> None:
    until_idle()
    assert not window.findChildren(AggregateView)


def test_that_it_says_what_the_kl_is_spent_on(view: AggregateView) -> None:
    assert "nats, of which" in view.kl.text()
    assert view.bar.table()["nats"] == [view.reply.information, view.reply.marginal]
    assert f"{view.reply.information:.2f} ±" in view.information.text()
    assert "%" in view.holes.text()


def test_that_a_look_into_a_hole_moves_the_probe_there_and_is_undone(
    qtbot: QtBot, view: AggregateView, window: LabWindow
) -> None:
    before = window.session.state.probe
    holes = view.reply.examples
    assert holes
    button = view.findChild(QPushButton, "aggregateInto")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.state.probe == holes[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.state.probe == holes[1 % len(holes)]
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    assert window.session.state.probe == before


def test_that_another_model_is_asked_about_anew(view: AggregateView, window: LabWindow) -> None:
    asked: list[object] = []
    window.workspace.on(AggregateRequest).connect(asked.append)
    window.workspace.open(window.session.state)
    until_idle()
    assert len(asked) == 1
    assert view.reply is asked[0]
