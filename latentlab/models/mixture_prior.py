"""A mixture of Gaussians as the prior of a latent space; see `latentlab.core.latent_mixture`."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.latent_mixture import LatentMixture
from latentlab.core.mixture import Full, Mixture
from latentlab.errors import LabError

MOST_COMPONENTS, MOST_DIMENSIONS = 1000, 1024
# What a file says of a prior's family, and of its size.
FAMILY = "mixture"


class MixturePrior(nn.Module):
    """p(z) = sum_k pi_k N(z; m_k, L_k L_k^T). Its numbers are buffers: training leaves them as they are.

    `root` has the lower triangles of L, row after row, (K, D (D + 1) / 2).
    """

    def __init__(self, components: int, dimensions: int) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.register_buffer("weights", torch.full((components,), 1.0 / components))
        self.register_buffer("mean", torch.zeros(components, dimensions))
        root = torch.zeros(components, dimensions * (dimensions + 1) // 2)
        diagonal = torch.arange(dimensions) + 1
        root[:, diagonal * (diagonal + 1) // 2 - 1] = 1.0
        self.register_buffer("root", root)
        self.weights: Tensor
        self.mean: Tensor
        self.root: Tensor
        self._kept: tuple[tuple[object, ...], LatentMixture] | None = None

    @classmethod
    def of(cls, fitted: Mixture) -> MixturePrior:
        """The prior that is this mixture of full Gaussians, without the components of weight 0.

        Raises:
            LabError: if a covariance has no root: its rows hardly spread.
        """
        assert isinstance(fitted.components, Full)
        some = fitted.weights > 0.0
        mean = fitted.components.mean[some]
        roots, failed = torch.linalg.cholesky_ex(fitted.components.covariance[some])
        if bool(failed.any()):
            raise LabError("the mixture has a component without extent: the codes hardly differ")
        prior = cls(*mean.shape)
        row, column = torch.tril_indices(mean.shape[1], mean.shape[1])
        prior.weights.copy_(fitted.weights[some] / fitted.weights[some].sum())
        prior.mean.copy_(mean)
        prior.root.copy_(roots[:, row, column])
        return prior

    @property
    def formula(self) -> str:
        """Such as "mixture of 50 Gaussians"."""
        count = len(self.weights)
        return f"mixture of {count} Gaussian{'' if count == 1 else 's'}"

    @property
    def known(self) -> LatentMixture:
        """The mixture in the device's highest precision; made anew only when its numbers have changed."""
        held = (self.weights, self.mean, self.root)
        key = tuple((id(one), 0 if one.is_inference() else one._version) for one in held)
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._made()
        return self._kept[1]

    @torch.no_grad()
    def _made(self) -> LatentMixture:
        exact = torch.float32 if self.mean.device.type == "mps" else torch.float64
        # What inference mode makes cannot be used in a gradient later on.
        with torch.inference_mode(False):
            weights, mean, packed = (one.clone().to(exact) for one in (self.weights, self.mean, self.root))
            row, column = torch.tril_indices(self.dimensions, self.dimensions, device=mean.device)
            root = mean.new_zeros(len(mean), self.dimensions, self.dimensions)
            root[:, row, column] = packed
            found = LatentMixture(weights / weights.sum(), mean, root)
            # What it computes once is so computed here.
            found.joint(mean[:1])
            return found

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """z ~ p(z); -> (count, D) float32 on the generator's device."""
        drawn = self.known.draw(count, generator).to(torch.float32)
        return drawn if generator is None else drawn.to(generator.device)

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z) in nats; (..., D) -> (...)."""
        return self.known.log_density(z).to(z.dtype)

    def from_normal(self, u: Tensor) -> Tensor:
        """Maps draws of N(0, I) to draws of this prior, by conditional quantiles; (..., D) -> (..., D)."""
        return self.known.from_normal(u.reshape(-1, self.dimensions)).to(u.dtype).view(u.shape)

    def to_normal(self, z: Tensor) -> Tensor:
        """The inverse; (..., D) -> (..., D)."""
        return self.known.to_normal(z.reshape(-1, self.dimensions)).to(z.dtype).view(z.shape)

    def projected(self, directions: Tensor) -> LatentMixture:
        """Its marginal on the line or plane of these rows, (d, D)."""
        return self.known.projected(directions)

    def highest(self) -> Tensor:
        """A place where it is densest, of the means of its components; (D,)."""
        return self.known.highest().to(torch.float32)

    def check(self) -> None:
        """Refuses numbers that are not those of a mixture.

        Raises:
            LabError: saying which.
        """
        if bool((self.weights < 0.0).any()) or abs(float(self.weights.double().sum()) - 1.0) > 1e-2:
            raise LabError("the weights of its prior are not shares that add up to 1")
        if bool((self.known.root.diagonal(dim1=1, dim2=2) <= 0.0).any()):
            raise LabError("its prior has a component without extent")


def size_of(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Components and dimensions of the prior that a card describes.

    Raises:
        LabError: for another family, or impossible sizes.
    """
    if fields.get("family") != FAMILY:
        raise LabError(
            f"its prior is of the unknown family {str(fields.get('family'))[:40]!r}", hint="Update LatentLab"
        )
    sizes = []
    for name, most in (("components", MOST_COMPONENTS), ("dimensions", MOST_DIMENSIONS)):
        value = fields.get(name)
        if type(value) is not int or not 1 <= value <= most:
            raise LabError(f"the {name} of its prior are {reprlib.repr(value)}; expected 1 to {most:,}")
        sizes.append(value)
    return sizes[0], sizes[1]


def shapes_of(fields: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of such a prior, without allocating any.

    Raises:
        LabError: as `size_of`.
    """
    count, dimensions = size_of(fields)
    corner = dimensions * (dimensions + 1) // 2
    return {"weights": (count,), "mean": (count, dimensions), "root": (count, corner)}
