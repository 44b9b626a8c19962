"""What the workspace asks of the renderer, and which replies reach the views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from latentlab.data.keys import Keys
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointReply, PointRequest
from latentlab.errors import LabError
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.session.edits import ChangeData, LookAt, MoveProbe, SelectImage, SetWalk
from latentlab.session.own_edits import SetGroups
from latentlab.session.pictures import in_words
from latentlab.session.saved import from_text, to_text
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import until_idle


def test_that_a_moved_probe_brings_its_picture(qtbot: QtBot, workspace: Workspace) -> None:
    with qtbot.waitSignal(
        workspace.on(PointRequest).signal, timeout=2000, check_params_cb=lambda reply: reply.z == (1.0, 2.0)
    ):
        workspace.do(MoveProbe(z=(1.0, 2.0)))


def test_that_of_many_moves_the_newest_wins_and_none_queues(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    shown: list[PointReply] = []
    workspace.on(PointRequest).connect(shown.append)
    renderer.hold.clear()
    for number in range(1000):
        workspace.do(MoveProbe(z=(number / 100, 0.0)))
    renderer.hold.set()
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].z == (9.99, 0.0), timeout=3000)
    assert sum(isinstance(request, PointRequest) for request in renderer.served) <= 3
    assert [reply.z for reply in shown] == [(9.99, 0.0)]


def test_that_a_moved_probe_is_told_apart_from_every_other_change(workspace: Workspace) -> None:
    told: list[str] = []
    workspace.probed.connect(lambda old, new: told.append("probed"))
    workspace.changed.connect(lambda old, new: told.append("changed"))
    workspace.do(MoveProbe(z=(1.0, 2.0)))
    assert told == ["probed"]
    workspace.do(SelectImage(index=2))
    assert told == ["probed", "changed"]


def test_that_one_drag_is_one_step_of_the_undo(workspace: Workspace) -> None:
    start = workspace.state.probe
    gesture = new_gesture()
    for number in range(5):
        workspace.do(MoveProbe(gesture=gesture, z=(float(number), 1.0)))
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.state.probe == start
    workspace.undo_stack.redo()
    assert workspace.state.probe == (4.0, 1.0)


def test_that_looking_elsewhere_is_no_step_of_the_undo(workspace: Workspace) -> None:
    workspace.do(LookAt(view=(0.0, 1.0, 0.0, 1.0)))
    assert workspace.undo_stack.count() == 0


def test_that_an_edit_that_changes_nothing_is_no_step_of_the_undo(workspace: Workspace) -> None:
    workspace.do(MoveProbe(z=workspace.state.probe))
    assert workspace.undo_stack.count() == 0


def test_that_a_model_that_cannot_be_opened_leaves_the_open_one_in_place(
    qtbot: QtBot, workspace: Workspace
) -> None:
    before = workspace.state
    with qtbot.waitSignal(workspace.refused, timeout=2000) as refusal:
        workspace.open(replace(workspace.state, model="missing"))
    assert "missing" in refusal.args[0].message
    assert workspace.state == before


def test_that_an_unexpected_error_in_the_renderer_is_told_and_the_next_request_served(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.broken = ZeroDivisionError("by nought")
    with qtbot.waitSignal(workspace.refused, timeout=2000) as refusal:
        workspace.do(SelectImage(index=3))
    assert "by nought" in refusal.args[0].message
    assert "Traceback" in refusal.args[0].details
    renderer.broken = None
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        workspace.do(SelectImage(index=4))


def test_that_a_probe_moved_while_the_model_opens_stays_where_it_was_put(
    qtbot: QtBot, renderer: FakeRenderer
) -> None:
    workspace = Workspace(Session(), renderer)
    renderer.hold.clear()
    workspace.start()
    workspace.do(MoveProbe(z=(0.5, -0.5)))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        renderer.hold.set()
    assert workspace.state.probe == (0.5, -0.5)
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.0, 0.0)
    workspace.stop()


def test_that_another_split_is_loaded_once_and_undo_goes_back_to_the_first(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.served.clear()
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.do(ChangeData(data="mnist", split="all"))
    until_idle()
    assert [q.split for q in renderer.served if isinstance(q, LoadRequest)] == ["all"]
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.undo_stack.undo()
    assert workspace.model is not None
    assert workspace.model.split == workspace.state.split == "test"


def test_that_a_split_that_cannot_be_read_leaves_the_old_one_chosen(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.broken = LabError("train-images-idx3-ubyte.gz: the gzip data is truncated")
    with qtbot.waitSignal(workspace.refused, timeout=2000):
        workspace.do(ChangeData(data="mnist", split="all"))
    assert workspace.state.split == "test"


def test_that_the_speed_of_a_walk_alone_decodes_nothing_anew(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    workspace.do(SetWalk(walk=replace(workspace.state.walk, frames_per_second=30)))
    until_idle()
    assert not renderer.served


def test_that_a_split_taken_back_while_it_loads_does_not_come_after_all(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.hold.clear()
    workspace.do(ChangeData(data="mnist", split="all"))
    workspace.undo_stack.undo()
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        renderer.hold.set()
    assert workspace.model is not None
    assert workspace.model.split == workspace.state.split == "test"
    assert workspace.undo_stack.canRedo()


def test_that_the_plane_stays_where_it_is_when_other_data_of_the_model_come(
    qtbot: QtBot, workspace: Workspace
) -> None:
    plane = LatentPlane(workspace)
    qtbot.addWidget(plane)
    plane._loaded(workspace.model)
    plane._encoded(workspace.encodings)
    plane.zoom(2.0)
    camera = plane.camera
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.do(ChangeData(data="mnist", split="all"))
    assert plane.camera == camera


def keyed_by(numbers: list[int]) -> Keys:
    """Keys of pictures that bear these numbers, whatever places they have."""
    return Keys(tuple(f"{n}.png" for n in numbers), np.array(numbers, dtype=np.uint64))


def reopened(qtbot: QtBot, workspace: Workspace, state: SessionState) -> None:
    with qtbot.waitSignal(workspace.loaded, timeout=2000):
        workspace.open(state)


def test_that_groups_and_selection_mean_the_same_pictures_when_data_are_read_anew(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.keys = keyed_by(list(range(COUNT)))
    reopened(qtbot, workspace, workspace.state)
    workspace.do(SetGroups(group_a=(3, 1), group_b=(9,)))
    workspace.do(SelectImage(index=4))
    told: list[str] = []
    workspace.noticed.connect(told.append)
    # One came in front, and the ninth is gone.
    renderer.keys = keyed_by([70, *(n for n in range(COUNT) if n != 9)])
    reopened(qtbot, workspace, workspace.state)
    assert (workspace.state.group_a, workspace.state.group_b, workspace.state.selected) == ((4, 2), (), 5)
    assert told == [in_words(1)]
    # What was done before means other numbers.
    assert workspace.undo_stack.count() == 0


def test_that_a_session_that_is_kept_names_its_pictures(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    renderer.keys = keyed_by(list(range(COUNT)))
    reopened(qtbot, workspace, workspace.state)
    workspace.do(SetGroups(group_a=(3, 1), group_b=()))
    kept = workspace.rest()
    assert kept.pictures is not None
    assert kept.pictures.group_a == ("0000000000000003 3.png", "0000000000000001 1.png")
    renderer.keys = keyed_by(list(reversed(range(COUNT))))
    reopened(qtbot, workspace, replace(from_text(to_text(kept)), split="test"))
    assert workspace.state.group_a == (COUNT - 4, COUNT - 2)
    assert workspace.state.pictures is None
