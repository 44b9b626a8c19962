"""The log ratio of two fitted Gaussians against the ratio of those that points were drawn from."""

from __future__ import annotations

import torch

from latentlab.core.density_ratio import correlation
from latentlab.core.gaussian_ratio import gaussian_ratio
from latentlab.core.principal import Principal

NUMBERS = 12


def known(variances: list[float], rest: float, shift: float = 0.0) -> Principal:
    rows = torch.eye(NUMBERS, dtype=torch.float64)[: len(variances)]
    return Principal(torch.full((NUMBERS,), shift).double(), rows, torch.tensor(variances).double(), rest)


def drawn(of: Principal, count: int, seed: int) -> torch.Tensor:
    stream = torch.Generator().manual_seed(seed)
    spread = torch.full((NUMBERS,), of.rest).double()
    spread[: len(of.variances)] = of.variances
    return of.mean + torch.randn(count, NUMBERS, generator=stream, dtype=torch.float64) * spread.sqrt()


def fitted(a: Principal, b: Principal, count: int):  # type: ignore[no-untyped-def]
    is_a = torch.arange(2 * count) < count
    x, judging = (torch.cat([drawn(a, count, seed), drawn(b, count, seed + 1)]) for seed in (0, 2))
    return gaussian_ratio(x, is_a, judging, is_a)


def test_that_the_ratio_and_the_numbers_of_components_are_found() -> None:
    a, b = known([4.0, 2.0, 1.0], 0.1), known([4.0], 0.15, 0.1)
    ratio = fitted(a, b, 2000)
    assert (len(ratio.a.variances), len(ratio.b.variances)) == (3, 1)
    x = torch.cat([drawn(a, 1000, 7), drawn(b, 1000, 8)])
    true = a.log_density(x) - b.log_density(x)
    assert correlation(ratio(x), true) > 0.995
    near = true.abs() < 5.0
    assert float((ratio(x) - true)[near].abs().mean()) < 0.3


def test_that_it_is_the_same_in_all_units_and_anywhere() -> None:
    a, b = known([4.0], 0.1), known([1.0], 0.1, 0.2)
    is_a = torch.arange(200) < 100
    x, judging = (torch.cat([drawn(a, 100, seed), drawn(b, 100, seed + 1)]) for seed in (0, 2))
    plain = gaussian_ratio(x, is_a, judging, is_a)(x)
    for times, shift in ((1e-3, 0.0), (1e3, 1e4)):
        other = gaussian_ratio(times * x + shift, is_a, times * judging + shift, is_a)(times * x + shift)
        torch.testing.assert_close(other, plain, rtol=1e-4, atol=1e-4)


def test_that_it_grows_like_a_logarithm_far_out() -> None:
    ratio = fitted(known([], 1e-6, 0.5), known([], 1e-6, -0.5), 50)
    told = ratio(torch.tensor([[-50.0], [-0.5], [0.5], [50.0]]).double().expand(-1, NUMBERS))
    plain = ratio.a.log_density(torch.full((1, NUMBERS), 0.5).double())
    plain = plain - ratio.b.log_density(torch.full((1, NUMBERS), 0.5).double())
    assert float(plain) > 1e5
    assert 500.0 < float(told[2]) < 2000.0
    assert -2000.0 < float(told[1]) < -500.0
    assert float(told.abs().max()) < 4000.0


def test_that_a_number_that_never_varies_leaves_it_finite() -> None:
    x = torch.cat([drawn(known([1.0], 0.1), 60, 0), drawn(known([0.5], 0.1), 60, 1)])
    x[:, -1] = 0.25
    is_a = torch.arange(120) < 60
    ratio = gaussian_ratio(x[::2], is_a[::2], x[1::2], is_a[1::2])
    assert bool(torch.isfinite(ratio(x)).all())


def test_that_fewer_points_than_numbers_will_do() -> None:
    ratio = fitted(known([4.0], 0.1), known([4.0], 0.1, 0.5), 6)
    assert bool(torch.isfinite(ratio(drawn(known([4.0], 0.1), 20, 5))).all())
