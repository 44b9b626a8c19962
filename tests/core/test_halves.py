"""Directions judged by halves of the groups: right about groups that differ, and about those that do not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentlab.core.directions import auc, difference_of_means, principal, principal_of, project
from latentlab.core.halves import judged_by_halves


def groups(seed: int, count: int, apart: float, latents: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(2, count, latents, generator=generator, dtype=torch.float64)
    a[:, 0] += apart
    return a, b


def mean_figures(a: torch.Tensor, b: torch.Tensor, divisions: int) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(0)
    found = [pair for _ in range(divisions) for pair in judged_by_halves(a, b, generator)]
    auc_, d = np.nanmean(np.array(found), axis=0)
    return float(auc_), float(d)


def test_that_groups_that_differ_are_told_apart_as_far_as_they_differ():
    # Of two Gaussians d apart along v, AUC is Phi(d / sqrt 2); at d = 2 that is 0.921.
    found, d = mean_figures(*groups(0, 2000, 2.0), 2)
    assert found == pytest.approx(0.921, abs=0.01)
    assert d == pytest.approx(2.0, abs=0.08)


def test_that_groups_that_do_not_differ_are_not_told_apart_though_their_own_members_would_say_so():
    figures, fooled = [], []
    for seed in range(100):
        a, b = groups(seed, 6, 0.0, latents=32)
        figures.append(mean_figures(a, b, 3))
        z, has = torch.cat([a, b]), torch.arange(12) < 6
        fooled.append(auc(project(z, difference_of_means(z, has.unsqueeze(-1))[0]), has))
    assert np.mean(fooled) > 0.95, "the trap that this is to avoid"
    assert np.mean(figures, axis=0)[0] == pytest.approx(0.5, abs=0.06)
    assert np.mean(figures, axis=0)[1] == pytest.approx(0.0, abs=0.25)


@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 10**6))
def test_that_every_picture_is_judged_once_by_a_direction_made_without_it(n, m, seed):
    """Marked by its own axis, a picture that made a direction would stand out along it."""
    a, b = torch.eye(n + m, dtype=torch.float64).split([n, m])
    found = judged_by_halves(a, b, torch.Generator().manual_seed(seed))
    # Orthogonal to all that made the direction, each has a score of 0: chance, and no spread.
    assert [pair[0] for pair in found] == [0.5, 0.5]
    assert all(np.isnan(pair[1]) for pair in found)


def test_that_the_same_seed_divides_alike_and_another_one_does_not():
    a, b = groups(1, 20, 1.0)
    first, again, other = (judged_by_halves(a, b, torch.Generator().manual_seed(s)) for s in (3, 3, 4))
    assert first == again != other


def test_that_the_components_of_a_covariance_are_those_of_the_points():
    z = torch.randn(200, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(principal_of(torch.cov(z.T), 3), principal(z, 3))


def test_that_one_against_one_has_no_cohens_d():
    a, b = groups(2, 2, 3.0, latents=1)
    assert all(np.isnan(d) for _, d in judged_by_halves(a, b, torch.Generator().manual_seed(0)))
