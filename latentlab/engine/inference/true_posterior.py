"""The true posterior p(z|x) of one picture under a model with latents, beside its encoder's q(z|x).

For one or two latents it is integrated over the plane, in cells; beyond, draws are weighed over a proposal
that is adapted to it. What takes long is a generator that yields None between pieces of work.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from latentlab.core.likelihoods import Likelihood
from latentlab.core.population import Population
from latentlab.core.quadrature import Cells, refined, without_nothing
from latentlab.engine.inference.adapted import Hints, adapted
from latentlab.engine.inference.decoded_plane import DecodedPlane, box_of
from latentlab.errors import LabError
from latentlab.models.base import Encodes, HasLikelihood, HasPrior, has_kl
from latentlab.models.priors import Prior
from latentlab.models.terms import Posterior

Done = TypeVar("Done")
# A picture, its condition, and two numbers of how something of it was computed.
Key = tuple[Tensor, "Tensor | None", int, int]

# A quadrature for a hand that moves: to about a hundredth of a nat.
_QUICK: dict[str, Any] = {"tolerance": 3e-2, "most": 540, "worth": 8.0}
# Numbers that are decoded in a piece, a few milliseconds of work, and the least pictures. While a hand moves,
# whose own picture waits for the piece to end, it is so many times smaller.
_MOST_OUTPUTS, _FEWEST = 2**16, 8
_BY_HAND = 2


class Explained(Protocol):
    """A model whose log p(x) can be estimated: with a posterior, a likelihood and a prior."""

    latents: int
    picture_shape: tuple[int, int, int]
    likelihood: Likelihood
    latent_prior: Prior

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior: ...

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor: ...


def why_no_ladder(model: object) -> str:
    """Why log p(x) of a model cannot be estimated in these ways; "" if it can."""
    if not isinstance(model, Encodes):
        return "the model has no posterior over latents"
    if not isinstance(model, HasLikelihood):
        return "the model has no likelihood p(x|z)"
    if not isinstance(model, HasPrior):
        return "the model has no prior p(z), and so no p(x)"
    return "" if has_kl(model) else "its codes are points: it has no posterior to draw from"


class TruePosterior:
    """p(z|x) under one model; the decoded plane is kept from picture to picture.

    Raises:
        LabError: for a model without posterior, likelihood or prior.
    """

    def __init__(self, model: object, device: torch.device | None = None) -> None:
        if why_not := why_no_ladder(model):
            raise LabError(why_not)
        self.model: Explained = model  # type: ignore[assignment]
        self._device = device or torch.device("cpu")
        self._plane: tuple[object, DecodedPlane] | None = None
        # The last ones.
        self._cells: tuple[Key, Cells] | None = None
        self._population: tuple[Key, Population] | None = None
        # The same for each picture: the last digits of a product depend on how many there are at once.
        outputs = math.prod(self.model.likelihood.outputs_shape(self.model.picture_shape))
        self._at_once = max(_FEWEST, _MOST_OUTPUTS // outputs)

    @torch.no_grad()
    def posterior(self, x: Tensor, y: Tensor | None = None, *, quick: bool = False) -> Cells:
        """p(x|z) p(z) over the plane in cells, for a model of one or two latents; x (1, C, H, W).

        The shares of the cells are the true posterior p(z|x), their integral is p(x): to 1e-4 nats, or if it
        is to be `quick` to about a hundredth, for a hand that moves.

        Raises:
            LabError: for more latents.
        """
        return driven(self.cells(x, y, quick=quick))

    def cells(
        self, x: Tensor, y: Tensor | None = None, *, quick: bool = False
    ) -> Generator[None, None, Cells]:
        """As `posterior`, in pieces."""
        model, x = self.model, x.to(self._device)
        if model.latents > 2:
            raise LabError(f"a quadrature needs 1 or 2 latents; the model has {model.latents}")
        key = (x.cpu(), y, int(quick), 0)
        if self._cells is not None and _same(self._cells[0], key):
            return self._cells[1]
        found = model.encode(x, y)
        mean, sigma = found.mean.double().cpu(), torch.exp(0.5 * found.log_variance).double().cpu()
        whole = yield from self._decoded(mean[0], sigma[0], y).cells(x)
        first = without_nothing(whole, mean)
        yield None
        how, at_once = (_QUICK, self._at_once // _BY_HAND) if quick else ({}, self._at_once)
        steps = refined(first, near=mean, width=sigma.clamp(min=1e-4), **how)
        try:
            places = next(steps)
            while True:
                yield None
                likely = yield from self._log_joint(places, x, y, at_once)
                yield None
                places = steps.send(likely)
        except StopIteration as end:
            cells: Cells = end.value
            self._cells = key, cells
            return cells

    def population(
        self, x: Tensor, y: Tensor | None, posterior: Posterior, count: int, seed: int = 0
    ) -> Generator[None, None, Population]:
        """Draws weighed by p(x, z) over an adapted proposal: see `latentlab.core.population`."""
        key = (x.cpu(), y, count, seed)
        if (known := self.known_population(key)) is not None:
            return known
        generator = torch.Generator().manual_seed(seed)
        hints = None
        if self.model.latents <= 2:
            plane = self._decoded(*_of_one(posterior), y)
            hints = Hints.of((yield from plane.cells(x.to(self._device))), plane.low)
        steps = adapted(posterior, self.model.latent_prior, count, generator, hints)
        try:
            places = next(steps)
            while True:
                places = steps.send((yield from self._log_joint(places, x, y)))
        except StopIteration as end:
            found: Population = end.value
            # The posterior, the ladder and the pictures like it all ask for the same.
            self._population = key, found
            return found

    def known_population(self, key: Key) -> Population | None:
        """The last population, if it is that of this picture."""
        known = self._population
        return known[1] if known is not None and _same(known[0], key) else None

    @torch.no_grad()
    def like(
        self, x: Tensor, count: int, y: Tensor | None = None, *, seed: int = 0, draws: int = 5000
    ) -> tuple[Tensor, float]:
        """z ~ p(z|x), (count, D), and of how many equal draws they are worth.

        From the cells of the plane for one or two latents; beyond by sampling-importance-resampling of
        an adapted proposal.
        """
        return driven(self.drawn_like(x, count, y, seed=seed, draws=draws))

    def drawn_like(
        self, x: Tensor, count: int, y: Tensor | None = None, *, seed: int = 0, draws: int = 5000
    ) -> Generator[None, None, tuple[Tensor, float]]:
        """As `like`, in pieces."""
        generator = torch.Generator().manual_seed(seed)
        if self.model.latents <= 2:
            cells = yield from self.cells(x, y)
            chosen = torch.multinomial(cells.share, count, replacement=True, generator=generator)
            apart = torch.rand(count, cells.middle.shape[1], generator=generator, dtype=torch.float64) - 0.5
            return (cells.middle[chosen] + apart * cells.side[chosen]).float(), math.inf
        x = x.to(self._device)
        found = yield from self.population(x, y, self.model.encode(x, y), draws)
        chosen = torch.multinomial(found.log_weight.softmax(0), count, replacement=True, generator=generator)
        return found.z[chosen].float(), found.effective_draws

    def _log_joint(
        self, z: Tensor, x: Tensor, y: Tensor | None, at_once: int | None = None
    ) -> Generator[None, None, Tensor]:
        """log p(x, z) in pieces, (N, D) -> float64 (N,)."""
        known = z.float().to(self._device)
        likely = yield from self.log_likelihoods(known, x, y, at_once)
        return likely + self.model.latent_prior.log_density(known).double().cpu()

    def log_likelihoods(
        self, z: Tensor, x: Tensor, y: Tensor | None, at_once: int | None = None
    ) -> Generator[None, None, Tensor]:
        """log p(x|z) in pieces of so many, (N, D) -> float64 (N,)."""
        found = [torch.zeros(0, dtype=torch.float64)]
        for some in z.split(at_once or self._at_once):
            if len(found) > 1:
                yield None
            log_p: Tensor = self.model.likelihood.log_prob(self.model.decode(some.to(self._device), y), x)
            found.append(log_p.double().cpu())
        return torch.cat(found)

    def _decoded(self, mean: Tensor, sigma: Tensor, y: Tensor | None) -> DecodedPlane:
        """The decoded plane that a posterior (D,) is in; kept unless it has to be wider than the prior."""
        low, high, wider = box_of(self.model.latent_prior, mean, sigma)
        told = None if y is None else tuple(y.flatten().tolist())
        if wider:
            return DecodedPlane(self.model, low, high, y, self._device)
        if self._plane is None or self._plane[0] != told:
            self._plane = (told, DecodedPlane(self.model, low, high, y, self._device))
        return self._plane[1]


def _same(one: Key, other: Key) -> bool:
    """Whether it is the same picture, under the same condition and with the same numbers."""
    alike = (one[1] is None and other[1] is None) or (
        one[1] is not None and other[1] is not None and torch.equal(one[1], other[1])
    )
    return one[2:] == other[2:] and alike and torch.equal(one[0], other[0])


def _of_one(posterior: Posterior) -> tuple[Tensor, Tensor]:
    """Mean and sigma of the only picture, float64 (D,)."""
    return posterior.mean[0].double().cpu(), torch.exp(0.5 * posterior.log_variance[0]).double().cpu()


def driven(pieces: Generator[None, None, Done]) -> Done:
    """The result of work in pieces, done at once."""
    try:
        while True:
            next(pieces)
    except StopIteration as end:
        found: Done = end.value
        return found
