"""The mathematics of density ratios against closed forms, and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.calibration import _SigmoidCalibration, calibration_curve

from latentlab.core import density_ratio as core
from latentlab.core.directions import auc


def drawn(count: int, apart: float, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of N(apart / 2, 1) and N(-apart / 2, 1), and their true log ratio, which is apart x."""
    stream = torch.Generator().manual_seed(seed)
    x = torch.randn(2 * count, generator=stream, dtype=torch.float64)
    is_a = torch.arange(2 * count) < count
    x = x + torch.where(is_a, apart / 2.0, -apart / 2.0)
    return apart * x, is_a


def test_that_the_true_ratio_of_two_gaussians_has_the_known_auc_within_its_error() -> None:
    f, is_a = drawn(20_000, 1.2)
    known = 0.5 * (1.0 + math.erf(1.2 / 2.0))
    assert auc(f, is_a) == pytest.approx(known, abs=3.0 * core.auc_error(f, is_a))


def test_that_the_error_of_the_auc_is_how_far_draws_of_it_scatter() -> None:
    found = [drawn(200, 1.0, seed) for seed in range(300)]
    scattered = torch.tensor([auc(*one) for one in found]).std()
    told = sum(core.auc_error(*one) for one in found) / len(found)
    assert told == pytest.approx(float(scattered), rel=0.12)


def test_that_the_error_of_the_auc_counts_equal_ratios_half_and_needs_two_of_each() -> None:
    f = torch.zeros(40)
    assert core.auc_error(f, torch.arange(40) < 20) == 0.0
    assert math.isnan(core.auc_error(f, torch.arange(40) < 1))


def test_that_the_true_ratio_is_calibrated_and_twice_it_is_not() -> None:
    f, is_a = drawn(20_000, 1.5)
    honest, sure = core.reliability(f, is_a), core.reliability(2.0 * f, is_a)
    by_chance = core.calibration_error_by_chance(honest)
    assert core.calibration_error(honest) < 1.8 * by_chance
    assert core.calibration_error(sure) > 8.0 * by_chance


def test_that_a_calibrated_ratio_has_the_error_that_is_told_by_chance() -> None:
    curves = [core.reliability(*drawn(500, 1.0, seed)) for seed in range(80)]
    found = sum(core.calibration_error(one) for one in curves) / len(curves)
    told = sum(core.calibration_error_by_chance(one) for one in curves) / len(curves)
    assert found == pytest.approx(told, rel=0.1)


def test_that_the_curve_is_that_of_scikit_learn() -> None:
    f, is_a = drawn(1000, 1.0)
    found, said = calibration_curve(is_a.numpy(), torch.sigmoid(f).numpy(), n_bins=10, strategy="quantile")
    curve = core.reliability(f, is_a)
    assert [one.said for one in curve] == pytest.approx(said.tolist(), abs=1e-9)
    assert [one.found for one in curve] == pytest.approx(found.tolist(), abs=1e-9)
    assert sum(one.count for one in curve) == 2000


def test_that_a_curve_of_few_pictures_has_few_bins() -> None:
    curve = core.reliability(torch.tensor([1.0, -1.0]), torch.tensor([True, False]))
    assert [(one.found, one.count) for one in curve] == [(0.0, 1), (1.0, 1)]


@pytest.mark.parametrize(("times", "shift"), [(0.3, 0.0), (1.0, 2.0), (4.0, -3.0)])
def test_that_platt_scaling_undoes_a_factor_and_a_shift(times: float, shift: float) -> None:
    f, is_a = drawn(20_000, 1.5)
    slope, offset = core.platt(times * f + shift, is_a)
    assert slope == pytest.approx(1.0 / times, rel=0.05)
    assert offset == pytest.approx(-shift / times, abs=0.1)


def test_that_platt_scaling_is_that_of_scikit_learn() -> None:
    f, is_a = drawn(300, 1.0)
    known = _SigmoidCalibration().fit(f.numpy(), is_a.double().numpy())
    slope, offset = core.platt(f, is_a)
    assert slope == pytest.approx(-known.a_, rel=1e-3)
    assert offset == pytest.approx(-known.b_, abs=1e-3)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 0.5), (0.4, 1.6)])
def test_that_calibration_finds_a_slope_for_each_end(low: float, high: float) -> None:
    f, is_a = drawn(20_000, 1.5)
    # What a classifier says that is set right by these.
    grid = torch.linspace(-60.0, 60.0, 100_001, dtype=torch.float64)
    right = core.Calibration(low, high, 0.3)(grid)
    told = torch.from_numpy(np.interp(f.numpy(), right.numpy(), grid.numpy()))
    found = core.calibration(told, is_a)
    assert (found.low, found.high) == (pytest.approx(low, rel=0.15), pytest.approx(high, rel=0.15))
    assert found.offset == pytest.approx(0.3, abs=0.1)
    curve = core.reliability(found(told), is_a)
    assert core.calibration_error(curve) < 1.8 * core.calibration_error_by_chance(curve)


def test_that_calibration_never_turns_the_order_round() -> None:
    f, is_a = drawn(200, 1.0)
    for told in (f, -f, torch.where(f > 0.0, -f, 3.0 * f), torch.zeros_like(f)):
        found = core.calibration(told, is_a)
        x = torch.linspace(-20.0, 20.0, 101, dtype=torch.float64)
        assert bool((found(x).diff() >= 0.0).all())
        assert bool(torch.isfinite(found(x)).all())


def test_that_sets_that_are_told_apart_without_fail_are_scaled_to_what_so_many_can_tell() -> None:
    is_a = torch.arange(200) < 100
    f = torch.where(is_a, 50.0, -50.0)
    slope, offset = core.platt(f, is_a)
    assert 50.0 * slope + offset == pytest.approx(math.log(101.0), rel=0.01)
    assert core.calibration(f, is_a)(f[:1]).tolist() == pytest.approx([math.log(101.0)], rel=0.01)


def test_that_a_classifier_that_is_worse_than_chance_keeps_its_order_and_says_nearly_nothing() -> None:
    f, is_a = drawn(500, 1.0)
    slope, offset = core.platt(-f, is_a)
    assert slope == 0.01
    assert abs(offset) < 0.1


def test_that_the_divergence_of_two_gaussians_is_that_of_the_integral() -> None:
    f, is_a = drawn(40_000, 2.0)
    x = torch.linspace(-9.0, 9.0, 20_001, dtype=torch.float64)
    p, q = (torch.exp(-0.5 * (x - mean).square()) / math.sqrt(2.0 * math.pi) for mean in (1.0, -1.0))
    middle = (p + q) / 2.0
    whole = 0.5 * torch.trapezoid(p * (p / middle).log() + q * (q / middle).log(), x)
    assert core.jensen_shannon_bound(f, is_a) == pytest.approx(float(whole), abs=0.01)
    assert core.jensen_shannon_bound(0.5 * f, is_a) < core.jensen_shannon_bound(f, is_a), (
        "the best D has the sharpest bound"
    )


def test_that_the_divergence_is_never_less_than_0_nor_more_than_log_2() -> None:
    is_a = torch.arange(10) < 5
    f = torch.where(is_a, 100.0, -100.0)
    assert core.jensen_shannon_bound(f, is_a) == pytest.approx(math.log(2.0))
    assert core.jensen_shannon_bound(-f, is_a) == 0.0


def test_that_a_row_that_does_not_vary_has_no_correlation() -> None:
    x = torch.arange(5.0)
    assert core.correlation(x, 3.0 - 2.0 * x) == pytest.approx(-1.0)
    assert math.isnan(core.correlation(x, torch.ones(5)))
