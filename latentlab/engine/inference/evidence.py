"""log p(x) of one picture under a model with latents, by every way there is, and its true posterior.

    prior Jensen    E_p(z)[ log p(x|z) ]                     <= log p(x), and far below it
    naive           log 1/S sum_s p(x|z_s),  z_s ~ p(z)      hopeless where few z explain x
    ELBO            E_q[ log w ],  w = p(x|z) p(z) / q(z|x)  = log p(x) - KL(q(z|x) || p(z|x))
    importance, K   E[ log 1/K sum_k w_k ],  z_k ~ q         rises with K to log p(x)
    quadrature      log of the integral of p(x|z) p(z) over the plane, for one or two latents
    exact           in closed form, where a model has it
    not a bound     log E_q[ p(x|z) ]: it lacks p(z) / q(z|x), and may lie on either side of log p(x)

The gap log p(x) - ELBO is KL(q(z|x) || p(z|x)). All are in nats. The ELBO is the mean of log w, whose
variance is 0 for an exact posterior; its reconstruction is that mean plus the KL in closed form.

Sources: Kingma & Welling (2014); Burda, Grosse & Salakhutdinov, Importance Weighted Autoencoders (2016).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.likelihoods import Likelihood
from latentlab.core.quadrature import Cells, grid, integrate
from latentlab.errors import LabError
from latentlab.models.base import Encodes, HasLikelihood, HasPrior, TellsDensity
from latentlab.models.priors import Prior, is_standard, kl_from
from latentlab.models.terms import Posterior

IMPORTANCE = (1, 10, 100, 1000, 5000)
NAIVE = 4096
# Cells along each axis of the plane at first, and how far it reaches, in standard deviations of N(0, I).
_COUNT, _REACH = 64, 5.0
_QUICK: dict[str, Any] = {"tolerance": 1e-2, "most": 1500}
# The pool of draws is decoded in pieces of so many outputs.
_AT_ONCE = 500


class Explained(Protocol):
    """A model whose log p(x) can be estimated: with a posterior, a likelihood and a prior."""

    latents: int
    likelihood: Likelihood
    latent_prior: Prior

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior: ...

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor: ...


@dataclass(frozen=True)
class Estimate:
    """An estimate of log p(x) or a part of it: value and standard error in nats, and its draws."""

    value: float
    error: float = 0.0
    draws: int = 0


@dataclass(frozen=True)
class Ladder:
    """log p(x) of one picture by every way, as far as known; see the module's equations."""

    elbo: Estimate
    reconstruction: Estimate
    kl: float
    prior_jensen: Estimate
    naive: Estimate
    importance: Mapping[int, Estimate] = field(default_factory=dict)
    posterior_average: Estimate = Estimate(math.nan)
    effective_draws: float = math.nan
    quadrature: float | None = None
    exact: float | None = None

    @property
    def best(self) -> float:
        """The best estimate of log p(x) there is."""
        if self.exact is not None:
            return self.exact
        if self.quadrature is not None:
            return self.quadrature
        return self.importance[max(self.importance)].value if self.importance else self.elbo.value

    @property
    def gap(self) -> float:
        """log p(x) - ELBO = KL(q(z|x) || p(z|x))."""
        return self.best - self.elbo.value


def why_no_ladder(model: object) -> str:
    """Why log p(x) of a model cannot be estimated in these ways; "" if it can."""
    name = type(model).__name__
    if not isinstance(model, Encodes):
        return f"a {name} has no posterior over latents"
    if not isinstance(model, HasLikelihood):
        return f"a {name} has no likelihood p(x|z)"
    return "" if isinstance(model, HasPrior) else f"a {name} has no prior p(z), and so no p(x)"


class Evidence:
    """log p(x) under one model; the decoded plane is kept from picture to picture.

    Raises:
        LabError: for a model without posterior, likelihood or prior.
    """

    def __init__(self, model: object, device: torch.device | None = None) -> None:
        if why_not := why_no_ladder(model):
            raise LabError(why_not)
        self._model: Explained = model  # type: ignore[assignment]
        self._exact = model if isinstance(model, TellsDensity) and model.density_tag.how == "exact" else None
        self._device = device or torch.device("cpu")
        self._plane: tuple[object, Tensor, Tensor, Tensor, Tensor] | None = None

    @torch.no_grad()
    def ladder(
        self, x: Tensor, y: Tensor | None = None, *, draws: int = max(IMPORTANCE), seed: int = 0
    ) -> Iterator[Ladder]:
        """The ladder of a picture x (1, C, H, W) in [0, 1], growing; the last one has all `draws`."""
        model, generator = self._model, torch.Generator(self._device).manual_seed(seed)
        x = x.to(self._device)
        posterior = model.encode(x, y)
        kl = float(kl_from(posterior.mean, posterior.log_variance, model.latent_prior)[0])
        quadrature = self.posterior(x, y).log_integral if model.latents <= 2 else None
        exact = None if self._exact is None else float(self._exact.log_density(x, y=y)[0])
        log_w, log_p = torch.zeros(0, dtype=torch.float64), torch.zeros(0, dtype=torch.float64)
        from_prior = torch.zeros(0, dtype=torch.float64)
        while len(log_w) < draws:
            count = min(_AT_ONCE, draws - len(log_w))
            z = gaussian.reparameterise(
                posterior.mean.expand(count, -1), posterior.log_variance.expand(count, -1), generator
            )
            likely = self._log_likelihood(z, x, y)
            ratio = model.latent_prior.log_density(z) - gaussian.log_density(
                z, posterior.mean, posterior.log_variance
            )
            log_p, log_w = torch.cat([log_p, likely]), torch.cat([log_w, likely + ratio.double().cpu()])
            if len(from_prior) < NAIVE:
                drawn = model.latent_prior.draw(min(count, NAIVE - len(from_prior)), generator)
                from_prior = torch.cat([from_prior, self._log_likelihood(drawn.to(self._device), x, y)])
            yield _ladder(log_w, log_p, from_prior, kl, quadrature, exact)

    @torch.no_grad()
    def posterior(self, x: Tensor, y: Tensor | None = None, *, quick: bool = False) -> Cells:
        """p(x|z) p(z) over the plane in cells, for a model of one or two latents; x (1, C, H, W).

        The shares of the cells are the true posterior p(z|x), their integral is p(x): to 1e-4 nats, or if it
        is to be `quick` to about a hundredth, for a hand that moves.

        Raises:
            LabError: for more latents.
        """
        model, x = self._model, x.to(self._device)
        if model.latents > 2:
            raise LabError(f"a quadrature needs 1 or 2 latents; the model has {model.latents}")
        found = model.encode(x, y)
        mean, sigma = found.mean.double().cpu(), torch.exp(0.5 * found.log_variance).double().cpu()
        middle, side, outputs, log_prior = self._decoded(mean, sigma, y)
        value = model.likelihood.log_prob(outputs, x).double().cpu() + log_prior

        def log_joint(z: Tensor) -> Tensor:
            known = z.float().to(self._device)
            return self._log_likelihood(known, x, y) + model.latent_prior.log_density(known).double().cpu()

        how = _QUICK if quick else {}
        width = sigma.clamp(min=1e-4)
        return integrate(log_joint, Cells(middle, side, value), near=mean, width=width, **how)

    @torch.no_grad()
    def like(
        self, x: Tensor, count: int, y: Tensor | None = None, *, seed: int = 0, draws: int = 4000
    ) -> tuple[Tensor, float]:
        """z ~ p(z|x), (count, D), and of how many equal draws they are worth.

        From the cells of the plane for one or two latents; beyond by sampling-importance-resampling from q.
        """
        generator = torch.Generator().manual_seed(seed)
        if self._model.latents <= 2:
            cells = self.posterior(x, y)
            chosen = torch.multinomial(cells.share, count, replacement=True, generator=generator)
            apart = torch.rand(count, cells.middle.shape[1], generator=generator, dtype=torch.float64) - 0.5
            return (cells.middle[chosen] + apart * cells.side[chosen]).float(), math.inf
        x = x.to(self._device)
        posterior = self._model.encode(x, y)
        log_w, places = [], []
        for first in range(0, draws, _AT_ONCE):
            many = (min(_AT_ONCE, draws - first), -1)
            noise = torch.randn(many[0], self._model.latents, generator=generator).to(self._device)
            z = posterior.mean.expand(many) + torch.exp(0.5 * posterior.log_variance).expand(many) * noise
            log_q = gaussian.log_density(z, posterior.mean, posterior.log_variance)
            log_prior = self._model.latent_prior.log_density(z)
            log_w.append(self._log_likelihood(z, x, y) + (log_prior - log_q).double().cpu())
            places.append(z.cpu())
        weights = torch.cat(log_w).softmax(0)
        chosen = torch.multinomial(weights, count, replacement=True, generator=generator)
        return torch.cat(places)[chosen], float(1.0 / weights.square().sum())

    def _log_likelihood(self, z: Tensor, x: Tensor, y: Tensor | None) -> Tensor:
        """log p(x|z), (N, D) -> float64 (N,)."""
        outputs = self._model.decode(z, y)
        found: Tensor = self._model.likelihood.log_prob(outputs, x).double().cpu()
        return found

    def _decoded(
        self, mean: Tensor, sigma: Tensor, y: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The cells of the plane, what is decoded at their middles, and log p(z) there."""
        low, high = self._box()
        # A picture may lie outside of nearly all the prior.
        wide = bool((mean[0] - 6 * sigma[0] < low).any() or (mean[0] + 6 * sigma[0] > high).any())
        told = None if y is None else tuple(y.flatten().tolist())
        if not wide and self._plane is not None and self._plane[0] == told:
            return self._plane[1:]
        if wide:
            low = torch.minimum(low, mean[0] - 8 * sigma[0])
            high = torch.maximum(high, mean[0] + 8 * sigma[0])
        middle, side = grid(low, high, _COUNT)
        z = middle.float().to(self._device)
        outputs = torch.cat([self._model.decode(piece, y) for piece in z.split(_AT_ONCE)])
        log_prior = self._model.latent_prior.log_density(z).double().cpu()
        if not wide:
            self._plane = (told, middle, side, outputs, log_prior)
        return middle, side, outputs, log_prior

    def _box(self) -> tuple[Tensor, Tensor]:
        prior = self._model.latent_prior
        if is_standard(prior):
            edge = torch.full((self._model.latents,), _REACH, dtype=torch.float64)
            return -edge, edge
        drawn = prior.draw(20_000, torch.Generator().manual_seed(0)).double()
        low, high = drawn.min(0).values, drawn.max(0).values
        margin = 0.1 * (high - low)
        return low - margin, high + margin


def _ladder(
    log_w: Tensor, log_p: Tensor, from_prior: Tensor, kl: float, quadrature: float | None, exact: float | None
) -> Ladder:
    elbo = _mean(log_w)
    importance = {k: _grouped(log_w, k) for k in IMPORTANCE if k <= len(log_w)}
    weights = log_w.softmax(0)
    return Ladder(
        elbo=elbo,
        reconstruction=Estimate(elbo.value + kl, elbo.error, elbo.draws),
        kl=kl,
        prior_jensen=_mean(from_prior),
        naive=_grouped(from_prior, len(from_prior)),
        importance=importance,
        posterior_average=_grouped(log_p, len(log_p)),
        effective_draws=float(1.0 / weights.square().sum()),
        quadrature=quadrature,
        exact=exact,
    )


def _mean(values: Tensor) -> Estimate:
    error = float(values.std()) / math.sqrt(len(values)) if len(values) > 1 else math.inf
    return Estimate(float(values.mean()), error, len(values))


def _grouped(values: Tensor, k: int) -> Estimate:
    """The mean over groups of k of log 1/k sum exp; of a single group with the error of its mean."""
    groups = values[: len(values) // k * k].view(-1, k)
    each = groups.logsumexp(1) - math.log(k)
    if len(each) > 1:
        return Estimate(float(each.mean()), float(each.std()) / math.sqrt(len(each)), groups.numel())
    # Of log of a mean: the relative error of the mean.
    shares = (values - values.max()).exp()
    error = float(shares.std() / shares.mean()) / math.sqrt(len(shares)) if len(shares) > 1 else math.inf
    return Estimate(float(each[0]), error, len(values))
