"""What of a session fits a model and its data, found anew or from what was known a moment ago."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.fitting import fitted_since, fitted_to
from latentlab.session.state import PlaneSettings, SessionState

POINT = st.lists(st.floats(-2, 2), min_size=1, max_size=3).map(tuple)
STATE = st.builds(
    SessionState,
    data=st.sampled_from(("mnist", "small")),
    split=st.sampled_from(("test", "all")),
    probe=POINT,
    amounts=st.sampled_from(((), (("Hat", 1.0),))),
    pins=st.lists(POINT, max_size=3).map(tuple),
    selected=st.none() | st.integers(0, 9),
    group_a=st.lists(st.integers(0, 9), max_size=3, unique=True).map(tuple),
    hidden=st.frozensets(st.integers(0, 5)),
    condition=st.lists(st.sampled_from((0.0, 0.5, 1.0)), max_size=3).map(tuple),
    asked=st.sampled_from(((), (("P", 1.0),), (("Z", 1.0),))),
    analogy=st.tuples(*(st.none() | POINT for _ in range(3))),
    pointed=st.none() | POINT,
    plane=st.sampled_from((PlaneSettings(), PlaneSettings("pair", 0, 7), PlaneSettings("pair", 1, 0))),
)


def model(latents: int = 2, names: tuple[str, ...] = ("P", "Q"), pictures: int = 5) -> LoadedReply:
    images = np.zeros((pictures, 1, 2, 2), np.uint8)
    return LoadedReply(
        1, "m", "/m.safetensors", "Fake", "0" * 12, latents, (), "", "mnist", "test", tuple("abc"), images,
        None, "cpu", names, False,
    )  # fmt: skip


@given(STATE)
def test_that_a_fitted_state_names_nothing_that_the_model_does_not_have(state: SessionState) -> None:
    fitted = fitted_to(state, model())
    points = (fitted.probe, *fitted.pins, *(point for point in fitted.analogy if point is not None))
    assert {len(point) for point in points} == {2}
    assert fitted.pointed is None or len(fitted.pointed) == 2
    assert len(fitted.condition) == 2
    assert {name for name, _ in fitted.asked} <= {"P", "Q"}
    assert max((*fitted.group_a, *fitted.group_b, fitted.selected or 0)) < 5
    assert fitted.hidden <= {0, 1, 2}
    assert fitted.plane.second < 2
    if len(state.probe) != 2:
        assert (fitted.probe, fitted.amounts) == ((0.0, 0.0), ())


@given(STATE)
def test_that_what_fits_stays_as_it_is(state: SessionState) -> None:
    once = fitted_to(replace(state, data="mnist", split="test"), model())
    assert fitted_to(once, model()) is once


@given(STATE, STATE)
def test_that_what_was_known_before_is_what_would_be_found_anew(before: SessionState, now: SessionState):
    there = model()
    # Some fields are the very same ones, as after an edit.
    names = [field.name for field in dataclasses.fields(SessionState)][::2]
    edited = replace(now, **{name: getattr(before, name) for name in names})
    for state in (now, edited):
        assert fitted_since(state, there, before, fitted_to(before, there)) == fitted_to(state, there)


def test_that_picked_pictures_are_those_of_the_data_that_are_open() -> None:
    state = SessionState(selected=3, group_a=(1,), group_b=(2,), hidden=frozenset({1}))
    assert fitted_to(state, model()) == replace(state, condition=(0.0, 0.0))
    split = fitted_to(replace(state, split="all"), model())
    assert (split.selected, split.group_a, split.group_b, split.hidden) == (None, (), (), {1})
    data = fitted_to(replace(state, data="small"), model())
    assert (data.selected, data.group_a, data.group_b, data.hidden) == (None, (), (), frozenset())
