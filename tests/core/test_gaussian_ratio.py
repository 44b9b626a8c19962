"""The log ratio of two fitted Gaussians against the ratio of those that points were drawn from."""

from __future__ import annotations

from dataclasses import replace

import torch

from latentlab.core.density_ratio import correlation
from latentlab.core.gaussian_ratio import gaussian_ratio
from latentlab.core.principal import Principal
from latentlab.engine.evaluation.ratio.sources import gaussian_draws

NUMBERS = 12


def known(variances: list[float], rest: float, shift: float = 0.0) -> Principal:
    rows = torch.eye(NUMBERS, dtype=torch.float64)[: len(variances)]
    return Principal(torch.full((NUMBERS,), shift).double(), rows, torch.tensor(variances).double(), rest)


def turned(of: Principal) -> Principal:
    """The same, with other main directions."""
    mixing = torch.randn(NUMBERS, NUMBERS, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    return replace(of, rows=of.rows @ torch.linalg.qr(mixing)[0])


def drawn(of: Principal, count: int, seed: int) -> torch.Tensor:
    return gaussian_draws(of, count, seed).double()


def fitted(a: Principal, b: Principal, count: int):  # type: ignore[no-untyped-def]
    is_a = torch.arange(2 * count) < count
    x, judging = (torch.cat([drawn(a, count, seed), drawn(b, count, seed + 1)]) for seed in (0, 2))
    return gaussian_ratio(x, is_a, judging, is_a)


def test_that_the_ratio_and_the_numbers_of_components_are_found() -> None:
    # Its main directions are none of the axes: no units of single numbers could take their place.
    a, b = turned(known([4.0, 2.0, 1.0], 0.1)), turned(known([4.0], 0.15, 0.1))
    ratio = fitted(a, b, 2000)
    assert (len(ratio.a.principal.variances), len(ratio.b.principal.variances)) == (3, 1)
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


def test_that_pixels_that_hardly_vary_in_one_set_alone_are_seen() -> None:
    is_a = torch.arange(60) < 30
    x, told = (
        torch.cat([drawn(known([4.0], 0.1), 30, seed), drawn(known([4.0], 0.1), 30, seed + 1)])
        for seed in (0, 2)
    )
    for some in (x, told):
        some[30:, 6:] *= 0.01
    ratio = gaussian_ratio(x[::2], is_a[::2], x[1::2], is_a[1::2])
    assert float(ratio(told)[is_a].min()) > float(ratio(told)[~is_a].max())
    assert float(ratio.b.units.min()) < 0.1


def test_that_fewer_points_than_numbers_will_do() -> None:
    ratio = fitted(known([4.0], 0.1), known([4.0], 0.1, 0.5), 6)
    assert bool(torch.isfinite(ratio(drawn(known([4.0], 0.1), 20, 5))).all())
