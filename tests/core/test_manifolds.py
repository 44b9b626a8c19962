"""Precision, recall, density and coverage against prdc."""

from __future__ import annotations

import pytest
import torch
from prdc import compute_prdc

from latentlab.core import manifolds
from latentlab.core.manifolds import Balls, cover


def points(count: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 6, generator=generator, dtype=torch.float64) + shift


@pytest.mark.parametrize("shift", [0.0, 0.8, 5.0])
@pytest.mark.parametrize("at_once", [17, 1000])
def test_that_they_are_those_of_prdc(
    shift: float, at_once: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(manifolds, "_AT_ONCE", at_once)
    real, samples = points(90, 0), points(70, 1, shift)
    found = cover(Balls.around(real), samples)
    third = compute_prdc(real.numpy(), samples.numpy(), nearest_k=3)
    fifth = compute_prdc(real.numpy(), samples.numpy(), nearest_k=5)
    assert float(found.precise.double().mean()) == pytest.approx(third["precision"], abs=1e-12)
    assert float(found.recalled.double().mean()) == pytest.approx(third["recall"], abs=1e-12)
    assert float(found.dense.mean()) == pytest.approx(fifth["density"], abs=1e-12)
    assert float(found.covered.double().mean()) == pytest.approx(fifth["coverage"], abs=1e-12)


def test_that_samples_far_away_are_neither_precise_nor_dense() -> None:
    found = cover(Balls.around(points(50, 0)), points(50, 1, 100.0))
    assert not found.precise.any()
    assert not found.covered.any()
    assert float(found.dense.sum()) == 0.0


def test_that_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 5"):
        Balls.around(points(5, 0))
