"""The session: what an edit leaves to be restored, who hears of it, and what is refused."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.errors import LabError
from latentlab.session.edits import (
    AddAttributes,
    Edit,
    HideClasses,
    LookAt,
    MoveProbe,
    PointAt,
    SelectImage,
    SetPins,
    ShowFrame,
)
from latentlab.session.session import Session
from latentlab.session.state import TRANSIENT, SessionState

NUMBER = st.floats(-1e3, 1e3)
POINT = st.tuples(NUMBER, NUMBER)
EDIT = st.one_of(
    st.builds(MoveProbe, z=POINT),
    st.builds(SelectImage, index=st.none() | st.integers(0, 99), z=st.none() | POINT),
    st.builds(AddAttributes, amounts=st.tuples(st.tuples(st.just("Hat"), NUMBER)), z=POINT),
    st.builds(HideClasses, hidden=st.frozensets(st.integers(0, 9))),
    st.builds(SetPins, pins=st.lists(POINT, max_size=4).map(tuple)),
    st.builds(LookAt, view=st.tuples(NUMBER, NUMBER, NUMBER, NUMBER)),
    st.builds(ShowFrame, frame=st.none() | st.integers(0, 9)),
    st.builds(PointAt, z=st.none() | POINT),
)


def undoable(state: SessionState) -> dict[str, object]:
    names = (field.name for field in dataclasses.fields(state))
    return {name: getattr(state, name) for name in names if name not in TRANSIENT}


@given(st.lists(EDIT, max_size=12))
def test_that_restoring_backwards_brings_every_undoable_field_back(edits: list[Edit]) -> None:
    session = Session()
    before = undoable(session.state)
    steps = [session.apply(edit) for edit in edits]
    for values in reversed(steps):
        session.restore(values)
    assert undoable(session.state) == before


@given(EDIT)
def test_that_only_changed_undoable_fields_are_kept_for_the_undo(edit: Edit) -> None:
    session = Session(SessionState(frame=2, pins=((1.0, 1.0),)))
    old = session.state
    values = session.apply(edit)
    assert not TRANSIENT & values.keys()
    for name, value in undoable(old).items():
        assert (name in values) == (getattr(session.state, name) != value)
        assert values.get(name, value) == value


def test_that_undoing_pins_leaves_the_view_where_it_is_now() -> None:
    session = Session()
    values = session.apply(SetPins(pins=((1.0, 1.0),)))
    session.apply(LookAt(view=(0.0, 1.0, 0.0, 1.0)))
    session.restore(values)
    assert session.state.view == (0.0, 1.0, 0.0, 1.0)


def test_that_listeners_hear_old_and_new_in_the_order_they_came() -> None:
    session, heard = Session(), []
    session.listen(lambda old, new: heard.append(("first", old.probe, new.probe)))
    session.listen(lambda old, new: heard.append(("second", old.probe, new.probe)))
    session.apply(MoveProbe(z=(1.0, 2.0)))
    assert heard == [("first", (0.0, 0.0), (1.0, 2.0)), ("second", (0.0, 0.0), (1.0, 2.0))]


def test_that_the_state_is_the_new_one_when_listeners_hear_of_it() -> None:
    session, seen = Session(), []
    session.listen(lambda old, new: seen.append(session.state is new))
    session.apply(MoveProbe(z=(1.0, 2.0)))
    assert seen == [True]


def test_that_an_edit_that_changes_nothing_is_not_told() -> None:
    session, heard = Session(), []
    session.listen(lambda old, new: heard.append(new))
    assert session.apply(MoveProbe(z=(0.0, 0.0))) == {}
    session.restore({})
    assert heard == []


def test_that_a_listener_that_comes_during_the_telling_hears_only_the_next_change() -> None:
    session, heard = Session(), []
    session.listen(lambda old, new: session.listen(lambda old, new: heard.append(new.probe)))
    session.apply(MoveProbe(z=(1.0, 0.0)))
    assert heard == []
    session.apply(MoveProbe(z=(2.0, 0.0)))
    assert heard == [(2.0, 0.0)]


def test_that_a_reset_is_told() -> None:
    session, heard = Session(), []
    session.listen(lambda old, new: heard.append(new.model))
    session.reset(SessionState(model="other"))
    assert heard == ["other"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "make",
    [
        lambda bad: MoveProbe(z=(0.0, bad)),
        lambda bad: SelectImage(index=1, z=(bad, 0.0)),
        lambda bad: LookAt(view=(0.0, 1.0, bad, 1.0)),
        lambda bad: SetPins(pins=((0.0, 0.0), (bad, 0.0))),
        lambda bad: PointAt(z=(0.0, bad)),
    ],
)
def test_that_a_number_that_is_not_finite_is_refused_and_changes_nothing(make, bad: float) -> None:
    session = Session()
    before = session.state
    with pytest.raises(LabError, match=r"not a number from -1e\+18 to 1e\+18"):
        session.apply(make(bad))
    assert session.state == before
