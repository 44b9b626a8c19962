"""What waits for which model, through trainings, renamed files and sessions of projects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.arriving import Asked, arrive
from latentlab.session.memories import MAX_MEMORIES, memory_of, remember
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model, instead, on_its_data, picks_lost

NO_FILE = "0" * 12
PINS, OTHERS = ((1.0, 1.0),), ((2.0, 2.0), (0.0, 1.0))


def opened(model: str, model_hash: str, latents: int = 2) -> LoadedReply:
    images = np.zeros((4, 1, 8, 8), np.uint8)
    path = "." if model_hash == NO_FILE else f"/models/{model}.safetensors"
    return LoadedReply(
        1, model, path, "Fake", model_hash, latents, (), "", "mnist", "test", ("a", "b"), images, None, "cpu"
    )


class Person:
    """Opens one model after another, and pins."""

    def __init__(self, state: SessionState) -> None:
        self.state, self.model, self.notes = state, None, ()

    def open(
        self, wanted: SessionState, reply: LoadedReply, *, goes_on: bool = False, afresh: bool = False
    ) -> None:
        asked = Asked(wanted, self.state, goes_on, afresh)
        arrival = arrive(asked, self.state, self.state, self.model, reply)
        self.state, self.notes, self.model = arrival.state, arrival.notes, reply

    def turn_to(self, name: str, model_hash: str) -> None:
        self.open(for_model(self.state, name), opened(name, model_hash))

    def pin(self, pins: tuple[tuple[float, ...], ...]) -> None:
        self.state = replace(self.state, pins=pins)


@pytest.fixture
def person() -> Person:
    made = Person(SessionState(model="a"))
    made.open(made.state, opened("a", "aaaa"))
    made.pin(PINS)
    return made


def test_that_a_training_leaves_the_model_before_it_and_its_own_points_go_into_its_file(
    person: Person,
) -> None:
    person.open(person.state, opened("mine (training)", NO_FILE), goes_on=True)
    assert [(one.model, one.pins) for one in person.state.memories] == [("a", PINS)]
    person.pin(OTHERS)
    person.open(replace(person.state, model="/models/mine.safetensors"), opened("mine", "cccc"), goes_on=True)
    assert (person.state.pins, person.state.model_hash, person.notes) == (OTHERS, "cccc", ())
    person.turn_to("a", "aaaa")
    assert person.state.pins == PINS


def test_that_what_was_done_with_a_training_that_was_left_waits_for_its_file(person: Person) -> None:
    person.open(person.state, opened("mine (training)", NO_FILE), goes_on=True)
    person.pin(OTHERS)
    # The model that the session names is not the one in sight.
    person.turn_to("a", "aaaa")
    assert person.state.pins == PINS
    person.open(for_model(person.state, "/far/mine.safetensors"), opened("mine", "cccc"))
    assert person.state.pins == OTHERS


def test_that_a_renamed_file_has_what_waits_for_it_unless_a_point_was_asked_for(person: Person) -> None:
    person.turn_to("b", "bbbb")
    person.turn_to("renamed", "aaaa")
    assert (person.state.model, person.state.pins) == ("renamed", PINS)
    person.turn_to("b", "bbbb")
    person.open(replace(for_model(person.state, "again"), probe=(0.5, 0.5)), opened("again", "aaaa"))
    assert (person.state.pins, person.state.probe) == (PINS, (0.5, 0.5))
    assert [one.model for one in person.state.memories] == ["b"]


def test_that_a_changed_file_says_which_points_it_shows_and_the_old_ones_wait_for_the_old_file(
    person: Person,
) -> None:
    person.pin(OTHERS)
    person.turn_to("b", "bbbb")
    person.open(for_model(person.state, "a"), opened("a", "a new one", latents=3))
    assert "2 of them have no place in its 3 latents" in person.notes[-1]
    person.pin(())
    person.turn_to("b", "bbbb")
    person.turn_to("put aside", "aaaa")
    assert person.state.pins == OTHERS


def test_that_nothing_goes_over_to_the_session_of_a_project(person: Person) -> None:
    project = SessionState(model="b", pins=OTHERS, memories=(SessionState(model="c", model_hash="cccc"),))
    person.open(project, opened("b", "bbbb"), afresh=True)
    assert (person.state.pins, [one.model for one in person.state.memories]) == (OTHERS, ["c"])


def test_that_a_session_that_cannot_be_opened_waits_for_its_model(person: Person) -> None:
    lost = replace(person.state, model="/gone.safetensors", model_hash="dddd", data="/gone/cats")
    usual = instead(lost, SessionState())
    assert (usual.model, usual.data, usual.pins) == ("mnist-vae-2d", "mnist", ())
    memory = memory_of(usual.memories, "/gone.safetensors")
    assert memory is not None
    assert (memory.pins, memory.data) == (PINS, "/gone/cats")


def test_that_groups_whose_pictures_are_gone_are_not_left_out_without_a_word(person: Person) -> None:
    person.state = replace(person.state, data="/gone/cats", group_a=(1, 2))
    person.turn_to("b", "bbbb")
    assert "/gone/cats is not there any more" in picks_lost(person.state, "a")
    assert picks_lost(person.state, "b") == picks_lost(person.state, "c") == ""
    there = on_its_data(person.state, "a", ())
    assert (there.data, there.group_a, there.pins) == ("mnist", (), PINS)


def test_that_the_model_left_longest_ago_is_forgotten_first() -> None:
    memories: tuple[SessionState, ...] = ()
    for number in range(MAX_MEMORIES + 1):
        memories = remember(memories, SessionState(model=f"m{number}", model_hash=f"{number:04d}"))
    memories = remember(memories, SessionState(model="m1", model_hash="0001", pins=PINS))
    assert len(memories) == MAX_MEMORIES
    assert memory_of(memories, "m0") is None
    assert memory_of(memories, "m1") == memories[-1]
