"""The protocol of models that are mixtures of components over pictures."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor

from latentlab.core.mixture import Mixture


@runtime_checkable
class HasComponents(Protocol):
    """Is a mixture of K components over pictures.

    Where it is fitted by EM, each pass is an E step and an M step at its end, and the first figure of a pass
    is log p of a training picture before the M step.
    """

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def em_passes(self) -> int:
        """The passes of EM so far; of a model from a file that does not say, 0."""

    @property
    def em_log_p(self) -> float:
        """log p of a training picture, in nats, before the M step of the last of them."""

    def as_mixture(self) -> Mixture:
        """The mixture over pictures in [0, 1] as rows (B, C H W), in double precision where there is one."""

    def responsibilities(self, x: Tensor) -> Tensor:
        """p(j|x) of each component, (B, C, H, W) in [0, 1] -> (B, K)."""
