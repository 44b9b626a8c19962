"""A saved session comes back as it was, or is refused with a reason; nothing in between."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.attributes.trust import WAYS, Trust
from latentlab.errors import LabError
from latentlab.session.own_directions import OwnDirection
from latentlab.session.point_settings import PointSettings
from latentlab.session.saved import VERSION, from_text, to_text
from latentlab.session.state import (
    AUTO,
    COMPONENTS,
    GRID_SIZES,
    LERP,
    OVER_PRIOR,
    OVER_VIEW,
    PAIR,
    SLERP,
    WALK_STEPS,
    GridSettings,
    Layers,
    PictureKeys,
    Place,
    PlaneSettings,
    SessionState,
    WalkSettings,
)

POINT = st.lists(st.floats(-1e18, 1e18), min_size=1, max_size=4).map(tuple)
FIGURE = st.none() | st.floats(allow_nan=False, allow_infinity=False)
COUNT = st.integers(0, 10**6)
# Letters that can be written, and at least one that can be seen.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
OWN = st.builds(
    OwnDirection,
    name=WORDS.map("x".__add__),
    vector=POINT,
    method=st.sampled_from(WAYS),
    have=COUNT,
    lack=COUNT,
    trust=st.builds(Trust, FIGURE, FIGURE, COUNT, COUNT),
    data=WORDS,
    model=WORDS,
    model_hash=WORDS,
)
PLACE = st.builds(
    Place, WORDS.map("x".__add__), POINT, st.lists(st.sampled_from([0.0, 1.0]), max_size=3).map(tuple)
)
LEFT = st.builds(
    SessionState,
    model=st.text(max_size=20),
    data=st.text(max_size=20),
    split=st.text(max_size=20),
    probe=POINT,
    selected=st.none() | st.integers(0, 10**6),
    hidden=st.frozensets(st.integers(0, 20)),
    layers=st.builds(Layers, *(st.booleans(),) * 5),
    lean=st.booleans(),
    plane=st.builds(
        PlaneSettings,
        st.sampled_from([AUTO, PAIR, COMPONENTS]),
        st.integers(0, 127),
        st.integers(128, 255),
    ),
    condition=st.lists(st.sampled_from([0.0, 1.0]), max_size=4).map(tuple),
    grid=st.builds(GridSettings, st.sampled_from(GRID_SIZES), st.sampled_from([OVER_PRIOR, OVER_VIEW])),
    walk=st.builds(
        WalkSettings, st.sampled_from([LERP, SLERP]), st.sampled_from(WALK_STEPS), st.integers(1, 60)
    ),
    amounts=st.lists(st.tuples(st.text(max_size=5), st.floats(-1e18, 1e18)), max_size=3).map(tuple),
    asked=st.lists(st.tuples(st.text(max_size=5), st.sampled_from([0.0, 0.5, 1.0])), max_size=3).map(tuple),
    pins=st.lists(POINT, max_size=4).map(tuple),
    analogy=st.tuples(*(st.none() | POINT,) * 3),
    group_a=st.lists(st.integers(0, 50), unique=True, max_size=4).map(tuple),
    group_b=st.lists(st.integers(51, 10**6), unique=True, max_size=4).map(tuple),
    points=st.builds(
        PointSettings,
        by=WORDS,
        find=WORDS,
        ranges=st.lists(st.tuples(WORDS, FIGURE, FIGURE), max_size=2).map(tuple),
        hidden=st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=2).map(tuple)), max_size=2).map(tuple),
    ),
    places=st.lists(PLACE, max_size=2).map(tuple),
    model_hash=st.text("0123456789abcdef", max_size=12),
    pictures=st.none() | st.builds(PictureKeys, WORDS, *(st.lists(WORDS, max_size=3).map(tuple),) * 3),
)
# With what is of all models, and with others that wait.
STATE = st.builds(
    lambda state, own, left: replace(state, own=tuple(own), memories=tuple(left)),
    LEFT,
    st.lists(OWN, max_size=3, unique_by=lambda one: (one.name, one.model_hash)),
    st.lists(LEFT, max_size=2),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


OWN_SAVED: dict[str, Any] = {
    "name": "Age",
    "vector": [1.0, -1.0],
    "method": "groups",
    "have": 4,
    "lack": 5,
    "trust": {"auc": 0.9, "cohens_d": 2.0, "have": 4, "lack": 5},
    "data": "faces",
    "model": "faces-vae",
    "model_hash": "0123456789ab",
}


def saved(**fields: Any) -> str:
    """A saved session with some fields replaced."""
    document = json.loads(to_text(SessionState()))
    document["state"].update(fields)
    return json.dumps(document)


@given(STATE)
def test_that_a_state_comes_back_as_it_was(state: SessionState) -> None:
    assert from_text(to_text(state)) == state


def test_that_an_older_session_goes_on_with_its_pictures_dealt_as_they_were() -> None:
    for data, now in (
        ("mnist", "mnist"),
        ("/home/me/cats", "/home/me/cats::dealt=count"),
        ("/home/me/cats::side=32", "/home/me/cats::side=32,dealt=count"),
    ):
        document = json.loads(saved(data=data, group_a=[3, 1]))
        del document["state"]["pictures"]
        document["version"] = 5
        state = from_text(json.dumps(document))
        assert (state.data, state.group_a, state.pictures) == (now, (3, 1), None)


def test_that_the_passing_part_of_a_state_is_not_saved() -> None:
    state = SessionState(view=(0.0, 1.0, 0.0, 1.0), frame=3, pointed=(1.0, 1.0))
    assert from_text(to_text(state)) == SessionState()


def test_that_layers_from_before_there_was_a_density_come_back_without_it() -> None:
    state = from_text(saved(layers={"points": False, "manifold": True, "contours": False}))
    assert state.layers == Layers(points=False, contours=False, density=False)


def test_that_a_session_from_before_models_were_remembered_goes_on_without_memories() -> None:
    document = json.loads(to_text(SessionState(pins=((1.0, 0.0),))))
    for name in ("places", "model_hash", "memories"):
        del document["state"][name]
    assert from_text(json.dumps({**document, "version": 7})) == SessionState(pins=((1.0, 0.0),))


@given(st.text())
def test_that_any_text_is_refused_by_a_lab_error_alone(text: str) -> None:
    with pytest.raises(LabError):
        from_text(text)


@given(JSON)
def test_that_any_json_is_refused_by_a_lab_error_alone(value: Any) -> None:
    with pytest.raises(LabError):
        from_text(json.dumps(value))
    with pytest.raises(LabError):
        from_text(json.dumps({"version": 4, "state": value}))


@given(st.sampled_from(sorted(json.loads(to_text(SessionState()))["state"])), JSON)
def test_that_any_field_of_any_kind_is_taken_or_refused_by_a_lab_error(name: str, value: Any) -> None:
    try:
        state = from_text(saved(**{name: value}))
    except LabError:
        return
    assert from_text(to_text(state)) == state


@given(STATE, st.data())
def test_that_a_text_cut_short_is_refused(state: SessionState, data: st.DataObject) -> None:
    text = to_text(state)
    with pytest.raises(LabError, match="damaged"):
        from_text(text[: data.draw(st.integers(0, len(text) - 1))])


@pytest.mark.parametrize("version", [0, 9, 99, "1", "2", "4", True, None])
def test_that_another_version_is_named(version: object) -> None:
    with pytest.raises(LabError, match=f"version {version}"):
        from_text(json.dumps({"version": version, "state": {}}))


@pytest.mark.parametrize(
    "fields",
    [
        {"grid": {"size": 4, "over": OVER_PRIOR}},
        {"grid": {"size": 41, "over": OVER_PRIOR}},
        {"grid": {"size": 20, "over": "moon"}},
        {"grid": {"size": 20, "over": OVER_PRIOR, "more": 1}},
        {"walk": {"path": LERP, "steps": 1, "frames_per_second": 12}},
        {"walk": {"path": LERP, "steps": 24, "frames_per_second": 61}},
        {"walk": {"path": "spline", "steps": 24, "frames_per_second": 12}},
        {"layers": {"points": 1, "manifold": True, "contours": True}},
        {"selected": -1},
        {"selected": True},
        {"selected": 1.5},
        {"hidden": ["1"]},
        {"hidden": [-1]},
        {"probe": [[]]},
        {"probe": [0.0] * 4097},
        {"condition": [0.0] * 1001},
        {"model": "x" * 20_000},
        {"amounts": [["x" * 20_000, 1.0]]},
        {"plane": {"axes": "sideways", "first": 0, "second": 1}},
        {"plane": {"axes": PAIR, "first": 3, "second": 3}},
        {"plane": {"axes": PAIR, "first": 0, "second": 4096}},
        {"plane": {"axes": PAIR, "first": 0.0, "second": 1}},
        {"condition": None},
        {"condition": [float("nan")]},
        {"probe": [True, False]},
        {"probe": ["0", "0"]},
        {"probe": [10**400, 0]},
        {"pins": [[0.0, float("nan")]]},
        {"probe": [float("inf"), 0.0]},
        {"amounts": [["Hat", float("inf")]]},
        {"amounts": [[3, 1.0]]},
        {"amounts": [["Hat"]]},
        {"analogy": None},
        {"analogy": [None, None]},
        {"analogy": [None, None, [float("nan")]]},
        {"analogy": [None, None, "z"]},
        {"group_a": [1, 1]},
        {"group_a": [-1]},
        {"group_a": [True]},
        {"group_a": [2], "group_b": [2]},
        {"group_b": None},
        {"own": {}},
        {"own": [{"name": "Age"}]},
        {"own": [{**OWN_SAVED, "name": " "}]},
        {"own": [{**OWN_SAVED, "name": "x" * 81}]},
        {"own": [{**OWN_SAVED, "vector": []}]},
        {"own": [{**OWN_SAVED, "vector": [float("inf")]}]},
        {"own": [{**OWN_SAVED, "method": "magic"}]},
        {"own": [{**OWN_SAVED, "have": 1.5}]},
        {"own": [{**OWN_SAVED, "trust": None}]},
        {"own": [{**OWN_SAVED, "trust": {"auc": float("nan"), "cohens_d": 1.0, "have": 1, "lack": 1}}]},
        {"own": [OWN_SAVED] * 2},
        {"model": 3},
        {"model_hash": None},
        {"places": [{"name": "", "z": [0.0], "condition": []}]},
        {"places": [{"name": "here", "z": [], "condition": []}]},
        {"memories": [{"model": "other"}]},
        {"memories": {}},
        {"data": None},
    ],
    ids=str,
)
def test_that_a_field_out_of_range_makes_the_whole_unusable(fields: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="damaged"):
        from_text(saved(**fields))


def test_that_a_missing_field_makes_the_whole_unusable() -> None:
    document = json.loads(to_text(SessionState()))
    for name in document["state"]:
        rest = {key: value for key, value in document["state"].items() if key != name}
        with pytest.raises(LabError, match="damaged"):
            from_text(json.dumps({"version": VERSION, "state": rest}))


def test_that_a_session_from_before_planes_and_conditions_is_read_with_the_usual_ones() -> None:
    document = json.loads(to_text(SessionState(probe=(1.0, 2.0))))
    del document["state"]["plane"], document["state"]["condition"]
    document["version"] = 1
    assert from_text(json.dumps(document)) == SessionState(probe=(1.0, 2.0))


@pytest.mark.parametrize(
    ("version", "lacking"),
    [
        (4, ["lean"]),
        (3, ["lean", "group_a", "group_b", "own"]),
        (2, ["lean", "group_a", "group_b", "own", "amounts"]),
        (1, ["lean", "group_a", "group_b", "own", "amounts", "plane", "condition"]),
    ],
)
def test_that_a_session_from_an_older_version_has_the_usual_values_of_what_it_did_not_know(
    version: int, lacking: list[str]
) -> None:
    document = json.loads(to_text(SessionState(probe=(1.0, 2.0), pins=((1.0, 0.0),))))
    for name in lacking:
        del document["state"][name]
    document["version"] = version
    assert from_text(json.dumps(document)) == SessionState(probe=(1.0, 2.0), pins=((1.0, 0.0),))


def test_that_a_direction_of_the_test_above_is_sound_but_for_what_is_changed() -> None:
    (one,) = from_text(saved(own=[OWN_SAVED])).own
    assert (one.name, one.vector, one.trust.auc) == ("Age", (1.0, -1.0), 0.9)


def test_that_a_deeply_nested_text_is_refused() -> None:
    with pytest.raises(LabError, match="damaged"):
        from_text("[" * 100_000)


def test_that_a_session_of_a_model_without_latents_has_no_place_and_is_sound() -> None:
    state = SessionState(model="specks", probe=())
    assert from_text(to_text(state)) == state
