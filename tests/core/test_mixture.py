"""Mixtures of Gaussians against scikit-learn, their definitions, and EM's promise that log p never falls."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from latentlab.core.mixture import Components, Diagonal, Full, LowRank, Mixture, k_means, plus_plus

FLOOR = 1e-4


def made(family: str, mean: torch.Tensor, factors: int = 2, seed: int = 0) -> Components:
    """Components at these means, of random covariances."""
    draw = torch.Generator().manual_seed(seed)
    count, numbers = mean.shape
    if family == "diagonal":
        return Diagonal(mean, 0.2 + torch.rand(count, numbers, generator=draw, dtype=mean.dtype))
    if family == "full":
        root = torch.randn(count, numbers, numbers, generator=draw, dtype=mean.dtype)
        return Full(mean, root @ root.mT + 0.1 * torch.eye(numbers, dtype=mean.dtype))
    w = torch.randn(count, numbers, min(factors, numbers), generator=draw, dtype=mean.dtype)
    return LowRank(mean, w, 0.1 + torch.rand(count, generator=draw, dtype=mean.dtype))


def covariances(components: Components) -> torch.Tensor:
    match components:
        case Diagonal():
            return torch.diag_embed(components.variance)
        case Full():
            return components.covariance
        case LowRank():
            identity = torch.eye(components.mean.shape[1], dtype=components.mean.dtype)
            w = components.factors
            return w @ w.mT + components.noise.view(-1, 1, 1) * identity
    raise AssertionError


def mixture(family: str, count: int = 3, numbers: int = 5) -> Mixture:
    draw = torch.Generator().manual_seed(7)
    mean = torch.randn(count, numbers, generator=draw, dtype=torch.float64)
    weights = torch.rand(count, generator=draw, dtype=torch.float64) + 0.1
    return Mixture(weights / weights.sum(), made(family, mean))


FAMILIES = ("diagonal", "full", "low rank")


@pytest.mark.parametrize("family", FAMILIES)
def test_that_the_densities_are_those_of_scipy(family: str) -> None:
    known = mixture(family)
    x = torch.randn(50, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64) + 3.0
    each = [
        multivariate_normal(mean.numpy(), covariance.numpy()).logpdf(x.numpy())
        for mean, covariance in zip(known.components.mean, covariances(known.components), strict=True)
    ]
    np.testing.assert_allclose(known.components.log_densities(x), np.stack(each, 1), rtol=1e-9)
    whole = np.logaddexp.reduce(np.stack(each, 1) + known.weights.log().numpy(), axis=1)
    np.testing.assert_allclose(known.log_density(x), whole, rtol=1e-9)
    np.testing.assert_allclose(known.responsibilities(x).sum(1), 1.0, rtol=1e-12)


@pytest.mark.parametrize(("family", "called"), [("diagonal", "diag"), ("full", "full")])
def test_that_a_pass_of_em_is_that_of_scikit_learn(family: str, called: str) -> None:
    x = np.random.default_rng(0).normal(size=(400, 4)) + np.repeat([[0.0], [2.5]], 200, 0)
    oracle = GaussianMixture(2, covariance_type=called, max_iter=1, reg_covar=0.0, tol=0.0, n_init=1,
                             random_state=0)  # fmt: skip
    with pytest.warns(Warning, match="converge"):
        oracle.fit(x)
    covariance = torch.tensor(oracle.covariances_)
    mean = torch.tensor(oracle.means_)
    ours = Mixture(
        torch.tensor(oracle.weights_),
        Full(mean, covariance) if called == "full" else Diagonal(mean, covariance),
    )
    rows = torch.tensor(x)
    np.testing.assert_allclose(ours.log_density(rows), oracle.score_samples(x), rtol=1e-6)
    oracle.warm_start = True
    with pytest.warns(Warning, match="converge"):
        oracle.fit(x)
    ours = ours.maximised(ours.expected(rows), 0.0)
    np.testing.assert_allclose(ours.weights, oracle.weights_, rtol=1e-6)
    np.testing.assert_allclose(ours.components.mean, oracle.means_, rtol=1e-6)
    np.testing.assert_allclose(ours.log_density(rows), oracle.score_samples(x), rtol=1e-6)


def test_that_a_single_component_of_low_rank_converges_to_probabilistic_pca() -> None:
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(500, 6, generator=draw, dtype=torch.float64) * torch.tensor(
        [3.0, 2.0, 1.0, 0.5, 0.4, 0.3]
    )
    known = Mixture(
        torch.ones(1, dtype=torch.float64), made("low rank", torch.zeros(1, 6, dtype=torch.float64))
    )
    for _ in range(300):
        known = known.maximised(known.expected(x), 0.0)
    values = torch.linalg.eigvalsh(torch.cov(x.T, correction=0))
    assert float(known.components.noise) == pytest.approx(float(values[:4].mean()), rel=1e-6)
    inner = torch.linalg.eigvalsh(covariances(known.components)[0])
    np.testing.assert_allclose(inner[-2:], values[-2:], rtol=1e-6)


@st.composite
def points(draw: st.DrawFn) -> torch.Tensor:
    """Rows, some of them identical, some far away."""
    numbers = draw(st.integers(1, 4))
    row = st.lists(st.integers(-4, 4).map(lambda value: value / 4.0), min_size=numbers, max_size=numbers)
    rows = draw(st.lists(row, min_size=1, max_size=24))
    return torch.tensor(rows, dtype=torch.float64)


@settings(max_examples=200, deadline=None)
@given(x=points(), count=st.integers(1, 6), family=st.sampled_from(FAMILIES), seed=st.integers(0, 99))
def test_that_log_p_of_the_data_never_falls(x: torch.Tensor, count: int, family: str, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    known = Mixture(
        torch.full((count,), 1.0 / count, dtype=torch.float64),
        made(family, plus_plus(x, count, draw) + (5.0 if seed % 7 == 0 else 0.0), seed=seed),
    )
    before = -np.inf
    for _ in range(8):
        sums = known.expected(x)
        now = float(sums["log_p"])
        assert np.isfinite(now)
        assert now >= before - 1e-9 * max(1.0, abs(before))
        before, known = now, known.maximised(sums, FLOOR)
        assert float(known.weights.sum()) == pytest.approx(1.0)
        spread = torch.linalg.eigvalsh(covariances(known.components))
        assert bool((spread >= FLOOR * (1 - 1e-6)).all()), "no variance below the floor"


@pytest.mark.parametrize("family", FAMILIES)
def test_that_pieces_of_the_data_add_up(family: str) -> None:
    known, x = mixture(family), torch.randn(40, 5, dtype=torch.float64)
    whole, first, second = known.expected(x), known.expected(x[:13]), known.expected(x[13:])
    for name, sums in whole.items():
        torch.testing.assert_close(first[name] + second[name], sums)


@pytest.mark.parametrize("family", FAMILIES)
def test_that_draws_have_the_mean_and_the_covariance_of_their_component(family: str) -> None:
    known = mixture(family)
    j = torch.full((200_000,), 1)
    drawn = known.components.draw(j, torch.Generator().manual_seed(0))
    expected = covariances(known.components)[1]
    np.testing.assert_allclose(drawn.mean(0), known.components.mean[1], atol=0.03)
    np.testing.assert_allclose(torch.cov(drawn.T), expected, atol=0.03 * float(expected.abs().max()))
    _, chosen = known.draw(50_000, torch.Generator().manual_seed(1))
    shares = torch.bincount(chosen, minlength=3) / 50_000
    np.testing.assert_allclose(shares, known.weights, atol=0.01)


def test_that_a_component_without_pictures_keeps_its_place_and_weighs_nothing() -> None:
    mean = torch.tensor([[0.0, 0.0], [1e4, 1e4]], dtype=torch.float64)
    known = Mixture(torch.tensor([0.5, 0.5], dtype=torch.float64), Diagonal(mean, torch.ones_like(mean)))
    x = torch.randn(30, 2, dtype=torch.float64)
    for _ in range(3):
        known = known.maximised(known.expected(x), FLOOR)
    assert known.weights.tolist() == pytest.approx([1.0, 0.0])
    assert known.components.mean[1].tolist() == [1e4, 1e4]


def test_that_k_means_finds_groups_that_lie_apart() -> None:
    places = torch.tensor([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], dtype=torch.float64)
    x = (places.unsqueeze(1) + torch.randn(3, 40, 2, generator=torch.Generator().manual_seed(0))).flatten(
        0, 1
    )
    centres, near, error = k_means(x, plus_plus(x, 3, torch.Generator().manual_seed(2)))
    assert torch.cdist(places, centres).min(1).values.max() < 0.5
    assert len(set(near.view(3, 40).mode(1).values.tolist())) == 3
    assert error == pytest.approx(2.0, rel=0.2)
    same = torch.ones(5, 2, dtype=torch.float64)
    assert torch.equal(plus_plus(same, 3, torch.Generator().manual_seed(0)), same[:3])


def apart(family: str, spread: float, dtype: torch.dtype = torch.float64) -> tuple[Mixture, torch.Tensor]:
    """A mixture of 12 components in 30 dimensions, and 3,000 draws of it: enough for looking first."""
    draw = torch.Generator().manual_seed(3)
    mean = spread * torch.randn(12, 30, generator=draw, dtype=dtype) + 40.0
    weights = torch.rand(12, generator=draw, dtype=dtype) + 0.1
    known = Mixture(weights / weights.sum(), made(family, mean, factors=4))
    return known, known.draw(3000, draw)[0]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("spread", [0.3, 3.0, 300.0])
def test_that_leaving_out_far_components_changes_nothing(family: str, spread: float) -> None:
    known, x = apart(family, spread)
    joint, near = known.joint(x), known.joint_of_near(x)
    torch.testing.assert_close(near.logsumexp(1), joint.logsumexp(1), rtol=1e-9, atol=1e-9)
    left = near == -torch.inf
    assert spread < 1.0 or bool(left.any()), "some are left out where components lie apart"
    gap = joint.amax(1, keepdim=True) - joint
    assert float(gap[left].min() if left.any() else 40.0) > 30.0
    torch.testing.assert_close(near[~left], joint[~left], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_that_a_pass_without_far_components_makes_the_same_mixture(family: str) -> None:
    known, x = apart(family, 3.0)
    among = torch.rand(3000, 12, generator=torch.Generator().manual_seed(0)) < 0.8
    among[:, 0] = True
    for allowed in (None, among):
        r = known.joint(x, allowed).softmax(1)
        after = known.maximised({**known.components.sums(x, r), "pictures": torch.tensor(3000.0)}, FLOOR)
        quick = known.maximised(known.expected(x, allowed), FLOOR)
        torch.testing.assert_close(quick.weights, after.weights, rtol=1e-9, atol=1e-12)
        torch.testing.assert_close(quick.components.mean, after.components.mean, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(
            covariances(quick.components), covariances(after.components), rtol=1e-6, atol=1e-6
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_that_one_component_alone_has_the_same_density(family: str) -> None:
    known, x = apart(family, 1.0)
    every = known.components.log_densities(x[:100])
    for j in (0, 11):
        torch.testing.assert_close(
            known.components.log_density_of(j, x[:100]), every[:, j], rtol=1e-9, atol=1e-7
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_that_rough_densities_are_wrong_by_no_more_than_they_say(family: str) -> None:
    known, x = apart(family, 3.0)
    rough, size = known.components.roughly(x)
    wrong = (rough.double() - known.components.log_densities(x)).abs()
    assert float((wrong / size).max()) < 64.0 * torch.finfo(torch.float32).eps
