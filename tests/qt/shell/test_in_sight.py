"""What lies behind a tab of the window computes nothing, and catches up when it comes to the front."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.aggregate import AggregateRequest
from latentlab.engine.rendering.requests.points import TraversalRequest
from latentlab.engine.rendering.requests.theory import LadderRequest, PosteriorRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.theory.view import TheoryView
from latentlab.session.edits import MoveProbe
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path, renderer) as made:
        yield made


def bring(window: LabWindow, name: str) -> None:
    dock = window.findChild(QDockWidget, name)
    assert isinstance(dock, QDockWidget)
    window.bench.docks.bring(dock)
    until_idle()


def asked(renderer: FakeRenderer, kind: type) -> int:
    return sum(isinstance(one, kind) for one in renderer.served)


def climbed(renderer: FakeRenderer) -> list[int | None]:
    """The pictures whose ladders were asked for."""
    ladders = [one for one in renderer.served if isinstance(one, LadderRequest)]
    return [one.subject.index for one in ladders if one.subject is not None]


def test_that_the_codes_of_another_model_are_compared_when_their_tab_comes_to_the_front(
    window: LabWindow, renderer: FakeRenderer
) -> None:
    bring(window, "aggregateDock")
    assert asked(renderer, AggregateRequest) == 1
    bring(window, window.bench.docks.dimensions.objectName())
    window.workspace.open(window.session.state)
    until_idle()
    assert asked(renderer, AggregateRequest) == 1
    bring(window, "aggregateDock")
    assert asked(renderer, AggregateRequest) == 2


def test_that_the_ladder_behind_a_tab_waits_until_it_is_looked_at(
    window: LabWindow, renderer: FakeRenderer
) -> None:
    bring(window, "theoryDock")
    bring(window, window.bench.docks.probe.objectName())
    renderer.served.clear()
    window.workspace.select(5)
    until_idle()
    assert not asked(renderer, PosteriorRequest)
    assert not climbed(renderer)
    bring(window, "theoryDock")
    assert climbed(renderer) == [5]


def test_that_traversals_behind_a_tab_wait_until_they_are_looked_at(
    window: LabWindow, renderer: FakeRenderer
) -> None:
    dimensions = window.bench.docks.dimensions
    assert not window.bench.docks.in_front(dimensions)
    renderer.served.clear()
    window.workspace.do(MoveProbe(z=(0.5, -0.5)))
    until_idle()
    assert not asked(renderer, TraversalRequest)
    bring(window, dimensions.objectName())
    assert asked(renderer, TraversalRequest)


def test_that_a_ladder_that_is_left_half_way_is_climbed_when_it_is_seen_again(
    window: LabWindow, renderer: FakeRenderer
) -> None:
    bring(window, "theoryDock")
    window.workspace.select(5)
    until_idle()
    assert climbed(renderer)[-1] == 5
    (panel,) = window.findChildren(TheoryView)
    done, panel._known = panel._known, None
    assert done is not None
    assert done.done
    renderer.served.clear()
    bring(window, window.bench.docks.probe.objectName())
    bring(window, "theoryDock")
    assert climbed(renderer) == [5]
    renderer.served.clear()
    bring(window, window.bench.docks.probe.objectName())
    bring(window, "theoryDock")
    assert climbed(renderer) == [], "all of it is there"
