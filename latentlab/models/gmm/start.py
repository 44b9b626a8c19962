"""Where EM begins: the mixture that k-means suggests, on some of the pictures."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from latentlab.core.mixture import Diagonal, Full, LowRank, Mixture, k_means, plus_plus
from latentlab.models.gmm.spec import GMMConfig

# Pictures that k-means begins with, and its rounds.
STARTED_FROM, ROUNDS = 10_000, 12


def started(config: GMMConfig, rows: Tensor, among: Tensor | None, draw: torch.Generator) -> Mixture:
    """The mixture that k-means on rows (B, D) suggests: its groups, each with its mean and its spread."""
    if among is None:
        return _grouped(config, rows, *_best(config, rows, config.components, draw))
    centres = rows.new_zeros(config.components, rows.shape[1])
    near = torch.zeros(len(rows), dtype=torch.long, device=rows.device)
    # The components of a class are next to each other, and so are the rows' answers.
    for pattern in among.unique(dim=0):
        own, mine = pattern.nonzero().flatten(), (among == pattern).all(1)
        if not len(own):
            continue
        found, at = _best(config, rows[mine], len(own), draw)
        centres[own], near[mine] = found, own[at]
    return _grouped(config, rows, centres, near)


def _best(config: GMMConfig, rows: Tensor, count: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Centres and the nearest of each row: of several starts the one that lies nearest."""
    # A start need not be exact.
    quick = rows.float()
    found = (k_means(quick, plus_plus(quick, count, draw), ROUNDS) for _ in range(config.starts))
    centres, near, _ = min(found, key=lambda one: one[2])
    return centres.to(rows.dtype), near


def _grouped(config: GMMConfig, rows: Tensor, centres: Tensor, near: Tensor) -> Mixture:
    """A Gaussian for each group of rows."""
    count = config.components
    members = torch.nn.functional.one_hot(near, count).to(rows.dtype)
    weights = (members.sum(0) + 1.0) / (len(rows) + count)
    everywhere = rows.var(0, correction=0).clamp(min=config.floor)
    if config.covariance == "diagonal":
        # Some of the spread of all pictures, lest small groups be too narrow to begin with.
        start = Diagonal(centres, everywhere.expand(count, -1))
        found = start.maximised(start.sums(rows, members), config.floor)
        return Mixture(weights, replace(found, variance=0.5 * (found.variance + everywhere)))
    if config.covariance == "full":
        wide = Full(centres, torch.diag(everywhere).expand(count, -1, -1).clone())
        found_full = wide.maximised(wide.sums(rows, members), config.floor)
        return Mixture(
            weights, replace(found_full, covariance=0.5 * (found_full.covariance + wide.covariance))
        )
    factors, noise = rows.new_zeros(count, rows.shape[1], config.rank), rows.new_zeros(count)
    for j in range(count):
        group = rows[near == j] - centres[j]
        factors[j], noise[j] = _principal(group, config.rank, everywhere, config.floor)
    return Mixture(weights, LowRank(centres, factors, noise))


def _principal(group: Tensor, rank: int, everywhere: Tensor, floor: float) -> tuple[Tensor, Tensor]:
    """W (D, Q) and s^2 of probabilistic PCA of centred rows (B, D); of few rows as far as they go."""
    numbers = group.shape[1]
    noise = float(everywhere.mean())
    # A group of few rows says nothing of most directions: there the factors are small, but not 0, or no
    # pass could ever turn them.
    factors = torch.zeros(numbers, rank, dtype=group.dtype, device=group.device)
    factors[:rank] = math.sqrt(0.01 * noise) * torch.eye(rank, dtype=group.dtype, device=group.device)
    if len(group) > 1:
        values, vectors = _strongest(group, rank)
        kept = len(values)
        total = float(group.square().sum()) / len(group)
        noise = (total - float(values.sum())) / max(1, numbers - kept)
        noise = max(noise, floor, 0.05 * float(everywhere.mean()))
        factors[:, :kept] = vectors * (values - noise).clamp(min=0.01 * noise).sqrt()
    return factors, torch.as_tensor(max(noise, floor), dtype=group.dtype)


def _strongest(group: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The largest eigenvalues (Q,) of the covariance of centred rows (B, D), and their vectors (D, Q).

    By whichever of the products X^T X and X X^T is smaller; as many as the rows have directions, at most.
    """
    wide = len(group) < group.shape[1]
    values, vectors = torch.linalg.eigh(group @ group.T if wide else group.T @ group)
    kept = int((values[-rank:] > 1e-9 * values[-1]).sum())
    values, vectors = values.flip(0)[:kept], vectors.flip(1)[:, :kept]
    if wide:
        vectors = (group.T @ vectors) / values.sqrt()
    return values / len(group), vectors
