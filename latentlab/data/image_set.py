"""Pictures with their labels, held in memory as one tensor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A split of a data set.

    Attributes:
        name: the data set's name, such as "mnist".
        split: "train", "test" or "all".
        images: uint8 (N, C, H, W), 0 black to 255 white.
        labels: int64 (N,), the class of each picture; None where there are no classes.
        classes: the name of each class, in the order of the labels.
    """

    name: str
    split: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of every picture."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the pixels: tells whether a model was trained on exactly these pictures."""
        return hashlib.sha256(self.images.contiguous().numpy().data).hexdigest()
