"""Recipes of tapes: written down and read back, and nothing believed that is odd."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.diffusion.recipes import (
    LEAST_STRENGTH,
    BetweenNoises,
    Branch,
    FromNoise,
    FromPicture,
    Inpainting,
    Pixels,
    Recipe,
    SamplerSettings,
    as_json,
    from_json,
)
from latentlab.errors import LabError
from latentlab.models.sampler_names import SAMPLER_NAMES

SEEDS = st.integers(0, 2**63 - 1)
SHARES = st.floats(0.0, 1.0)
SAMPLER_SETTINGS = st.builds(
    SamplerSettings,
    sampler=st.sampled_from(SAMPLER_NAMES),
    steps=st.integers(1, 10_000),
    eta=SHARES,
    guidance=st.floats(0.0, 20.0),
    conditions=st.lists(st.tuples(SHARES, SHARES, SHARES), max_size=4).map(tuple),
    seed=SEEDS,
)


@st.composite
def pixels(draw: st.DrawFn, shape: tuple[int, ...]) -> Pixels:
    count = 1
    for side in shape:
        count *= side
    return Pixels(shape, draw(st.binary(min_size=count, max_size=count)))


@st.composite
def inpaintings(draw: st.DrawFn) -> Inpainting:
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    more = draw(st.sampled_from([(), (3,)]))
    return Inpainting(draw(pixels((*shape, *more))), draw(pixels(shape)), draw(st.integers(1, 50)))


STARTS = st.one_of(
    st.builds(FromNoise),
    st.builds(BetweenNoises, SEEDS),
    st.builds(FromPicture, pixels((5, 4, 3)), st.floats(LEAST_STRENGTH, 1.0)),
    inpaintings(),
)
BRANCHES = st.lists(
    st.tuples(st.integers(0, 10_000), SAMPLER_SETTINGS), max_size=4, unique_by=lambda one: one[0]
).map(
    lambda rows: tuple(
        Branch(at, sampler_settings) for at, sampler_settings in sorted(rows, key=lambda one: one[0])
    )
)
RECIPES = st.builds(Recipe, st.integers(1, 64), SAMPLER_SETTINGS, STARTS, BRANCHES)
WHOLE = Recipe(
    2,
    SamplerSettings("dpm++", 30, 0.0, 2.5, ((0.0, 1.0), (0.25, 0.0)), 7),
    Inpainting(Pixels((2, 2), b"\0\1\2\3"), Pixels((2, 2), b"\0\xff\xff\0"), 3),
    (Branch(3, SamplerSettings(seed=1)), Branch(5, SamplerSettings("ddpm"))),
)


@given(RECIPES)
def test_that_a_recipe_reads_back_as_it_was(recipe: Recipe):
    text = as_json(recipe)
    assert text.isascii()
    assert "\n" not in text
    assert from_json(text) == recipe


@given(
    st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5).map(json.dumps)
)
def test_that_anything_else_is_refused_and_never_breaks(text: str):
    with pytest.raises(LabError, match="its recipe is damaged"):
        from_json(text)


def places(value, path=()):
    """Every field of a recipe, however deep."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(json.loads(as_json(WHOLE))))


def changed(path, change) -> str:
    fields = json.loads(as_json(WHOLE))
    inner = fields
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return json.dumps(fields)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("odd", [None, "x", -1, 1e400, [["a"]], {"a": 1}, True], ids=repr)
def test_that_every_field_of_another_kind_is_refused(path, odd):
    with pytest.raises(LabError, match="its recipe is damaged"):
        from_json(changed(path, lambda inner, key: inner.__setitem__(key, odd)))


@pytest.mark.parametrize("path", [path for path in PLACES if isinstance(path[-1], str)], ids=str)
def test_that_a_field_that_is_missing_or_unknown_is_refused(path):
    with pytest.raises(LabError, match="its recipe is damaged"):
        from_json(changed(path, lambda inner, key: inner.pop(key)))
    with pytest.raises(LabError, match="its recipe is damaged"):
        from_json(changed(path, lambda inner, key: inner.__setitem__("new", 1)))


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("count",), 65, "count is 65, expected 1 to 64"),
        (("count",), 10**300, "count is 1000.*expected 1 to 64"),
        (("manner", "steps"), 0, "steps is 0"),
        (("manner", "eta"), 1.5, "eta is 1.5"),
        (("manner", "guidance"), 21, "guidance is 21"),
        (("manner", "sampler"), "euler", "no sampler is called 'euler'"),
        (("start", "repeats"), 51, "repeats is 51"),
        (("branches", 1, "at"), 3, "before the branch that it starts from"),
        (("branches", 0, "at"), 10_001, "branch's frame is 10001"),
    ],
    ids=str,
)
def test_that_a_number_out_of_range_is_told(path, value, reason: str):
    with pytest.raises(LabError, match=reason) as refused:
        from_json(changed(path, lambda inner, key: inner.__setitem__(key, value)))
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("count", [3, 5, 10_000_000])
def test_that_a_picture_that_unpacks_to_more_or_less_than_it_says_is_refused(count: int):
    packed = base64.b64encode(zlib.compress(bytes(count))).decode()
    with pytest.raises(LabError, match="are not a picture of shape"):
        from_json(changed(("start", "pixels", "zlib"), lambda inner, key: inner.__setitem__(key, packed)))


@pytest.mark.parametrize("shape", [[2**20, 2**20], [0, 4], [-2, -2], [4], [1, 1, 2, 2], [4.0, 1]], ids=str)
def test_that_a_picture_of_an_odd_shape_is_refused_before_it_is_unpacked(shape):
    with pytest.raises(LabError, match=r"invalid shape|not whole"):
        from_json(changed(("start", "pixels", "shape"), lambda inner, key: inner.__setitem__(key, shape)))


def test_that_nesting_without_end_is_refused():
    with pytest.raises(LabError, match="its recipe is damaged"):
        from_json("[" * 200_000)


def test_that_a_branch_takes_the_place_of_those_that_left_later():
    recipe = (
        Recipe()
        .branched(5, SamplerSettings(seed=1))
        .branched(9, SamplerSettings(seed=2))
        .branched(7, SamplerSettings(seed=3))
    )
    assert [branch.at for branch in recipe.branches] == [5, 7]
    assert recipe.last_sampler_settings == SamplerSettings(seed=3)
    assert [
        branch.sampler_settings.seed for branch in recipe.branched(5, SamplerSettings(seed=4)).branches
    ] == [4]


def test_that_a_mask_of_another_size_is_refused():
    with pytest.raises(LabError, match="mask"):
        Inpainting(Pixels((2, 2), bytes(4)), Pixels((1, 4), bytes(4)))


def test_that_conditions_are_used_in_turn():
    sampler_settings = SamplerSettings(conditions=((1.0,), (0.0,)))
    assert [sampler_settings.condition_of(number) for number in range(3)] == [(1.0,), (0.0,), (1.0,)]
    assert SamplerSettings().condition_of(3) == ()
