"""Directions against closed forms, NumPy and counting; what they are for, on data made to mislead."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.distributions import Normal

from latentlab.core.directions import (
    auc,
    cohens_d,
    cosines,
    difference_of_means,
    discriminant,
    one_hot,
    principal,
    project,
    regressed,
)

WAYS = [difference_of_means, regressed, discriminant]


def drawn(seed: int, pictures: int = 60, latents: int = 4, attributes: int = 3) -> tuple:
    """Points and attributes that have nothing to do with each other, as float64 and bool."""
    draw = torch.Generator().manual_seed(seed)
    z = torch.randn(pictures, latents, generator=draw, dtype=torch.float64)
    return z, torch.rand(pictures, attributes, generator=draw) < 0.4


def misleading(pictures: int = 20_000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two attributes that mostly come together, each of which adds its own vector, and those vectors."""
    draw = torch.Generator().manual_seed(5)
    hat = torch.rand(pictures, generator=draw) < 0.5
    short = torch.where(torch.rand(pictures, generator=draw) < 0.9, hat, ~hat)
    a = torch.stack([hat, short], 1)
    true = torch.tensor([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]], dtype=torch.float64)
    noise = torch.randn(pictures, 3, generator=draw, dtype=torch.float64)
    return a.double() @ true + 0.3 * noise, a, true


@given(st.integers(0, 10_000))
def test_that_the_difference_of_means_is_that_of_numpy(seed):
    z, a = drawn(seed)
    expected = [
        z.numpy()[has].mean(0) - z.numpy()[~has].mean(0) if 0 < has.sum() < len(has) else np.zeros(4)
        for has in a.numpy().T
    ]
    np.testing.assert_allclose(difference_of_means(z, a), expected, atol=1e-12)


@given(st.integers(0, 10_000))
def test_that_regression_is_that_of_numpy_with_a_column_of_ones(seed):
    z, a = drawn(seed)
    design = np.hstack([np.ones((len(a), 1)), a.numpy()])
    expected = np.linalg.lstsq(design, z.numpy())[0][1:]
    np.testing.assert_allclose(regressed(z, a), expected, atol=1e-9)


def test_that_what_is_left_over_has_nothing_to_do_with_any_attribute():
    z, a = drawn(1)
    left = z - a.double() @ regressed(z, a)
    left = left - left.mean(0)
    torch.testing.assert_close(a.double().T @ left, torch.zeros(3, 4, dtype=torch.float64), atol=1e-9, rtol=0)


def test_that_one_attribute_alone_is_regressed_to_the_difference_of_means():
    z, a = drawn(2, attributes=1)
    torch.testing.assert_close(regressed(z, a), difference_of_means(z, a))


def test_that_regression_does_not_drag_along_what_comes_together():
    z, a, true = misleading()
    assert difference_of_means(z, a)[0, 1].item() == pytest.approx(
        1.6, abs=0.05
    )  # 0.8 of "short" is in "hat"
    torch.testing.assert_close(regressed(z, a), true, atol=0.03, rtol=0)


def test_that_attributes_that_are_the_same_share_what_they_add():
    z, a = drawn(3, attributes=1)
    twice = regressed(z, torch.cat([a, a], 1))
    torch.testing.assert_close(twice, 0.5 * difference_of_means(z, a).expand(2, 4))


def test_that_regressed_classes_are_their_means_against_the_mean_class():
    draw = torch.Generator().manual_seed(4)
    labels = torch.randint(0, 3, (90,), generator=draw)
    z = torch.randn(90, 2, generator=draw, dtype=torch.float64) + labels.unsqueeze(1)
    means = torch.stack([z[labels == label].mean(0) for label in range(3)])
    torch.testing.assert_close(regressed(z, one_hot(labels, 3)), means - means.mean(0))


@given(st.integers(0, 10_000))
def test_that_the_discriminant_is_the_closed_form_of_fisher(seed):
    z, a = drawn(seed, attributes=1)
    z[a[:, 0]] += torch.tensor([1.0, 0.5, 0.0, -1.0])
    with_, without = z[a[:, 0]].numpy(), z[~a[:, 0]].numpy()
    pooled = ((len(with_) - 1) * np.cov(with_.T) + (len(without) - 1) * np.cov(without.T)) / (len(z) - 2)
    difference = with_.mean(0) - without.mean(0)
    w = np.linalg.solve(pooled, difference)
    far = np.quantile(with_ @ w, 0.999) - np.quantile(without @ w, 0.001)
    np.testing.assert_allclose(discriminant(z, a, shrinkage=0.0)[0], far * w / (w @ w), atol=1e-9)


def test_that_the_discriminant_of_gaussians_is_their_covariance_undone(generator):
    root = torch.tensor([[1.0, 0.0], [0.9, 0.3]], dtype=torch.float64)
    has = torch.arange(100_000) % 2 == 0
    z = torch.randn(100_000, 2, generator=generator, dtype=torch.float64) @ root.T
    difference = torch.tensor([1.0, 0.0], dtype=torch.float64)
    z[has] += difference
    w = torch.linalg.solve(root @ root.T, difference)
    found = discriminant(z, has.unsqueeze(1), shrinkage=0.0)[0]
    assert torch.nn.functional.cosine_similarity(found, w, dim=0).item() == pytest.approx(1.0, abs=1e-3)
    assert auc(project(z, found), has) > auc(project(z, difference), has) + 0.1


def test_that_a_discriminant_leads_from_those_that_lack_it_most_to_those_that_have_it_most():
    z, a, _ = misleading(2_000)
    for number, v in enumerate(discriminant(z, a)):
        has, scores = a[:, number], project(z, v)
        added, taken = project(z + v, v)[~has], project(z - v, v)[has]
        assert (added > scores[has].quantile(0.99)).double().mean().item() > 0.99
        assert (taken < scores[~has].quantile(0.01)).double().mean().item() > 0.99


@pytest.mark.parametrize("way", WAYS)
def test_that_directions_do_not_depend_on_where_z_lies_and_turn_with_it(way):
    z, a, _ = misleading(500)
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(0)).double())
    torch.testing.assert_close(way(z @ turn.T + 7.0, a), way(z, a) @ turn.T, atol=1e-9, rtol=1e-9)
    torch.testing.assert_close(way(2.0 * z, a), 2.0 * way(z, a), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_that_attributes_turned_round_turn_the_direction_round(way):
    z, a, _ = misleading(500)
    torch.testing.assert_close(way(z, ~a), -way(z, a), atol=1e-9, rtol=1e-9)


@given(
    arrays.arrays(np.float32, (9, 3), elements=st.floats(-1e4, 1e4, width=32)),
    arrays.arrays(np.bool_, (9, 4)),
)
def test_that_no_data_make_anything_but_finite_directions(z, a):
    z, a = torch.from_numpy(z), torch.from_numpy(a)
    for way in WAYS:
        assert torch.isfinite(way(z, a)).all()
    assert torch.isfinite(principal(z, 3)).all()


@pytest.mark.parametrize("way", WAYS)
def test_that_what_all_or_none_have_has_no_direction(way):
    z, _ = drawn(6)
    a = torch.stack([torch.zeros(60), torch.ones(60)], 1).bool()
    torch.testing.assert_close(way(z, a), torch.zeros(2, 4, dtype=torch.float64), atol=1e-12, rtol=0)


@pytest.mark.parametrize("way", WAYS)
def test_that_float32_far_from_the_origin_loses_no_digits(way):
    z, a, _ = misleading(2_000)
    far = (z + 1000.0).float()
    torch.testing.assert_close(way(far, a), way(far.double(), a))
    assert way(far, a).dtype == torch.float64


def test_that_dead_dimensions_and_groups_without_spread_still_have_a_discriminant():
    a = torch.tensor([[False], [False], [True], [True]])
    z = a.double() * torch.tensor([1.0, -2.0, 0.0])
    torch.testing.assert_close(discriminant(z, a), torch.tensor([[1.0, -2.0, 0.0]], dtype=torch.float64))
    many = torch.arange(999).unsqueeze(1) % 3 == 0
    thirds = many.double() / 3.0 * torch.tensor([1.0, -2.0, 0.0])
    torch.testing.assert_close(discriminant(thirds, many), difference_of_means(thirds, many))
    noisy, has, _ = misleading(500)
    noisy = torch.cat([noisy, torch.zeros(500, 1)], 1)
    assert discriminant(noisy, has)[:, 3].abs().max().item() < 1e-9


def test_that_principal_directions_are_those_of_numpy_one_deviation_long():
    z, _ = drawn(7, latents=5)
    z = z * torch.tensor([3.0, 1.0, 2.0, 0.5, 0.1])
    found = principal(z, 3)
    values, vectors = np.linalg.eigh(np.cov(z.numpy().T))
    assert found.shape == (3, 5)
    np.testing.assert_allclose(found.norm(dim=1), np.sqrt(values[::-1][:3]))
    np.testing.assert_allclose(
        np.abs((found / found.norm(dim=1, keepdim=True)).numpy() @ vectors[:, ::-1][:, :3]),
        np.eye(3),
        atol=1e-9,
    )
    for v in found:
        assert project(z, v).std().item() == pytest.approx(v.norm().item())
        assert v[v.abs().argmax()] > 0
    assert principal(z, 99).shape == (5, 5)
    assert principal(z[:1], 2).abs().max().item() == 0.0


def test_that_one_hot_leaves_out_what_has_no_class():
    assert one_hot(torch.tensor([2, -1, 0]), 3).int().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


levels = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=30)


@given(levels)
def test_that_auc_counts_pairs_and_ties_by_half(rows):
    scores, has = torch.tensor([row[0] for row in rows]).double(), torch.tensor([row[1] for row in rows])
    pairs = list(itertools.product(scores[has].tolist(), scores[~has].tolist()))
    found = auc(scores, has)
    if not pairs:
        assert math.isnan(found)
        return
    assert found == pytest.approx(sum((x > y) + 0.5 * (x == y) for x, y in pairs) / len(pairs))
    assert auc(-scores, has) == pytest.approx(1.0 - found)
    assert auc(scores**3 + 2.0, has) == pytest.approx(found)


def test_that_auc_of_gaussians_is_phi_of_d_over_root_two(generator):
    has = torch.arange(100_000) % 2 == 0
    scores = torch.randn(100_000, generator=generator) + 1.5 * has
    assert cohens_d(scores, has) == pytest.approx(1.5, abs=0.03)
    assert auc(scores, has) == pytest.approx(
        Normal(0.0, 1.0).cdf(torch.tensor(1.5 / 2**0.5)).item(), abs=5e-3
    )


@given(levels)
def test_that_cohens_d_is_that_of_numpy_or_nan(rows):
    scores, has = torch.tensor([row[0] for row in rows]).double(), torch.tensor([row[1] for row in rows])
    x, y = scores[has].numpy(), scores[~has].numpy()
    found = cohens_d(scores, has)
    if min(len(x), len(y)) < 2 or (np.ptp(x) == np.ptp(y) == 0):
        assert math.isnan(found)
        return
    pooled = ((len(x) - 1) * x.var(ddof=1) + (len(y) - 1) * y.var(ddof=1)) / (len(x) + len(y) - 2)
    assert found == pytest.approx((x.mean() - y.mean()) / math.sqrt(pooled), abs=1e-9)


def test_that_projection_does_not_depend_on_the_length_of_the_direction():
    z, v = torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([0.0, 2.0])
    assert project(z, v).tolist() == project(z, 9.0 * v).tolist() == [4.0, 0.0]
    assert project(z, 0.0 * v).tolist() == [0.0, 0.0]
    assert auc(project(z, 0.0 * v), torch.tensor([True, False])) == 0.5


def test_that_cosines_are_those_of_torch_and_zero_for_nothing():
    vectors = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = torch.nn.functional.cosine_similarity(vectors.unsqueeze(0), vectors.unsqueeze(1), dim=-1)
    torch.testing.assert_close(cosines(vectors), expected)
    torch.testing.assert_close(cosines(1e-30 * vectors), expected)
    assert cosines(torch.tensor([[0.0, 0.0], [1.0, 1.0]])).tolist() == [[0.0, 0.0], [0.0, pytest.approx(1.0)]]
