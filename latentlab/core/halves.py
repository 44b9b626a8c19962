"""The trust of a direction between two groups, by cross-validation with halves of these groups.

    v = mean(A1) - mean(B1),    A1, A2 and B1, B2 random halves of A and of B
    AUC and Cohen's d of s = z . v / |v|, A2 against B2;  then the halves change places

A direction must not be judged by the pictures that made it: of few pictures in many dimensions, any two
groups lie apart along the way between them. What is judged here is made from half of the pictures, so that
the direction made from all of them should do no worse.

Source: two-fold cross-validation, repeated, as in Dietterich, Approximate Statistical Tests for Comparing
Supervised Classification Learning Algorithms (1998).
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.directions import auc, cohens_d, project


def judged_by_halves(a: Tensor, b: Tensor, generator: torch.Generator) -> list[tuple[float, float]]:
    """One division: AUC and Cohen's d of either half's direction on the other; a (N, D), b (M, D).

    N and M must be at least 2. Figures are NaN where pictures all lie in one place.
    """
    a1, a2 = _halves(a.double(), generator)
    b1, b2 = _halves(b.double(), generator)
    return [_judged(a1, b1, a2, b2), _judged(a2, b2, a1, b1)]


def _halves(z: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    order = torch.randperm(len(z), generator=generator).to(z.device)
    middle = len(z) // 2
    return z[order[:middle]], z[order[middle:]]


def _judged(a: Tensor, b: Tensor, other_a: Tensor, other_b: Tensor) -> tuple[float, float]:
    scores = project(torch.cat([other_a, other_b]), a.mean(0) - b.mean(0))
    has = torch.arange(len(scores), device=scores.device) < len(other_a)
    return auc(scores, has), cohens_d(scores, has)
