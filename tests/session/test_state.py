"""The state is a value: frozen, comparable, and its transient fields exist."""

from __future__ import annotations

import dataclasses

import pytest

from latentlab.session.state import GRID_SIZES, TRANSIENT, WALK_STEPS, SessionState


def test_that_a_state_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SessionState().probe = (1.0, 1.0)  # type: ignore[misc]


def test_that_equal_states_are_equal_and_hash_alike() -> None:
    assert SessionState() == SessionState()
    assert hash(SessionState(probe=(1.0, 2.0))) == hash(SessionState(probe=(1.0, 2.0)))


def test_that_transient_names_are_fields() -> None:
    assert {field.name for field in dataclasses.fields(SessionState)} >= TRANSIENT


def test_that_a_new_state_is_within_its_own_limits() -> None:
    state = SessionState()
    assert state.grid.size in GRID_SIZES
    assert state.walk.steps in WALK_STEPS
