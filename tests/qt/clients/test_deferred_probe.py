"""Who follows the hand from afar hears of it after the picture, and in any case."""

from __future__ import annotations

import pytest

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.deferred_probe import DeferredProbe
from latentlab.session.edits import MoveProbe


@pytest.fixture
def told(workspace):
    """What happens, in its order."""
    told = []
    deferred_probe = DeferredProbe(workspace, workspace)
    workspace.on(PointRequest).connect(lambda reply: told.append(("picture", reply.z)))
    deferred_probe.moved.connect(lambda old, new: told.append(("moved", old.probe, new.probe)))
    return told


def test_that_the_move_is_told_after_its_picture(qtbot, workspace, told):
    before = workspace.state.probe
    workspace.do(MoveProbe(z=(0.5, 0.25)))
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [("picture", (0.5, 0.25)), ("moved", before, (0.5, 0.25))]


def test_that_moves_without_a_picture_are_told_all_the_same_as_one(qtbot, workspace, renderer, told):
    renderer.hold.clear()
    before = workspace.state.probe
    for z in ((0.5, 0.25), (1.0, 0.5)):
        workspace.do(MoveProbe(z=z))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("moved", before, (1.0, 0.5))]
    renderer.hold.set()
    qtbot.waitUntil(lambda: len(told) > 1)
    assert [what for what, *_ in told[1:]] == ["picture"] * len(told[1:])
