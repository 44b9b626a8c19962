"""The ladder of log p(x): what is known of one picture's log density, by every way. Torch-free.

    prior Jensen    E_p(z)[ log p(x|z) ]                     <= log p(x), and far below it
    naive           log 1/S sum_s p(x|z_s),  z_s ~ p(z)      hopeless where few z explain x
    ELBO            E_q[ log w ],  w = p(x|z) p(z) / q(z|x)  = log p(x) - KL(q(z|x) || p(z|x))
    importance, K   E[ log 1/K sum_k w_k ],  z_k ~ q         rises with K to log p(x)
    adapted, K      the same, z_k from a mixture that learns where p(z|x) is
    quadrature      log of the integral of p(x|z) p(z) over the plane, for one or two latents
    exact           in closed form, where a model has it
    not a bound     log E_q[ p(x|z) ]: it lacks p(z) / q(z|x), and may lie on either side of log p(x)

All are in nats. `latentlab.engine.inference.evidence` computes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

IMPORTANCE = (1, 10, 100, 1000, 5000)
NAIVE = 4096


@dataclass(frozen=True)
class Estimate:
    """An estimate of log p(x) or a part of it: value and standard error in nats, and its draws."""

    value: float
    error: float = 0.0
    draws: int = 0


UNKNOWN = Estimate(math.nan)


@dataclass(frozen=True)
class Ladder:
    """log p(x) of one picture by every way, as far as known; see the module's equations.

    Attributes:
        runs: naive Monte Carlo by each of several independent runs, which share its draws between them.
        effective_draws: of how many equal draws of q those of the importance-weighted bound are worth.
        adapted_effective: the same of the adapted proposal.
    """

    elbo: Estimate
    reconstruction: Estimate
    kl: float
    prior_jensen: Estimate = UNKNOWN
    naive: Estimate = UNKNOWN
    runs: tuple[float, ...] = ()
    importance: Mapping[int, Estimate] = field(default_factory=dict)
    posterior_average: Estimate = UNKNOWN
    effective_draws: float = math.nan
    adapted: Estimate | None = None
    adapted_effective: float = math.nan
    quadrature: float | None = None
    exact: float | None = None

    @property
    def best(self) -> float:
        """The best estimate of log p(x) there is; of two lower bounds the higher."""
        if self.exact is not None:
            return self.exact
        if self.quadrature is not None:
            return self.quadrature
        bounds = [self.importance[max(self.importance)].value] if self.importance else [self.elbo.value]
        return max(bounds if self.adapted is None else [*bounds, self.adapted.value])

    @property
    def gap(self) -> float:
        """log p(x) - ELBO = KL(q(z|x) || p(z|x))."""
        return self.best - self.elbo.value
