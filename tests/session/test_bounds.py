"""A session holds so much and no more, whether it is added or found at a start."""

from __future__ import annotations

import dataclasses

import pytest

from latentlab.engine.attributes.trust import Trust
from latentlab.errors import LabError
from latentlab.session.bounds import MAX_PINS, TRAY_FULL, within
from latentlab.session.edits import MoveProbe, SetPins
from latentlab.session.own_directions import MAX_OWN, OwnDirection
from latentlab.session.own_edits import AddDirection
from latentlab.session.saved import from_text, to_text
from latentlab.session.session import Session
from latentlab.session.state import SessionState


def pins(count: int) -> tuple[tuple[float, float], ...]:
    return tuple((float(number), 0.0) for number in range(count))


def own(count: int) -> tuple[OwnDirection, ...]:
    trust = Trust(None, None, 1, 1)
    return tuple(OwnDirection(f"d{number}", (1.0, 0.0), "groups", 1, 1, trust) for number in range(count))


def test_that_a_session_with_everything_it_may_hold_comes_back_whole() -> None:
    state = SessionState(pins=pins(MAX_PINS), own=own(MAX_OWN), hidden=frozenset(range(1000)))
    assert within(from_text(to_text(state))) == (state, ())


def test_that_what_is_over_a_bound_is_left_out_and_said() -> None:
    state = SessionState(pins=pins(20_000), own=own(257), hidden=frozenset(range(1500)), probe=(3.0, 4.0))
    kept, over = within(from_text(to_text(state)))
    assert kept == SessionState(
        pins=pins(MAX_PINS), own=own(256), hidden=frozenset(range(1000)), probe=(3.0, 4.0)
    )
    assert over == (
        "20,000 pins, over the 128 that fit",
        "1,500 hidden classes, over the 1,000 that fit",
        "257 directions of your own, over the 256 that fit",
    )


def test_that_an_edit_cannot_go_over_a_bound() -> None:
    session = Session(SessionState(own=own(MAX_OWN)))
    session.apply(SetPins(pins=pins(MAX_PINS)))
    for edit in (SetPins(pins=pins(MAX_PINS + 1)), AddDirection(own=own(1))):
        before = session.state
        with pytest.raises(LabError):
            session.apply(edit)
        assert session.state is before
    with pytest.raises(LabError, match=TRAY_FULL):
        session.apply(SetPins(pins=pins(MAX_PINS + 1)))
    session.apply(MoveProbe(z=(1.0, 1.0)))
    assert session.state.probe == (1.0, 1.0)


def test_that_every_field_that_can_grow_has_a_bound() -> None:
    unbounded = {"probe", "condition", "analogy", "view", "pointed"}  # of a fixed length, checked when read
    growing = {
        field.name
        for field in dataclasses.fields(SessionState)
        if isinstance(getattr(SessionState(), field.name), tuple | frozenset)
    }
    many = dict.fromkeys(growing - unbounded, tuple(range(300_000)))
    many["hidden"] = frozenset(range(300_000))
    many["memories"] = (SessionState(pins=pins(MAX_PINS + 1)),) * 300_000
    _, over = within(SessionState(**many))
    # And once for what waits for other models.
    assert len(over) == len(growing - unbounded) + 1
