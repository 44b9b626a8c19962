"""The protocols of models that are linear: of Gaussians by their eigenpictures, and of linear decoders.

Methods, not properties: `isinstance` with a `runtime_checkable` protocol reads every property.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor

from latentlab.core.principal import Principal


@runtime_checkable
class HasEigenpictures(Protocol):
    """Is a Gaussian that is known by its principal components."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def eigenpictures(self) -> Principal:
        """Its mean, the directions in which it varies most, and their variances."""


@runtime_checkable
class DecodesLinearly(Protocol):
    """Decodes by z W + b, clipped to [0, 1]: its pictures lie in a plane through b, the span of W."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def linear_rows(self) -> Tensor | None:
        """W, what each number of z adds to the picture, (K, D); None where the config has other layers."""


def linear(model: object) -> DecodesLinearly | None:
    """The model, if it decodes linearly."""
    if not isinstance(model, DecodesLinearly):
        return None
    return None if model.linear_rows() is None else model
