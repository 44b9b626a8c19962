"""Pictures with their labels and attributes, held in memory as one tensor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

_INKS = {1: "grey", 3: "in colour", 4: "in colour with alpha"}


def size_in_words(shape: tuple[int, int, int]) -> str:
    """(C, H, W) as people say it: "28 x 28 grey"."""
    channels, height, width = shape
    return f"{width} x {height} {_INKS.get(channels, f'of {channels} channels')}"


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A split of a data set.

    Attributes:
        name: the data set's name, such as "mnist".
        split: "train", "test" or "all".
        images: uint8 (N, C, H, W), 0 black to 255 white.
        labels: int64 (N,), the class of each picture; None where there are no classes.
        classes: the name of each class, in the order of the labels.
        attributes: bool (N, A), what is true of each picture; None where nothing is known.
        attribute_names: the name of each attribute, in the order of the columns.
    """

    name: str
    split: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()
    attributes: Tensor | None = None
    attribute_names: tuple[str, ...] = ()

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

    def part(self, split: str, start: int, stop: int) -> ImageSet:
        """Pictures `start` to `stop` as a split of their own; nothing is copied."""
        return ImageSet(
            name=self.name,
            split=split,
            images=self.images[start:stop],
            labels=None if self.labels is None else self.labels[start:stop],
            classes=self.classes,
            attributes=None if self.attributes is None else self.attributes[start:stop],
            attribute_names=self.attribute_names,
        )


def join(first: ImageSet, second: ImageSet) -> ImageSet:
    """Both splits as "all"; the numbers of the first one's pictures stay what they were."""
    return ImageSet(
        name=first.name,
        split="all",
        images=torch.cat([first.images, second.images]),
        labels=_both(first.labels, second.labels),
        classes=first.classes,
        attributes=_both(first.attributes, second.attributes),
        attribute_names=first.attribute_names,
    )


def _both(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    return None if first is None or second is None else torch.cat([first, second])
