"""Groups and directions of one's own: what their edits leave behind, whatever the order they come in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.attributes.trust import COMPONENT, GROUPS, Trust
from latentlab.errors import LabError
from latentlab.session import groups
from latentlab.session.edits import ChangeData
from latentlab.session.own_directions import OwnDirection, component_key, free_name, of_model, wrong_name
from latentlab.session.own_edits import AddDirection, DeleteDirection, NameComponent, RenameDirection
from latentlab.session.state import SessionState

AGE = OwnDirection("Age", (1.0, 0.0), GROUPS, 4, 4, Trust(0.9, 2.0, 4, 4), "faces", "faces-vae", "0123")
PICTURES = st.lists(st.integers(0, 9), max_size=6)
STEP = st.tuples(st.sampled_from(["with_added", "without"]), st.sampled_from(groups.GROUPS), PICTURES)


@given(st.lists(STEP, max_size=8))
def test_that_a_picture_is_in_one_group_once_or_in_none(steps: list[tuple[str, str, list[int]]]) -> None:
    state = SessionState()
    for do, group, numbers in steps:
        state = getattr(groups, do)(state, group, numbers).apply(state)
        inside = set(groups.members(state, group))
        assert inside >= set(numbers) if do == "with_added" else not inside & set(numbers)
        both = (*state.group_a, *state.group_b)
        assert len(set(both)) == len(both)


def test_that_pictures_stay_in_the_order_in_which_they_came() -> None:
    state = SessionState(group_a=(5, 3), group_b=(9,))
    state = groups.with_added(state, groups.A, (7, 3, 9)).apply(state)
    assert (state.group_a, state.group_b) == ((5, 3, 7, 9), ())


def test_that_toggling_twice_changes_nothing() -> None:
    state = SessionState(group_b=(4,))
    once = groups.toggled(state, groups.B, 6).apply(state)
    assert once.group_b == (4, 6)
    assert groups.toggled(once, groups.B, 6).apply(once) == state


def test_that_other_data_empty_the_groups_and_keep_the_directions() -> None:
    state = ChangeData(data="mnist").apply(SessionState(group_a=(1,), group_b=(2,), own=(AGE,)))
    assert (state.group_a, state.group_b, state.own) == ((), (), (AGE,))


def test_that_a_new_name_keeps_what_was_added() -> None:
    state = SessionState(own=(AGE,), amounts=(("Hat", 1.0), (AGE.key, 0.5)))
    state = RenameDirection(which=AGE, name="Ära").apply(state)
    assert [one.name for one in state.own] == ["Ära"]
    assert dict(state.amounts) == {"Hat": 1.0, "yours/Ära": 0.5}


def test_that_a_direction_deleted_is_no_longer_added_and_the_probe_stays() -> None:
    before = SessionState(own=(AGE,), probe=(3.0, 3.0), amounts=(("Hat", 1.0), (AGE.key, 0.5)))
    state = DeleteDirection(which=AGE).apply(before)
    assert state == replace(before, own=(), amounts=(("Hat", 1.0),))


def test_that_edits_of_a_direction_that_is_gone_change_nothing() -> None:
    state = SessionState()
    assert DeleteDirection(which=AGE).apply(state) == state
    assert RenameDirection(which=AGE, name="x").apply(state) == state


def test_that_a_component_with_a_name_keeps_what_was_added() -> None:
    named = replace(AGE, method=COMPONENT)
    state = SessionState(amounts=((component_key(2), 1.5),))
    state = NameComponent(own=(named,), key=component_key(2)).apply(state)
    assert (state.own, state.amounts) == ((named,), ((AGE.key, 1.5),))


def test_that_those_of_another_model_or_of_other_latents_are_not_of_this_one() -> None:
    wider = replace(AGE, name="Wide", vector=(1.0, 0.0, 0.0))
    state = AddDirection(own=(AGE, replace(AGE, model_hash="4567"), wider)).apply(SessionState())
    assert of_model(state.own, "0123", 2) == (AGE,)


def test_that_a_taken_name_gets_the_first_free_number() -> None:
    assert free_name("A − B", []) == "A − B"
    assert free_name("A − B", ["A − B", "A − B 2", "A − B 4"]) == "A − B 3"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "Give it"),
        ("  ", "Give it"),
        ("x" * 81, "up to 80"),
        ("Age", "called Age"),
        ("a\0", "cannot be stored"),
    ],
)
def test_that_a_name_that_will_not_do_is_told_and_refused(name: str, what: str) -> None:
    assert what in wrong_name(name, ["Age"])
    if name != "Age":
        with pytest.raises(LabError):
            replace(AGE, name=name)


@pytest.mark.parametrize("name", ["Youth", "x" * 80, "Ära ☂"])
def test_that_a_name_that_will_do_is_taken(name: str) -> None:
    assert wrong_name(name, ["Age"]) == ""
    assert replace(AGE, name=name).name == name


@pytest.mark.parametrize("vector", [(), (float("nan"), 0.0), (float("inf"),)])
def test_that_a_vector_that_leads_nowhere_is_refused(vector: tuple[float, ...]) -> None:
    with pytest.raises(LabError, match="finite numbers"):
        replace(AGE, vector=vector)
