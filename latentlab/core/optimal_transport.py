"""The exact optimal transport of two clouds of equally many points: a linear assignment.

    W1(P, Q) = min over permutations s of  1/N sum_i |x_i - y_s(i)|
             = max over u, v with u_i + v_j <= |x_i - y_j| of  1/N ( sum_i u_i + sum_j v_j )

With equal weights the best plan is a permutation (Birkhoff), and minimum and maximum are equal. The second
line is the duality behind the Wasserstein GAN: its critic f with |f(x) - f(y)| <= |x - y| has u_i = f(x_i)
and v_j = -f(y_j).

The assignment is found by shortest augmenting paths: rows are added one after the other, and each time
Dijkstra's search over reduced costs |x_i - y_j| - u_i - v_j >= 0 finds the cheapest way to place one more.
Where v is a good guess, such as that of a moment ago, nearly all rows find their place at once. N^3 at worst.

Sources: Jonker & Volgenant, A Shortest Augmenting Path Algorithm for Dense and Sparse Linear Assignment
Problems (1987); Peyré & Cuturi, Computational Optimal Transport (2019), propositions 2.1 and 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transport:
    """The best plan between x (N, d) and y (N, d).

    Attributes:
        to: (N,), x_i goes to y_to[i].
        cost: W1, the mean distance.
        u, v: (N,) each, the potentials; u_i + v_j <= |x_i - y_j|, with equality along the plan.
    """

    to: NDArray[np.int64]
    cost: float
    u: Numbers
    v: Numbers


def distances(x: Numbers, y: Numbers) -> Numbers:
    """|x_i - y_j|, (N, d) and (M, d) -> (N, M)."""
    apart = x[:, None, :] - y[None, :, :]
    found: Numbers = np.sqrt(np.square(apart).sum(-1))
    return found


def transport(x: Numbers, y: Numbers, v: Numbers | None = None) -> Transport:
    """The exact W1 between two clouds of N points each, and its plan.

    Args:
        v: a guess at the potentials of y, such as those of clouds that lay nearly so.

    Raises:
        ValueError: if they have not equally many points, or one is not finite.
    """
    if x.shape != y.shape or x.ndim != 2 or not len(x):
        raise ValueError(f"clouds of shapes {x.shape} and {y.shape}; expected two of equally many points")
    costs = distances(np.asarray(x, np.float64), np.asarray(y, np.float64))
    to, u, v = assignment(costs, v)
    return Transport(to, float(costs[np.arange(len(to)), to].mean()), u, v)


def wasserstein_1(x: Numbers, y: Numbers) -> float:
    """The exact W1 between two clouds of equally many points."""
    return transport(x, y).cost


def assignment(costs: Numbers, v: Numbers | None = None) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """The cheapest permutation of a square table, and its potentials (to, u, v).

    Raises:
        ValueError: if a cost is not finite.
    """
    if costs.ndim != 2 or costs.shape[0] != costs.shape[1]:
        raise ValueError(f"costs of shape {costs.shape}; expected a square table")
    if not np.isfinite(costs).all():
        raise ValueError("costs must be finite")
    count = len(costs)
    v = costs.min(0) if v is None or len(v) != count or not np.isfinite(v).all() else v.astype(np.float64)
    reduced = costs - v
    u = reduced.min(1)
    to, of = _begun(reduced)
    for row in np.flatnonzero(to < 0):
        _place(int(row), reduced, u, v, to, of)
    return to, u, v


def _begun(reduced: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that have their best column to themselves: column of each row, row of each column, -1 for none."""
    to, of = (np.full(len(reduced), -1, np.int64) for _ in range(2))
    for row, column in enumerate(reduced.argmin(1).tolist()):
        if of[column] < 0:
            to[row], of[column] = column, row
    return to, of


def _place(
    row: int, reduced: Numbers, u: Numbers, v: Numbers, to: NDArray[np.int64], of: NDArray[np.int64]
) -> None:
    """Places one more row, along the cheapest path of exchanges. `reduced` is the costs less v."""
    count = len(reduced)
    # The way to each column, with minus infinity for those that have been chosen, and plus infinity.
    far, open_ = np.full(count, np.inf), np.full(count, np.inf)
    before = np.full(count, -1, np.int64)
    way, at = 0.0, row
    chosen: list[int] = []
    ways: list[float] = []
    while True:
        new = reduced[at] + (way - u[at])
        better = new < far
        np.copyto(far, new, where=better)
        np.copyto(open_, new, where=better)
        before[better] = at
        column = int(open_.argmin())
        way = float(open_[column])
        far[column], open_[column] = -np.inf, np.inf
        chosen.append(column)
        ways.append(way)
        if of[column] < 0:
            break
        at = int(of[column])
    # The potentials change so that the path costs nothing, and nothing less than that.
    gains = way - np.array(ways)
    u[row] += way
    u[of[chosen[:-1]]] += gains[:-1]
    v[chosen] -= gains
    reduced[:, chosen] += gains
    while True:
        at = int(before[column])
        of[column] = at
        to[at], column = column, int(to[at])
        if at == row:
            return
