"""Directions of a latent space along which one attribute changes, or the data spread most.

z_n are the N posterior means, a_n the A attributes of each picture, 0 or 1; m1 and m0 are the means of z over
those with an attribute and those without.

    difference of means   v = m1 - m0
    regressed             z_n = z_0 + sum_k a_nk v_k + e_n,  least squares over all attributes at once
    discriminant          w = S^-1 (m1 - m0),  v = r w / |w|
                          S = ( sum_with (z - m1)(z - m1)^T + sum_without (z - m0)(z - m0)^T ) / (N - 2)
                          r the way along w from one in a thousand of those without (the 0.1 % quantile) to
                          one in a thousand of those with (99.9 %)
    principal             v_i = sqrt(lambda_i) u_i,  lambda and u of cov(z)

    AUC       = P(s1 > s0) + P(s1 = s0) / 2,   s = z . v / |v| of one with and of one without
    Cohen's d = (mean s1 - mean s0) / s_pooled

Of the three ways the second leaves to each attribute what the others do not explain, so that "hat" does not
drag "short hair" along; the third turns away from the directions in which pictures differ anyway. In all
z + v adds the attribute once, z - v takes it away. In the first two that is the way from mean to mean: for
pictures that lack it most clearly, it may not be enough. In the third it is: it leads from those that lack it
most to those that have it most.
v_i of `principal` is one standard deviation.

Sources: White, Sampling Generative Networks (2016) for attribute vectors and the trouble with correlated
ones; Fisher, The use of multiple measurements in taxonomic problems (1936); Mann & Whitney, On a test of
whether one of two random variables is stochastically larger than the other (1947); Cohen, Statistical Power
Analysis for the Behavioral Sciences (1988), chapter 2.5.

All is computed in float64, whatever type comes in.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

# Without shrinkage, w relies on dimensions in which pictures hardly differ: groups are separated best there,
# and pictures changed least.
SHRINKAGE = 0.2
# The share of the pictures on either side that lie beyond the ends of a discriminant.
_BEYOND = 0.001
# Relative to the Gram matrix of the attributes: below it, attributes are linearly dependent up to rounding.
_COLLINEAR = 1e-10
# Relative to the total variance: below it, the variance within two groups is rounding error.
_NOTHING = 1e-12


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Classes as one-hot attributes; (N,) from 0 to K - 1, or -1 for unknown, -> bool (N, K)."""
    return labels.unsqueeze(-1) == torch.arange(classes, device=labels.device)


def difference_of_means(z: Tensor, a: Tensor) -> Tensor:
    """Mean with minus mean without; z (N, D), a (N, A) -> (A, D).

    Zero for an attribute that all pictures have, or none.
    """
    z, a = z.double(), a.double()
    have = a.sum(0).unsqueeze(-1)
    lack = len(a) - have
    means_with = a.T @ z / have.clamp(min=1.0)
    means_without = (1.0 - a).T @ z / lack.clamp(min=1.0)
    return torch.where((have > 0) & (lack > 0), means_with - means_without, 0.0)


def regressed(z: Tensor, a: Tensor) -> Tensor:
    """The change of z by each attribute with the others fixed; z (N, D), a (N, A) -> (A, D).

    Linearly dependent attributes share their effect: of all least-squares solutions this is the shortest. For
    classes, of which each picture has one, that is the class's mean minus the mean of all such means. Zero
    for an attribute that all pictures have, or none.
    """
    z, a = _centred(z), _centred(a)
    inverse = torch.linalg.pinv(a.T @ a, rtol=_COLLINEAR, hermitian=True)
    vectors: Tensor = inverse @ (a.T @ z)
    return vectors


def discriminant(z: Tensor, a: Tensor, shrinkage: float = SHRINKAGE) -> Tensor:
    """Fisher's linear discriminant of each attribute; z (N, D), a (N, A) -> (A, D).

    As long as the way from those that lack it most to those that have it most, but for one in a thousand.

    Args:
        z: posterior means.
        a: the attributes.
        shrinkage: how much of S is replaced by a multiple of I of the same trace, 0 to 1: S may not have an
            inverse, where dimensions are dead or pictures few.
    """
    differences = difference_of_means(z, a)
    z, a = _centred(z), a.double()
    scatter = z.T @ z
    have = a.sum(0)
    vectors = torch.zeros_like(differences)
    for number, difference in enumerate(differences):
        # The total scatter is that within the two groups plus that of the groups' means around their mean.
        between = have[number] * (len(a) - have[number]) / len(a) * torch.outer(difference, difference)
        within = scatter - between
        if float(within.trace()) <= _NOTHING * float(scatter.trace()):
            # Groups without spread have no shape, only rounding: the difference of means remains.
            vectors[number] = difference
        else:
            w = _discriminant(difference, within / max(1, len(a) - 2), shrinkage)
            vectors[number] = _whole_way(z @ w, a[:, number] > 0.0) * w
    return vectors


def _discriminant(difference: Tensor, within: Tensor, shrinkage: float) -> Tensor:
    """w of length 1, or 0."""
    dimensions = len(difference)
    eye = torch.eye(dimensions, dtype=within.dtype, device=within.device)
    spread = (1.0 - shrinkage) * within + shrinkage * within.trace() / dimensions * eye
    w = torch.linalg.lstsq(spread, difference.unsqueeze(-1)).solution.squeeze(-1)
    return functional.normalize(w, dim=0, eps=1e-300)


def _whole_way(scores: Tensor, has: Tensor) -> float:
    """The distance from the lowest of those without to the highest of those with; scores (N,)."""
    if not bool(has.any()) or bool(has.all()):
        return 0.0
    return float(scores[has].quantile(1.0 - _BEYOND) - scores[~has].quantile(_BEYOND))


def principal(z: Tensor, count: int) -> Tensor:
    """The principal components of z, longest first; (N, D) -> (min(count, D), D).

    Each is one standard deviation of the data along it. Its sign is fixed: the largest number is positive.
    """
    z = _centred(z)
    return principal_of(z.T @ z / max(1, len(z) - 1), count)


def principal_of(covariance: Tensor, count: int) -> Tensor:
    """The same, of the covariance of z alone; (D, D) -> (min(count, D), D)."""
    values, vectors = torch.linalg.eigh(covariance.double())
    found = (vectors * values.clamp(min=0.0).sqrt()).T.flip(0)[:count]
    largest = found.gather(1, found.abs().argmax(1, keepdim=True))
    return torch.where(largest < 0, -found, found)


def project(z: Tensor, v: Tensor) -> Tensor:
    """s = z . v / |v|; (N, D), (D,) -> (N,). Zero where v is."""
    z, v = z.double(), v.double()
    length = v.norm()
    scores: Tensor = z @ (v / length if float(length) > 0.0 else v)
    return scores


def auc(scores: Tensor, has: Tensor) -> float:
    """The probability that one with the attribute scores above one without, ties counted half; (N,), bool
    (N,).

    1 is certain, 0.5 is chance; NaN if all have it or none.
    """
    have = int(has.sum())
    lack = len(has) - have
    if have == 0 or lack == 0:
        return math.nan
    _, place, count = scores.double().unique(return_inverse=True, return_counts=True)
    # Equal scores share the mean of their ranks.
    ranks = count.cumsum(0).double() - 0.5 * (count - 1).double()
    above = float(ranks[place][has.bool()].sum()) - 0.5 * have * (have + 1)
    return above / (have * lack)


def cohens_d(scores: Tensor, has: Tensor) -> float:
    """The distance of the means in pooled standard deviations; (N,), bool (N,).

    NaN where it is undefined: fewer than two with the attribute or without, or scores without spread.
    """
    with_, without = scores.double()[has.bool()], scores.double()[~has.bool()]
    if min(len(with_), len(without)) < 2:
        return math.nan
    squares = sum(float((group - group.mean()).square().sum()) for group in (with_, without))
    spread = math.sqrt(squares / (len(scores) - 2))
    return float(with_.mean() - without.mean()) / spread if spread > 0.0 else math.nan


def cosines(vectors: Tensor) -> Tensor:
    """The cosine of the angle between each two; (A, D) -> (A, A). Zero for a vector that is zero."""
    units = functional.normalize(vectors.double(), dim=-1, eps=1e-300)
    return (units @ units.T).clamp(-1.0, 1.0)


def _centred(values: Tensor) -> Tensor:
    values = values.double()
    return values - values.mean(0)
