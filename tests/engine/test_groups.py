"""The direction between two groups: its vector, what halves say of it, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from latentlab.core.directions import principal
from latentlab.engine.attributes.trust import FEWEST, Trust
from latentlab.engine.inference.moments import Moments
from latentlab.engine.rendering.group_direction import between_groups
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.directions import GroupsReply, GroupsRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest
from latentlab.errors import LabError
from tests.engine.conftest import replies


def found(a: np.ndarray, b: np.ndarray) -> GroupsReply:
    request = GroupsRequest(7, "Age", "faces", "0123", a.astype(np.float32), b.astype(np.float32))
    *pieces, reply = between_groups(request)
    assert pieces == [None] * len(pieces)
    assert isinstance(reply, GroupsReply)
    return reply


NUMBERS = st.floats(-100, 100, width=32)


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.just(3)), elements=NUMBERS),
       arrays(np.float32, st.tuples(st.integers(1, 9), st.just(3)), elements=NUMBERS))  # fmt: skip
def test_that_it_leads_from_the_middle_of_b_to_that_of_a_and_back_the_other_way_round(a, b):
    expected = a.astype(np.float64).mean(0) - b.astype(np.float64).mean(0)
    try:
        there, back = found(a, b), found(b, a)
    except LabError:
        assert np.allclose(expected, 0, atol=1e-30)
        return
    np.testing.assert_allclose(there.vector, expected, rtol=1e-6, atol=1e-30)
    assert there.vector == tuple(-value for value in back.vector)
    assert (there.have, there.lack) == (back.lack, back.have) == (len(a), len(b))


def test_that_it_comes_back_under_its_name_with_what_it_belongs_to():
    reply = found(np.ones((1, 2)), np.zeros((1, 2)))
    assert (reply.generation, reply.name, reply.data, reply.model_hash) == (7, "Age", "faces", "0123")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_that_fewer_than_four_are_too_few_to_judge(count):
    random = np.random.default_rng(0)
    reply = found(random.normal(size=(count, 2)) + 9, random.normal(size=(50, 2)))
    assert reply.trust == Trust(None, None, count, 50)


def test_that_four_are_enough_and_the_same_groups_have_the_same_figures():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(FEWEST, 2)) + 9, random.normal(size=(50, 2))
    trust = found(a, b).trust
    assert trust.auc == pytest.approx(1.0)
    assert trust.cohens_d > 5
    assert found(a, b).trust == trust


def test_that_nonsense_is_told():
    some, none = np.ones((3, 2)), np.zeros((0, 2))
    with pytest.raises(LabError, match="group A is empty"):
        found(none, some)
    with pytest.raises(LabError, match="group B is empty"):
        found(some, none)
    with pytest.raises(LabError, match="same mean"):
        found(some, some)
    with pytest.raises(LabError, match="not finite"):
        found(some, some * np.nan)


def test_that_moments_know_the_components_without_those_that_are_none():
    z = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32) * [3.0, 1.0, 2.0, 0.0]
    moments = Moments()
    for part in np.split(z.astype(np.float32), 5):
        moments.add(part, np.zeros_like(part))
    vectors = np.array(moments.principal(16))
    expected = principal(torch.from_numpy(z), 3).numpy() * np.sqrt(499 / 500)
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-4)
    assert len(moments.principal(2)) == 2


def test_that_a_renderer_answers_with_components_of_all_pictures_and_with_the_direction(renderer: Renderer):
    last = replies(renderer, EncodeRequest(1))[-1]
    expected = principal(torch.from_numpy(last.mean), 16).numpy() * np.sqrt((last.total - 1) / last.total)
    np.testing.assert_allclose(np.array(last.principal), expected, rtol=1e-3, atol=1e-5)
    shares = np.square(last.principal).sum(1) / np.square(last.spread).sum()
    assert shares.sum() == pytest.approx(1.0, abs=1e-4)
    assert shares[0] >= shares[1]
    (reply,) = replies(renderer, GroupsRequest(2, "Age", "toy", "0", last.mean[:9], last.mean[20:]))
    np.testing.assert_allclose(
        reply.vector, last.mean[:9].mean(0) - last.mean[20:].mean(0), rtol=1e-4, atol=1e-7
    )
