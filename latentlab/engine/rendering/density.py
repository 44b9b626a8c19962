"""The density of encoded pictures, for the window: a map of the plane, and how far out the probe is.

    known = Density(mean, sigma)
    known.map(request), known.at(request)        piece by piece, a few milliseconds each

A log density says little by itself, least of all in many dimensions. So it is compared with those that
held-out pictures have: a thousand are drawn from posteriors spread over the data, z ~ q(z|x), and each is
judged by the posteriors of all the other pictures. What lies lower than 99 % of those is far from all encoded
pictures. In many dimensions some thousand posteriors leave wide gaps, and the bound is a generous one.

No posterior is left out, unless they make more than `MOST_SHOWN` Gaussians in the plane or are more than
`MOST_AT_PROBE`: then it is every second, third and so on, and the reply says of how many pictures it tells.

Encoders that give points and no posteriors have the kernel of `core.density.kernel_width` in their place.
Where the prior's density in the plane is not known there is none to be compared with.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core.density import Mixture, add_to_grid, aggregate, in_plane, joined, kernel_width, near
from latentlab.core.latent import even_axis
from latentlab.engine.rendering.prior_plane import log_prior_in_plane, prior_edge
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import (
    DensityMapReply,
    DensityMapRequest,
    ProbeDensityReply,
    ProbeDensityRequest,
)
from latentlab.models.priors import Prior

# The shares of draws from the posteriors that lie within each level of a map.
SHARES = (0.5, 0.9, 0.99)
DRAWS = 1000
MOST_SHOWN, MOST_AT_PROBE = 100_000, 20_000
# Numbers (a posterior's dimensions) to process for one probe.
_MOST_NUMBERS = 2**20
# Posteriors to project, and numbers in a table of densities and of Gaussians on a grid, in one piece: a
# millisecond or two.
_SEEN, _TABLE, _BELLS = 1000, 2**19, 2**17
_COARSE, _QUICK = 3, 3000
# Draws for the levels: limited by so many densities, but enough to distinguish 1 % from 2 %.
_MOST_WEIGHED, _FEWEST = 5 * 10**7, 400
_NARROWEST = 1e-6


class Density:
    """Holds the posteriors (N, D) of a model's pictures, float32; sigma is 0 where there are none.

    `draws` is how many pictures the levels are computed from.
    """

    def __init__(self, mean: NDArray[np.float32], sigma: NDArray[np.float32], draws: int = DRAWS) -> None:
        self._mean, self._sigma = torch.from_numpy(mean), torch.from_numpy(sigma)
        # As they were given, a sigma of 0 included.
        self.posteriors = (self._mean, self._sigma) if len(mean) > 1 else None
        self.usable = bool(len(mean) > 1 and self._mean.isfinite().all() and self._sigma.isfinite().all())
        if self.usable:
            self._sigma = torch.where(self._sigma > 0, self._sigma, kernel_width(self._mean))
            self._sigma = self._sigma.clamp(min=_NARROWEST)
        self._draws = draws
        self._plane: tuple[Projection, Mixture, Tensor] | None = None
        self._whole: tuple[Mixture, Tensor] | None = None

    @classmethod
    def unknown(cls) -> Density:
        """The reply while not all pictures are encoded yet."""
        nowhere = np.zeros((0, 1), np.float32)
        return cls(nowhere, nowhere)

    @property
    def latents(self) -> int:
        """D."""
        return self._mean.shape[1]

    def map(self, request: DensityMapRequest, prior: Prior | None) -> Iterator[DensityMapReply | None]:
        """The density in a region of the plane, beside the prior's if there is one: a coarse map first, if it
        takes long.
        """
        if not self.usable or request.projection.latents != self.latents:
            return
        mixture, held_out = yield from self._seen(request.projection)
        levels = tuple(held_out.quantile(1.0 - torch.tensor(SHARES, dtype=held_out.dtype)).tolist())
        left, right, bottom, top = request.region
        box = torch.tensor([[left, bottom], [right, top]])[:, : mixture.mean.shape[1]]
        shown = near(mixture, *box)
        for coarse in (_COARSE, 1) if len(shown) > _QUICK else (1,):
            across = even_axis(left, right, max(2, request.columns // coarse)).float()
            up = even_axis(bottom, top, max(2, request.rows // coarse)).float()
            density = torch.zeros(len(up), len(across))
            piece = max(1, _BELLS // (len(across) + len(up)))
            for first in range(0, len(shown), piece):
                add_to_grid(density, slice(first, first + piece), shown, across, up)
                yield None
            log_prior = None if prior is None else log_prior_in_plane(prior, request.projection, across, up)
            yield DensityMapReply(
                generation=request.generation,
                region=request.region,
                projection=request.projection,
                log_density=_page(density.log()),
                log_prior=None if log_prior is None else _page(log_prior.expand_as(density)),
                levels=levels,
                pictures=int(mixture.owner.max()) + 1,
                done=coarse == 1,
                edge=None if prior is None else prior_edge(prior, request.projection),
            )

    def at(self, request: ProbeDensityRequest) -> Iterator[ProbeDensityReply | None]:
        """log q at the probe, and the value that 99 of 100 held-out pictures exceed."""
        if not self.usable or len(request.z) != self.latents:
            yield ProbeDensityReply(request.generation, request.z)
            return
        if self._whole is None:
            step = self._step(min(MOST_AT_PROBE, max(2, _MOST_NUMBERS // self.latents)))
            mixture = aggregate(self._mean[::step], self._sigma[::step])
            held_out = yield from self._held_out(mixture, step, torch.eye(self.latents))
            self._whole = (mixture, held_out)
        mixture, held_out = self._whole
        log_density = mixture.log_density(torch.tensor([request.z]))[0]
        yield ProbeDensityReply(
            request.generation,
            request.z,
            float(log_density),
            float(held_out.quantile(1.0 - SHARES[-1])),
            float((held_out < log_density).double().mean()),
            len(mixture),
        )

    def of_each(self) -> Iterator[tuple[Tensor] | None]:
        """log q at the mean of every picture, by all the others, some (n,) at a time; in their order."""
        if not self.usable:
            yield (torch.full((len(self._mean),), torch.nan),)
            return
        step = self._step(min(MOST_AT_PROBE, max(2, _MOST_NUMBERS // self.latents)))
        mixture = aggregate(self._mean[::step], self._sigma[::step])
        piece = max(1, _TABLE // len(mixture))
        for first in range(0, len(self._mean), piece):
            rows = torch.arange(first, min(first + piece, len(self._mean)))
            # Those that are not in the mixture have nothing to be left out.
            own = torch.where(rows % step == 0, rows // step, -1)
            yield (mixture.log_density(self._mean[rows], without=own).float(),)

    def _seen(self, projection: Projection) -> Generator[None, None, tuple[Mixture, Tensor]]:
        """The projected posteriors and held-out log densities of a plane; kept until another is requested."""
        if self._plane is None or self._plane[0] != projection:
            rows = torch.tensor([projection.across, projection.up], dtype=torch.float64)
            step = self._step(MOST_SHOWN)
            while True:
                parts = []
                posteriors = zip(
                    self._mean[::step].split(_SEEN), self._sigma[::step].split(_SEEN), strict=True
                )
                for mean, sigma in posteriors:
                    parts.append(in_plane(mean.double(), sigma.double(), *rows))
                    yield
                mixture = joined(parts, [int(part.owner.max()) + 1 for part in parts])
                if len(mixture) <= MOST_SHOWN:
                    break
                # Oblique to the axes, a posterior is represented by several Gaussians.
                step = math.ceil(step * len(mixture) / MOST_SHOWN)
            held_out = yield from self._held_out(mixture, step, rows[: mixture.mean.shape[1]])
            single = Mixture(
                mixture.mean.float(), mixture.sigma.float(), mixture.weight.float(), mixture.owner
            )
            self._plane = (projection, single, held_out)
        return self._plane[1:]

    def _held_out(self, mixture: Mixture, step: int, rows: Tensor) -> Generator[None, None, Tensor]:
        """Log densities at draws from posteriors, each under the mixture of all the others.

        The mixture is of every `step`-th picture, projected on the directions `rows` (d, D).
        """
        every = aggregate(self._mean[::step], self._sigma[::step])
        # With all Gaussians of a large data set this would take seconds.
        count = min(self._draws, len(every), max(_FEWEST, _MOST_WEIGHED // len(mixture)))
        owners = torch.linspace(0, len(every) - 1, count).round().long()
        drawn = every.draws(owners, torch.Generator().manual_seed(0))
        points = drawn.to(rows.dtype) @ rows.T
        piece = max(1, _TABLE // (len(mixture) * (1 + len(rows))))
        found = []
        for some, those in zip(points.split(piece), owners.split(piece), strict=True):
            found.append(mixture.log_density(some, without=those))
            yield
        return torch.cat(found)

    def _step(self, most: int) -> int:
        """1 for every posterior, 2 for every second and so on, so that at most `most` are used."""
        return math.ceil(len(self._mean) / most)


def _page(rows: Tensor) -> NDArray[np.float32]:
    """The top row first; clipped at e^-87, the smallest float32."""
    return np.ascontiguousarray(rows.flip(0).clamp(min=-87.0).numpy())
