"""From one model, or one data set, to another: nothing of the one is read, asked or drawn under the other."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.attributes.trust import Trust
from latentlab.engine.rendering.requests.directions import DirectionsRequest, GroupsRequest
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    FollowRequest,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.requests.pictures import TrajectoryRequest
from latentlab.engine.rendering.requests.points import (
    ConditionStripRequest,
    PointRequest,
    SamplesRequest,
    TraversalRequest,
)
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.histories import STEPS_GONE
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.undo_controller import UndoController
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.session.edits import (
    ChangeData,
    HideClasses,
    MoveProbe,
    SelectImage,
    SetCondition,
    SetLayers,
    SetPins,
)
from latentlab.session.fitting import on_data
from latentlab.session.own_directions import OwnDirection
from latentlab.session.own_edits import AddDirection, SetGroups
from latentlab.session.saved import from_text, to_text
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import COUNT, FakeRenderer, hash_of
from tests.qt.waiting import until_idle

PLAIN, TOLD = "mnist-vae-2d", "told"
FEW = 5
ATTRIBUTES = tuple("PQRS")


class Several(FakeRenderer):
    """Opens two models, of which one is told attributes, and two data sets, one of them small."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        opens = isinstance(request, LoadRequest | FollowRequest)
        if isinstance(request, LoadRequest):
            told = request.model == TOLD
            self.conditions, self.exclusive = (ATTRIBUTES, False) if told else ((), True)
            self.told = np.tile(np.eye(4, dtype=np.float32)[1], (COUNT, 1)) if told else None
        for reply in super().serve(request):
            if opens and isinstance(reply, LoadedReply) and reply.data == "small":
                few = {"images": reply.images[:FEW], "labels": np.zeros(FEW, np.int64), "classes": ("one",)}
                yield dataclasses.replace(reply, **few)
            else:
                yield reply


@pytest.fixture
def renderer() -> Several:
    return Several()


def go(qtbot: QtBot, workspace: Workspace, state: SessionState) -> None:
    with qtbot.waitSignal(workspace.loaded, timeout=3000):
        workspace.open(state)


def test_that_every_view_hears_of_a_model_before_any_hears_of_its_state(
    qtbot: QtBot, workspace: Workspace
) -> None:
    told: list[tuple[str, int]] = []
    workspace.loaded.connect(lambda model: told.append(("loaded", len(workspace.state.condition))))
    workspace.changed.connect(lambda old, new: told.append(("changed", len(new.condition))))
    # A view that edits as soon as it hears of the model tells nobody else of it too early.
    workspace.loaded.connect(lambda model: workspace.do(SetPins(pins=((0.5, 0.5),))))
    workspace.loaded.connect(lambda model: told.append(("loaded", len(workspace.state.condition))))
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    assert told == [("loaded", 4), ("loaded", 4), ("changed", 4)]
    assert workspace.state.pins == ((0.5, 0.5),)


def test_that_an_attribute_that_was_ticked_is_nothing_to_a_model_without(
    qtbot: QtBot, workspace: Workspace
) -> None:
    selector = ConditionSelector(workspace)
    qtbot.addWidget(selector)
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    workspace.do(SetCondition(condition=(0.0, 1.0, 0.0, 0.0)))
    assert [button.isChecked() for button in selector.buttons] == [False, True, False, False]
    go(qtbot, workspace, for_model(workspace.state, PLAIN))
    assert (workspace.state.condition, selector.buttons, selector.isHidden()) == ((), [], True)
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    assert [button.isChecked() for button in selector.buttons] == [False, True, False, False]


def test_that_what_was_asked_of_the_model_before_is_not_answered_any_more(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    came: list[Reply] = []
    for signal in (
        workspace.on(SamplesRequest).signal,
        workspace.on(ConditionStripRequest).signal,
        workspace.on(DirectionsRequest).signal,
        workspace.on(GroupsRequest).signal,
        workspace.on(TrajectoryRequest).signal,
        workspace.on(TraversalRequest).signal,
    ):
        signal.connect(came.append)
    refused: list[Refusal] = []
    workspace.refused.connect(refused.append)
    renderer.hold.clear()
    workspace.open(for_model(workspace.state, TOLD))
    workspace.ask(SamplesRequest, (), 4, 1, "mnist")
    workspace.ask(ConditionStripRequest, ((0.0, 0.0),), ((),))
    workspace.ask(DirectionsRequest, "mnist", "means")
    workspace.ask(TrajectoryRequest, np.zeros((2, 1, 8, 8), np.float32))
    workspace.ask(TraversalRequest, (0.0, 0.0), (0,), (0.0, 1.0))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        renderer.hold.set()
    kinds = {type(request) for request in renderer.served}
    assert {SamplesRequest, TrajectoryRequest, DirectionsRequest} <= kinds
    until_idle()
    assert (came, refused) == ([], [])
    # What is asked of the new one is.
    with qtbot.waitSignal(workspace.on(SamplesRequest).signal, timeout=3000):
        workspace.ask(SamplesRequest, (), 4, 1, "mnist")


def test_that_places_of_the_pictures_of_the_model_before_do_not_come_to_a_training(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    number = workspace._newest[EncodeRequest]
    workspace._receive(EncodeRequest, EncodingsReply(number, renderer.mean, renderer.mean, COUNT))
    before = workspace.encodings
    assert before is not None
    late = EncodingsReply(number, renderer.mean + 1, renderer.mean, COUNT)
    renderer.hold.clear()
    workspace.follow(Snapshot("mine", 10, "vae", {}, np.zeros(1, np.float32), "mnist"))
    reply = loaded(renderer, workspace._newest[LoadRequest], "mine (training)")
    workspace._receive(FollowRequest, reply)
    assert workspace.model is reply
    workspace._receive(EncodeRequest, late)
    assert workspace.encodings is None
    renderer.hold.set()


def loaded(renderer: FakeRenderer, number: int, name: str) -> LoadedReply:
    """Of a model that is being trained: it is no file yet."""
    return LoadedReply(
        number, name, ".", "Fake", "0" * 12, renderer.latents, (), "", "mnist", "test", tuple("abc"),
        renderer.images, renderer.labels, "cpu",
    )  # fmt: skip


def test_that_points_made_while_another_model_opens_stay_with_the_one_before(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    renderer.hold.clear()
    workspace.open(for_model(workspace.state, TOLD))
    workspace.do(SetPins(pins=((1.0, 1.0),)))
    workspace.do(MoveProbe(z=(2.0, 2.0)))
    layers = replace(workspace.state.layers, contours=False)
    workspace.session.reset(replace(workspace.session.kept, layers=layers))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        renderer.hold.set()
    assert (workspace.state.pins, workspace.state.probe) == ((), (0.0, 0.0))
    # How the window looks is no model's.
    assert workspace.state.layers == layers


def test_that_the_probe_goes_on_into_the_file_of_the_model_in_sight(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    renderer.hold.clear()
    workspace.open(replace(workspace.state, model="kept"), goes_on=True)
    workspace.do(MoveProbe(z=(2.0, 2.0)))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        renderer.hold.set()
    assert (workspace.state.model, workspace.state.probe) == ("kept", (2.0, 2.0))


def test_that_numbers_of_pictures_wait_until_their_data_are_there(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    workspace.do(SelectImage(index=50))
    workspace.do(SetGroups(group_a=(51, 2), group_b=(3,)))
    workspace.do(HideClasses(hidden=frozenset({2})))
    with qtbot.waitSignal(workspace.loaded, timeout=3000):
        workspace.do(ChangeData(data="small", split="test"))
    assert (workspace.state.selected, workspace.state.group_a, workspace.state.hidden) == (
        None,
        (),
        frozenset(),
    )
    seen: list[tuple[int, SessionState]] = []
    workspace.changed.connect(lambda old, new: seen.append((len(workspace.model.images), new)))
    renderer.hold.clear()
    workspace.undo_stack.undo()
    # The state names the data that come; of those in sight nothing is picked.
    assert (workspace.state.data, workspace.state.selected, workspace.state.group_a) == ("mnist", None, ())
    with qtbot.waitSignal(workspace.loaded, timeout=3000):
        renderer.hold.set()
    assert (workspace.state.selected, workspace.state.group_a, workspace.state.group_b) == (50, (51, 2), (3,))
    assert workspace.state.hidden == frozenset({2})
    assert seen
    for images, state in seen:
        assert state.selected is None or state.selected < images
        assert all(number < images for number in state.group_a)


def test_that_what_is_picked_while_other_data_come_is_not_picked_among_those(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    renderer.hold.clear()
    workspace.do(ChangeData(data="small", split="test"))
    workspace.select(4)
    workspace.do(SetGroups(group_a=(1, 2)))
    workspace.do(HideClasses(hidden=frozenset({0})))
    with qtbot.waitSignal(workspace.loaded, timeout=3000):
        renderer.hold.set()
    assert workspace.model is not None
    assert (workspace.model.data, len(workspace.model.images)) == ("small", FEW)
    assert (workspace.state.selected, workspace.state.group_a, workspace.state.hidden) == (
        None,
        (),
        frozenset(),
    )
    # The probe went where the picture lies, and stays there.
    assert workspace.state.probe == tuple(map(float, renderer.mean[4]))
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    while workspace.undo_stack.canRedo():
        workspace.undo_stack.redo()
    assert (workspace.state.selected, workspace.state.group_a, workspace.state.hidden) == (
        None,
        (),
        frozenset(),
    )


def test_that_hidden_classes_stay_hidden_in_the_other_split(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    workspace.do(HideClasses(hidden=frozenset({1})))
    renderer.hold.clear()
    workspace.do(ChangeData(data="mnist", split="all"))
    assert workspace.state.hidden == frozenset({1})
    with qtbot.waitSignal(workspace.loaded, timeout=3000):
        renderer.hold.set()
    assert workspace.state.hidden == frozenset({1})


def test_that_a_place_of_another_latent_space_never_becomes_the_probe(
    qtbot: QtBot, workspace: Workspace
) -> None:
    shown: list[SessionState] = []
    workspace.changed.connect(lambda old, new: shown.append(new))
    workspace.probed.connect(lambda old, new: shown.append(new))
    workspace.do(MoveProbe(z=(1.0, 2.0, 3.0)))
    workspace.do(SetPins(pins=((1.0, 2.0, 3.0), (1.0, 2.0))))
    assert (workspace.state.probe, workspace.state.pins) == ((0.0, 0.0), ((1.0, 2.0),))
    assert {len(state.probe) for state in shown} == {2}


def test_that_a_session_without_a_model_is_as_it_was_saved() -> None:
    state = SessionState(selected=9999, group_a=(7,), condition=(1.0, 0.0), hidden=frozenset({9}))
    session = Session(state)
    session.apply(MoveProbe(z=(1.0, 2.0)))
    assert session.state == session.kept == replace(state, probe=(1.0, 2.0))


def test_that_what_was_done_with_a_model_waits_for_it_and_so_do_its_steps(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    there = workspace.state
    pins, layers = ((1.0, 1.0), (0.5, -1.0)), replace(there.layers, contours=False)
    workspace.do(SetPins(pins=pins))
    workspace.do(SetGroups(group_a=(1, 2)))
    workspace.do(SetLayers(layers=layers))
    workspace.do(MoveProbe(z=(2.0, 2.0)))
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    # A model that is opened for the first time is looked at as the one before.
    now = workspace.state
    assert (now.pins, now.probe, now.group_a, now.layers) == ((), (0.0, 0.0), (1, 2), layers)
    assert not workspace.undo_stack.canUndo()
    workspace.do(SetGroups())
    workspace.do(SetLayers(layers=there.layers))
    own = OwnDirection("Mine", (1.0, 0.0), "groups", 1, 1, Trust(None, None, 1, 1), model_hash=hash_of(TOLD))
    workspace.do(AddDirection(own=(own,)))
    go(qtbot, workspace, for_model(workspace.state, PLAIN))
    back = workspace.state
    assert (back.pins, back.probe, back.group_a, back.layers) == (pins, (2.0, 2.0), (1, 2), layers)
    assert [one.model for one in back.memories] == [TOLD]
    for _ in range(4):
        workspace.undo_stack.undo()
    assert (workspace.state.pins, workspace.state.probe, workspace.state.group_a) == ((), (0.0, 0.0), ())
    # The undone steps were of this model: the direction of the other one is still there.
    assert workspace.state.own == (own,)
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    assert workspace.undo_stack.undoText() == AddDirection.label
    assert (workspace.state.layers, workspace.state.group_a) == (there.layers, ())
    # The same at another start.
    state = from_text(to_text(workspace.rest()))
    assert [(one.model, one.model_hash) for one in state.memories] == [(PLAIN, hash_of(PLAIN))]


def test_that_undo_passes_over_a_model_that_cannot_be_opened_any_more(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    tried: list[str] = []

    def gone(model: str) -> None:
        tried.append(model)
        workspace.open(for_model(workspace.state, "missing"))

    steps = UndoController(workspace, gone)
    for model in (TOLD, PLAIN, TOLD):
        go(qtbot, workspace, for_model(workspace.state, model))
    assert steps.undo.isEnabled()
    with qtbot.waitSignal(workspace.refused, timeout=3000):
        steps.undo.trigger()
    # Before it was the model that is open: undoing leads nowhere.
    assert tried == [PLAIN]
    assert not steps.undo.isEnabled()
    assert not steps.redo.isEnabled()


def test_that_points_stay_with_a_file_that_has_changed_and_that_is_said(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    said: list[str] = []
    workspace.noticed.connect(said.append)
    workspace.do(SetPins(pins=((1.0, 1.0),)))
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    assert said == []
    renderer.hashes[PLAIN] = "trained again"
    go(qtbot, workspace, for_model(workspace.state, PLAIN))
    assert workspace.state.pins == ((1.0, 1.0),)
    assert "has changed since a point was made" in said.pop()
    # Another name, the same file.
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    renderer.hashes["renamed"] = "trained again"
    go(qtbot, workspace, for_model(workspace.state, "renamed"))
    assert (workspace.state.pins, said) == (((1.0, 1.0),), [])


def test_that_steps_that_name_pictures_which_are_gone_are_dropped_and_that_is_said(
    qtbot: QtBot, workspace: Workspace, renderer: Several
) -> None:
    said: list[str] = []
    workspace.noticed.connect(said.append)
    workspace.do(SetGroups(group_a=(50,)))
    go(qtbot, workspace, for_model(workspace.state, TOLD))
    go(qtbot, workspace, on_data(for_model(workspace.state, PLAIN), "small"))
    assert (workspace.undo_stack.count(), workspace.state.group_a) == (0, ())
    assert said == [STEPS_GONE]


class Slow(Several):
    """Tells when it is about to open a model, and to draw a point."""

    def __init__(self) -> None:
        super().__init__()
        self.opening, self.pointing = threading.Event(), threading.Event()

    def serve(self, request: Request) -> Iterator[Reply | None]:
        if isinstance(request, LoadRequest):
            self.opening.set()
        if isinstance(request, PointRequest):
            self.pointing.set()
        return super().serve(request)


@pytest.fixture
def slow(qtbot: QtBot) -> Iterator[tuple[Workspace, Slow]]:
    renderer = Slow()
    workspace = Workspace(Session(), renderer)
    with qtbot.waitSignal(workspace.encoded, timeout=5000):
        workspace.start()
    yield workspace, renderer
    renderer.hold.set()
    workspace.stop()


def open_and_be_late(workspace: Workspace, renderer: Slow, model: str) -> None:
    """Asks for a model; the thread is about to open it, and nothing newer can take its place any more."""
    renderer.hold.clear()
    renderer.opening.clear()
    workspace.open(for_model(workspace.state, model))
    assert renderer.opening.wait(5)


def test_that_a_model_given_up_for_one_that_cannot_be_opened_is_not_drawn_as_that_in_sight(
    qtbot: QtBot, slow: tuple[Workspace, Slow]
):
    workspace, renderer = slow
    workspace.do(SetPins(pins=((0.5, 0.5),)))
    open_and_be_late(workspace, renderer, TOLD)
    workspace.open(for_model(workspace.state, "missing"))
    with qtbot.waitSignals([workspace.refused, workspace.loaded], timeout=3000, order="strict"):
        renderer.hold.set()
    opened = [one.model for one in renderer.served if isinstance(one, LoadRequest)]
    assert opened == [PLAIN, TOLD, "missing", PLAIN]
    assert workspace.model is not None
    assert (workspace.model.model, workspace.state.model, workspace.state.pins) == (
        PLAIN,
        PLAIN,
        ((0.5, 0.5),),
    )
    assert workspace.undo_stack.canUndo()


def test_that_what_a_model_given_up_for_another_draws_is_not_shown(
    qtbot: QtBot, slow: tuple[Workspace, Slow]
):
    workspace, renderer = slow
    told: list[str] = []
    workspace.on(PointRequest).connect(lambda reply: told.append("pointed"))
    workspace.loaded.connect(lambda reply: told.append("loaded"))
    workspace.refused.connect(lambda refusal: told.append("refused"))
    renderer.pointing.clear()
    # The thread opens this one and draws the probe before the window has heard of either.
    workspace.open(for_model(workspace.state, TOLD))
    workspace.do(MoveProbe(z=(1.0, 1.0)))
    assert renderer.pointing.wait(5)
    workspace.open(for_model(workspace.state, "bvae"))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        pass
    assert [one.model for one in renderer.served if isinstance(one, LoadRequest)] == [PLAIN, TOLD, "bvae"]
    assert told[0] == "loaded"
    assert "refused" not in told


def test_that_a_model_that_cannot_be_brought_back_is_tried_once(qtbot: QtBot, slow: tuple[Workspace, Slow]):
    workspace, renderer = slow
    open_and_be_late(workspace, renderer, TOLD)
    workspace.open(for_model(workspace.state, "missing"))
    workspace.session.reset(replace(workspace.session.kept, model="missing"))
    refused: list[type[Request]] = []
    workspace.refused.connect(lambda refusal: refused.append(refusal.request))
    renderer.hold.set()
    qtbot.waitUntil(lambda: len(refused) == 2, timeout=3000)
    until_idle()
    assert refused == [LoadRequest, LoadRequest]
