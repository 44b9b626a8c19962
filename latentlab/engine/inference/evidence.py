"""log p(x) of one picture under a model with latents, by every way there is.

The ways stand in `latentlab.engine.inference.ladder`, the true posterior in `true_posterior`. The gap
log p(x) - ELBO is KL(q(z|x) || p(z|x)). The ELBO is the mean of log w, whose variance is 0 for an exact
posterior; its reconstruction is that mean plus the KL in closed form. What takes long is a generator that
yields None between pieces of work.

Sources: Kingma & Welling (2014); Burda, Grosse & Salakhutdinov, Importance Weighted Autoencoders (2016).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.population import Population
from latentlab.engine.inference.estimates import grouped, mean_of, runs_of, with_draws
from latentlab.engine.inference.ladder import IMPORTANCE, NAIVE, Estimate, Ladder
from latentlab.engine.inference.true_posterior import TruePosterior
from latentlab.models.base import TellsDensity
from latentlab.models.priors import kl_from
from latentlab.models.terms import Posterior

# The ladder is told anew after so many draws.
_TOLD = 500


class Evidence(TruePosterior):
    """log p(x) under one model.

    Raises:
        LabError: for a model without posterior, likelihood or prior.
    """

    def __init__(self, model: object, device: torch.device | None = None) -> None:
        super().__init__(model, device)
        self._exact = model if isinstance(model, TellsDensity) and model.density_tag.how == "exact" else None

    @torch.no_grad()
    def ladder(
        self, x: Tensor, y: Tensor | None = None, *, draws: int = max(IMPORTANCE), seed: int = 0
    ) -> Iterator[Ladder]:
        """The ladder of a picture x (1, C, H, W) in [0, 1], growing; the last one has all `draws`."""
        for ladder in self.steps(x, y, draws=draws, seed=seed):
            if ladder is not None:
                yield ladder

    def steps(
        self,
        x: Tensor,
        y: Tensor | None = None,
        *,
        draws: int = max(IMPORTANCE),
        naive: int = NAIVE,
        seed: int = 0,
    ) -> Iterator[Ladder | None]:
        """As `ladder`, with None between pieces of work, and with so many draws of the prior."""
        model, generator = self.model, torch.Generator().manual_seed(seed)
        x = x.to(self._device)
        posterior = model.encode(x, y)
        kl = float(kl_from(posterior.mean, posterior.log_variance, model.latent_prior)[0])
        exact = self.exact(x, y)
        quadrature = None
        if model.latents <= 2:
            quadrature = (yield from self.cells(x, y)).log_integral
        z, log_ratio = self._drawn(posterior, draws, generator)
        log_p = torch.zeros(0, dtype=torch.float64)
        ladder, found = None, self.known_population((x.cpu(), y, draws, seed))
        for some in z.split(_TOLD):
            log_p = torch.cat([log_p, (yield from self.log_likelihoods(some, x, y))])
            ladder = with_draws(log_p + log_ratio[: len(log_p)], log_p, kl)
            ladder = _with_population(replace(ladder, quadrature=quadrature, exact=exact), found)
            yield ladder
        assert ladder is not None
        if draws >= max(IMPORTANCE):
            found = yield from self.population(x, y, posterior, draws, seed)
            ladder = _with_population(ladder, found)
            yield ladder
        from_prior = torch.zeros(0, dtype=torch.float64)
        while len(from_prior) < naive:
            drawn = model.latent_prior.draw(min(_TOLD, naive - len(from_prior)), generator)
            from_prior = torch.cat([from_prior, (yield from self.log_likelihoods(drawn, x, y))])
            ladder = replace(
                ladder,
                prior_jensen=mean_of(from_prior),
                naive=grouped(from_prior, len(from_prior)),
                runs=tuple((part.logsumexp(0) - math.log(len(part))).item() for part in runs_of(from_prior)),
            )
            yield ladder

    def exact(self, x: Tensor, y: Tensor | None = None) -> float | None:
        """log p(x) in closed form; None where the model has none."""
        return None if self._exact is None else float(self._exact.log_density(x, y=y)[0])

    def elbo(
        self, x: Tensor, y: Tensor | None, posterior: Posterior, draws: int = 1000, seed: int = 0
    ) -> Generator[None, None, Estimate]:
        """The ELBO of a picture with any q."""
        z, log_ratio = self._drawn(posterior, draws, torch.Generator().manual_seed(seed))
        log_p = yield from self.log_likelihoods(z, x.to(self._device), y)
        return mean_of(log_p + log_ratio)

    def _drawn(self, posterior: Posterior, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """z ~ q, (count, D), and log p(z) / q(z), float64 (count,)."""
        noise = gaussian.steady_noise(torch.empty(count, self.model.latents), generator).to(self._device)
        z = posterior.mean + torch.exp(0.5 * posterior.log_variance) * noise
        log_q = gaussian.log_density(z, posterior.mean, posterior.log_variance)
        return z, (self.model.latent_prior.log_density(z) - log_q).double().cpu()


def _with_population(ladder: Ladder, found: Population | None) -> Ladder:
    """With the rung of an adapted proposal, if it is known."""
    if found is None:
        return ladder
    estimate = Estimate(found.log_integral, found.error, found.spent)
    return replace(ladder, adapted=estimate, adapted_effective=found.effective_draws)
