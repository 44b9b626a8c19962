"""The protocols of models that make pictures of other pictures; offered by `latentlab.models.base`, too."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor


@runtime_checkable
class Translates(Protocol):
    """Makes a picture of another picture: a face of its outline, colours of greys."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the pictures of the data: of a pair, both halves."""

    @property
    def source_shape(self) -> tuple[int, int, int]:
        """(C', H, W) of what it is given."""

    @property
    def target_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of what it makes."""

    @property
    def source_name(self) -> str:
        """What a picture is made from, one of `latentlab.core.source_shapes.SOURCES`."""

    @property
    def grain(self) -> int:
        """The side of the squares of p x p pixels that sources are made of: 1, but for some pixel art."""

    def source_of(self, x: Tensor) -> Tensor:
        """The sources of pictures of the data; (B, C, H, W) -> (B, C', H, W), both in [0, 1]."""

    def target_of(self, x: Tensor) -> Tensor:
        """What is to be made of these sources: x itself, or a half of it."""

    def translate(self, source: Tensor) -> Tensor:
        """Pictures of sources; (B, C', H, W) -> (B, C, H, W), both in [0, 1]."""


@runtime_checkable
class JudgesPatches(Protocol):
    """A model that `Translates`, with a critic that judges pictures patch by patch."""

    def patch_map(self, x: Tensor, source: Tensor) -> Tensor:
        """The probability that each patch of pictures is true, given their sources; -> (B, h, w)."""
