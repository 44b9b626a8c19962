"""What the desk asks of the renderer, and which replies reach the views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from latentlab.data.keys import Keys
from latentlab.engine.rendering import replies as rp
from latentlab.engine.rendering import requests as rq
from latentlab.errors import LabError
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Desk
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.session.edits import ChangeData, LookAt, MoveProbe, SelectImage, SetWalk
from latentlab.session.own_edits import SetGroups
from latentlab.session.pictures import in_words
from latentlab.session.saved import from_text, to_text
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer


def test_that_a_moved_probe_brings_its_picture(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.pointed, timeout=2000, check_params_cb=lambda reply: reply.z == (1.0, 2.0)):
        desk.do(MoveProbe(z=(1.0, 2.0)))


def test_that_of_many_moves_the_newest_wins_and_none_queues(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    qtbot.wait(50)
    renderer.served.clear()
    shown: list[rp.PointReply] = []
    desk.pointed.connect(shown.append)
    renderer.hold.clear()
    for number in range(1000):
        desk.do(MoveProbe(z=(number / 100, 0.0)))
    renderer.hold.set()
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].z == (9.99, 0.0), timeout=3000)
    assert sum(isinstance(request, rq.PointRequest) for request in renderer.served) <= 3
    assert [reply.z for reply in shown] == [(9.99, 0.0)]


def test_that_a_moved_probe_is_told_apart_from_every_other_change(desk: Desk) -> None:
    told: list[str] = []
    desk.probed.connect(lambda old, new: told.append("probed"))
    desk.changed.connect(lambda old, new: told.append("changed"))
    desk.do(MoveProbe(z=(1.0, 2.0)))
    assert told == ["probed"]
    desk.do(SelectImage(index=2))
    assert told == ["probed", "changed"]


def test_that_one_drag_is_one_step_of_the_undo(desk: Desk) -> None:
    start = desk.state.probe
    gesture = new_gesture()
    for number in range(5):
        desk.do(MoveProbe(gesture=gesture, z=(float(number), 1.0)))
    assert desk.undo_stack.count() == 1
    desk.undo_stack.undo()
    assert desk.state.probe == start
    desk.undo_stack.redo()
    assert desk.state.probe == (4.0, 1.0)


def test_that_looking_elsewhere_is_no_step_of_the_undo(desk: Desk) -> None:
    desk.do(LookAt(view=(0.0, 1.0, 0.0, 1.0)))
    assert desk.undo_stack.count() == 0


def test_that_an_edit_that_changes_nothing_is_no_step_of_the_undo(desk: Desk) -> None:
    desk.do(MoveProbe(z=desk.state.probe))
    assert desk.undo_stack.count() == 0


def test_that_a_model_that_cannot_be_opened_leaves_the_open_one_in_place(qtbot: QtBot, desk: Desk) -> None:
    before = desk.state
    with qtbot.waitSignal(desk.refused, timeout=2000) as refusal:
        desk.open(replace(desk.state, model="missing"))
    assert "missing" in refusal.args[0].message
    assert desk.state == before


def test_that_an_unexpected_error_in_the_renderer_is_told_and_the_next_request_served(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.broken = ZeroDivisionError("by nought")
    with qtbot.waitSignal(desk.refused, timeout=2000) as refusal:
        desk.do(SelectImage(index=3))
    assert "by nought" in refusal.args[0].message
    assert "Traceback" in refusal.args[0].details
    renderer.broken = None
    with qtbot.waitSignal(desk.selected, timeout=2000):
        desk.do(SelectImage(index=4))


def test_that_a_probe_moved_while_the_model_opens_stays_where_it_was_put(
    qtbot: QtBot, renderer: FakeRenderer
) -> None:
    desk = Desk(Session(), renderer)
    renderer.hold.clear()
    desk.start()
    desk.do(MoveProbe(z=(0.5, -0.5)))
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        renderer.hold.set()
    assert desk.state.probe == (0.5, -0.5)
    desk.undo_stack.undo()
    assert desk.state.probe == (0.0, 0.0)
    desk.stop()


def test_that_another_split_is_loaded_once_and_undo_goes_back_to_the_first(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.served.clear()
    with qtbot.waitSignal(desk.encoded, timeout=2000):
        desk.do(ChangeData(data="mnist", split="all"))
    qtbot.wait(50)
    assert [q.split for q in renderer.served if isinstance(q, rq.LoadRequest)] == ["all"]
    with qtbot.waitSignal(desk.encoded, timeout=2000):
        desk.undo_stack.undo()
    assert desk.model is not None
    assert desk.model.split == desk.state.split == "test"


def test_that_a_split_that_cannot_be_read_leaves_the_old_one_chosen(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.broken = LabError("train-images-idx3-ubyte.gz: the gzip data is cut short")
    with qtbot.waitSignal(desk.refused, timeout=2000):
        desk.do(ChangeData(data="mnist", split="all"))
    assert desk.state.split == "test"


def test_that_the_speed_of_a_walk_alone_decodes_nothing_anew(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    qtbot.wait(50)
    renderer.served.clear()
    desk.do(SetWalk(walk=replace(desk.state.walk, frames_per_second=30)))
    qtbot.wait(50)
    assert not renderer.served


def test_that_a_split_taken_back_while_it_loads_does_not_come_after_all(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.hold.clear()
    desk.do(ChangeData(data="mnist", split="all"))
    desk.undo_stack.undo()
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        renderer.hold.set()
    assert desk.model is not None
    assert desk.model.split == desk.state.split == "test"
    assert desk.undo_stack.canRedo()


def test_that_the_plane_stays_where_it_is_when_other_data_of_the_model_come(qtbot: QtBot, desk: Desk) -> None:
    plane = LatentPlane(desk)
    qtbot.addWidget(plane)
    plane._loaded(desk.model)
    plane._encoded(desk.encodings)
    plane.zoom(2.0)
    camera = plane.camera
    with qtbot.waitSignal(desk.encoded, timeout=2000):
        desk.do(ChangeData(data="mnist", split="all"))
    assert plane.camera == camera


def keyed_by(numbers: list[int]) -> Keys:
    """Keys of pictures that bear these numbers, whatever places they have."""
    return Keys(tuple(f"{n}.png" for n in numbers), np.array(numbers, dtype=np.uint64))


def reopened(qtbot: QtBot, desk: Desk, state: SessionState) -> None:
    with qtbot.waitSignal(desk.loaded, timeout=2000):
        desk.open(state)


def test_that_groups_and_selection_mean_the_same_pictures_when_data_are_read_anew(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.keys = keyed_by(list(range(COUNT)))
    reopened(qtbot, desk, desk.state)
    desk.do(SetGroups(group_a=(3, 1), group_b=(9,)))
    desk.do(SelectImage(index=4))
    told: list[str] = []
    desk.noticed.connect(told.append)
    # One came in front, and the ninth is gone.
    renderer.keys = keyed_by([70, *(n for n in range(COUNT) if n != 9)])
    reopened(qtbot, desk, desk.state)
    assert (desk.state.group_a, desk.state.group_b, desk.state.selected) == ((4, 2), (), 5)
    assert told == [in_words(1)]
    # What was done before means other numbers.
    assert desk.undo_stack.count() == 0


def test_that_a_session_that_is_kept_names_its_pictures(
    qtbot: QtBot, desk: Desk, renderer: FakeRenderer
) -> None:
    renderer.keys = keyed_by(list(range(COUNT)))
    reopened(qtbot, desk, desk.state)
    desk.do(SetGroups(group_a=(3, 1), group_b=()))
    kept = desk.rest()
    assert kept.pictures is not None
    assert kept.pictures.group_a == ("0000000000000003 3.png", "0000000000000001 1.png")
    renderer.keys = keyed_by(list(reversed(range(COUNT))))
    reopened(qtbot, desk, replace(from_text(to_text(kept)), split="test"))
    assert desk.state.group_a == (COUNT - 4, COUNT - 2)
    assert desk.state.pictures is None
