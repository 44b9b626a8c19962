"""From one model, or one data set, to another: nothing of the one is read, asked or drawn under the other."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering import replies as rp
from latentlab.engine.rendering import requests as rq
from latentlab.qt.clients.training_orders import Snapshot
from latentlab.qt.clients.workspace import Desk
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.session.edits import (
    ChangeData,
    HideClasses,
    MoveProbe,
    SelectImage,
    SetCondition,
    SetPins,
)
from latentlab.session.own_edits import SetGroups
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import COUNT, FakeRenderer

PLAIN, TOLD = "mnist-vae-2d", "told"
FEW = 5
ATTRIBUTES = tuple("PQRS")


class Several(FakeRenderer):
    """Opens two models, of which one is told attributes, and two data sets, one of them small."""

    def serve(self, request: rq.Request) -> Iterator[rp.Reply | None]:
        opens = isinstance(request, rq.LoadRequest | rq.FollowRequest)
        if isinstance(request, rq.LoadRequest):
            told = request.model == TOLD
            self.conditions, self.exclusive = (ATTRIBUTES, False) if told else ((), True)
            self.told = np.tile(np.eye(4, dtype=np.float32)[1], (COUNT, 1)) if told else None
        for reply in super().serve(request):
            if opens and isinstance(reply, rp.LoadedReply) and reply.data == "small":
                few = {"images": reply.images[:FEW], "labels": np.zeros(FEW, np.int64), "classes": ("one",)}
                yield dataclasses.replace(reply, **few)
            else:
                yield reply


@pytest.fixture
def renderer() -> Several:
    return Several()


def go(qtbot: QtBot, desk: Desk, state: SessionState) -> None:
    with qtbot.waitSignal(desk.loaded, timeout=3000):
        desk.open(state)


def test_that_every_view_hears_of_a_model_before_any_hears_of_its_state(qtbot: QtBot, desk: Desk) -> None:
    told: list[tuple[str, int]] = []
    desk.loaded.connect(lambda model: told.append(("loaded", len(desk.state.condition))))
    desk.changed.connect(lambda old, new: told.append(("changed", len(new.condition))))
    # A view that edits as soon as it hears of the model tells nobody else of it too early.
    desk.loaded.connect(lambda model: desk.do(SetPins(pins=((0.5, 0.5),))))
    desk.loaded.connect(lambda model: told.append(("loaded", len(desk.state.condition))))
    go(qtbot, desk, for_model(desk.state, TOLD))
    assert told == [("loaded", 4), ("loaded", 4), ("changed", 4)]
    assert desk.state.pins == ((0.5, 0.5),)


def test_that_an_attribute_that_was_ticked_is_nothing_to_a_model_without(qtbot: QtBot, desk: Desk) -> None:
    selector = ConditionSelector(desk)
    qtbot.addWidget(selector)
    go(qtbot, desk, for_model(desk.state, TOLD))
    desk.do(SetCondition(condition=(0.0, 1.0, 0.0, 0.0)))
    assert [button.isChecked() for button in selector.buttons] == [False, True, False, False]
    go(qtbot, desk, for_model(desk.state, PLAIN))
    assert (desk.state.condition, selector.buttons, selector.isHidden()) == ((), [], True)
    go(qtbot, desk, for_model(desk.state, TOLD))
    assert [button.isChecked() for button in selector.buttons] == [False] * 4


def test_that_what_was_asked_of_the_model_before_is_not_answered_any_more(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    came: list[rp.Reply] = []
    for signal in (desk.sampled, desk.compared, desk.directed, desk.grouped, desk.traced, desk.traversed):
        signal.connect(came.append)
    refused: list[rp.Refusal] = []
    desk.refused.connect(refused.append)
    renderer.hold.clear()
    desk.open(for_model(desk.state, TOLD))
    desk.request_samples((), 4, 1)
    desk.request_conditions(((0.0, 0.0),), ((),))
    desk.request_directions("means")
    desk.request_trajectory(np.zeros((2, 1, 8, 8), np.float32))
    desk.request_traversal((0,), (0.0, 1.0))
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        renderer.hold.set()
    kinds = {type(request) for request in renderer.served}
    assert {rq.SamplesRequest, rq.TrajectoryRequest, rq.DirectionsRequest} <= kinds
    qtbot.wait(50)
    assert (came, refused) == ([], [])
    # What is asked of the new one is.
    with qtbot.waitSignal(desk.sampled, timeout=3000):
        desk.request_samples((), 4, 1)


def test_that_places_of_the_pictures_of_the_model_before_do_not_come_to_a_training(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    desk._receive(rp.EncodingsReply(desk._newest["encodings"], renderer.mean, renderer.mean, COUNT))
    before = desk.encodings
    assert before is not None
    late = rp.EncodingsReply(desk._newest["encodings"], renderer.mean + 1, renderer.mean, COUNT)
    renderer.hold.clear()
    desk.follow(Snapshot("mine", 10, "vae", {}, np.zeros(1, np.float32), "mnist"))
    reply = loaded(renderer, desk._newest["load"], "mine (training)")
    desk._receive(reply)
    assert desk.model is reply
    desk._receive(late)
    assert desk.encodings is None
    renderer.hold.set()


def loaded(renderer: FakeRenderer, number: int, name: str) -> rp.LoadedReply:
    """Of a model that is being trained: it is no file yet."""
    return rp.LoadedReply(
        number, name, ".", "Fake", "0" * 12, renderer.latents, (), "", "mnist", "test", tuple("abc"),
        renderer.images, renderer.labels, "cpu",
    )  # fmt: skip


def test_that_points_made_while_another_model_opens_stay_with_the_one_before(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    renderer.hold.clear()
    desk.open(for_model(desk.state, TOLD))
    desk.do(SetPins(pins=((1.0, 1.0),)))
    desk.do(MoveProbe(z=(2.0, 2.0)))
    layers = replace(desk.state.layers, contours=False)
    desk.session.reset(replace(desk.session.kept, layers=layers))
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        renderer.hold.set()
    assert (desk.state.pins, desk.state.probe) == ((), (0.0, 0.0))
    # How the window looks is no model's.
    assert desk.state.layers == layers


def test_that_the_probe_goes_on_into_the_file_of_the_model_in_sight(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    renderer.hold.clear()
    desk.open(replace(desk.state, model="kept"), goes_on=True)
    desk.do(MoveProbe(z=(2.0, 2.0)))
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        renderer.hold.set()
    assert (desk.state.model, desk.state.probe) == ("kept", (2.0, 2.0))


def test_that_numbers_of_pictures_wait_until_their_data_are_there(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    desk.do(SelectImage(index=50))
    desk.do(SetGroups(group_a=(51, 2), group_b=(3,)))
    desk.do(HideClasses(hidden=frozenset({2})))
    with qtbot.waitSignal(desk.loaded, timeout=3000):
        desk.do(ChangeData(data="small", split="test"))
    assert (desk.state.selected, desk.state.group_a, desk.state.hidden) == (None, (), frozenset())
    seen: list[tuple[int, SessionState]] = []
    desk.changed.connect(lambda old, new: seen.append((len(desk.model.images), new)))
    renderer.hold.clear()
    desk.undo_stack.undo()
    # The state names the data that come; of those in sight nothing is picked.
    assert (desk.state.data, desk.state.selected, desk.state.group_a) == ("mnist", None, ())
    with qtbot.waitSignal(desk.loaded, timeout=3000):
        renderer.hold.set()
    assert (desk.state.selected, desk.state.group_a, desk.state.group_b) == (50, (51, 2), (3,))
    assert desk.state.hidden == frozenset({2})
    for images, state in seen:
        assert state.selected is None or state.selected < images
        assert all(number < images for number in state.group_a)


def test_that_what_is_picked_while_other_data_come_is_not_picked_among_those(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    renderer.hold.clear()
    desk.do(ChangeData(data="small", split="test"))
    desk.select(4)
    desk.do(SetGroups(group_a=(1, 2)))
    desk.do(HideClasses(hidden=frozenset({0})))
    with qtbot.waitSignal(desk.loaded, timeout=3000):
        renderer.hold.set()
    assert desk.model is not None
    assert (desk.model.data, len(desk.model.images)) == ("small", FEW)
    assert (desk.state.selected, desk.state.group_a, desk.state.hidden) == (None, (), frozenset())
    # The probe went where the picture lies, and stays there.
    assert desk.state.probe == tuple(map(float, renderer.mean[4]))
    while desk.undo_stack.canUndo():
        desk.undo_stack.undo()
    while desk.undo_stack.canRedo():
        desk.undo_stack.redo()
    assert (desk.state.selected, desk.state.group_a, desk.state.hidden) == (None, (), frozenset())


def test_that_hidden_classes_stay_hidden_in_the_other_split(
    qtbot: QtBot, desk: Desk, renderer: Several
) -> None:
    desk.do(HideClasses(hidden=frozenset({1})))
    renderer.hold.clear()
    desk.do(ChangeData(data="mnist", split="all"))
    assert desk.state.hidden == frozenset({1})
    with qtbot.waitSignal(desk.loaded, timeout=3000):
        renderer.hold.set()
    assert desk.state.hidden == frozenset({1})


def test_that_a_place_of_another_latent_space_never_becomes_the_probe(qtbot: QtBot, desk: Desk) -> None:
    shown: list[SessionState] = []
    desk.changed.connect(lambda old, new: shown.append(new))
    desk.probed.connect(lambda old, new: shown.append(new))
    desk.do(MoveProbe(z=(1.0, 2.0, 3.0)))
    desk.do(SetPins(pins=((1.0, 2.0, 3.0), (1.0, 2.0))))
    assert (desk.state.probe, desk.state.pins) == ((0.0, 0.0), ((1.0, 2.0),))
    assert {len(state.probe) for state in shown} == {2}


def test_that_a_session_without_a_model_is_as_it_was_saved() -> None:
    state = SessionState(selected=9999, group_a=(7,), condition=(1.0, 0.0), hidden=frozenset({9}))
    session = Session(state)
    session.apply(MoveProbe(z=(1.0, 2.0)))
    assert session.state == session.kept == replace(state, probe=(1.0, 2.0))


class Slow(Several):
    """Tells when it is about to open a model, and to draw a point."""

    def __init__(self) -> None:
        super().__init__()
        self.opening, self.pointing = threading.Event(), threading.Event()

    def serve(self, request: rq.Request) -> Iterator[rp.Reply | None]:
        if isinstance(request, rq.LoadRequest):
            self.opening.set()
        if isinstance(request, rq.PointRequest):
            self.pointing.set()
        return super().serve(request)


@pytest.fixture
def slow(qtbot: QtBot) -> Iterator[tuple[Desk, Slow]]:
    renderer = Slow()
    desk = Desk(Session(), renderer)
    with qtbot.waitSignal(desk.encoded, timeout=5000):
        desk.start()
    yield desk, renderer
    renderer.hold.set()
    desk.stop()


def open_and_be_late(desk: Desk, renderer: Slow, model: str) -> None:
    """Asks for a model; the thread is about to open it, and nothing newer can take its place any more."""
    renderer.hold.clear()
    renderer.opening.clear()
    desk.open(for_model(desk.state, model))
    assert renderer.opening.wait(5)


def test_that_a_model_given_up_for_one_that_cannot_be_opened_is_not_drawn_as_that_in_sight(
    qtbot: QtBot, slow: tuple[Desk, Slow]
):
    desk, renderer = slow
    desk.do(SetPins(pins=((0.5, 0.5),)))
    open_and_be_late(desk, renderer, TOLD)
    desk.open(for_model(desk.state, "missing"))
    with qtbot.waitSignals([desk.refused, desk.loaded], timeout=3000, order="strict"):
        renderer.hold.set()
    opened = [one.model for one in renderer.served if isinstance(one, rq.LoadRequest)]
    assert opened == [PLAIN, TOLD, "missing", PLAIN]
    assert desk.model is not None
    assert (desk.model.model, desk.state.model, desk.state.pins) == (PLAIN, PLAIN, ((0.5, 0.5),))
    assert desk.undo_stack.canUndo()


def test_that_what_a_model_given_up_for_another_draws_is_not_shown(qtbot: QtBot, slow: tuple[Desk, Slow]):
    desk, renderer = slow
    told: list[str] = []
    desk.pointed.connect(lambda reply: told.append("pointed"))
    desk.loaded.connect(lambda reply: told.append("loaded"))
    desk.refused.connect(lambda refusal: told.append("refused"))
    renderer.pointing.clear()
    # The thread opens this one and draws the probe before the window has heard of either.
    desk.open(for_model(desk.state, TOLD))
    desk.do(MoveProbe(z=(1.0, 1.0)))
    assert renderer.pointing.wait(5)
    desk.open(for_model(desk.state, "bvae"))
    with qtbot.waitSignal(desk.encoded, timeout=3000):
        pass
    assert [one.model for one in renderer.served if isinstance(one, rq.LoadRequest)] == [PLAIN, TOLD, "bvae"]
    assert told[0] == "loaded"
    assert "refused" not in told


def test_that_a_model_that_cannot_be_brought_back_is_tried_once(qtbot: QtBot, slow: tuple[Desk, Slow]):
    desk, renderer = slow
    open_and_be_late(desk, renderer, TOLD)
    desk.open(for_model(desk.state, "missing"))
    desk.session.reset(replace(desk.session.kept, model="missing"))
    refused: list[str] = []
    desk.refused.connect(lambda refusal: refused.append(refusal.slot))
    renderer.hold.set()
    qtbot.waitUntil(lambda: len(refused) == 2, timeout=3000)
    qtbot.wait(100)
    assert refused == ["load", "load"]
