"""Pictures with their labels and attributes, held in memory as one tensor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from latentlab.core.columns import Kept, attribute, joined
from latentlab.data.keys import Keys, NumberedNames, hash_all, join_keys

_INKS = {1: "grey", 3: "in colour", 4: "in colour with alpha"}


def size_in_words(shape: tuple[int, int, int]) -> str:
    """(C, H, W) as text: "28 x 28 grey"."""
    channels, height, width = shape
    return f"{width} x {height} {_INKS.get(channels, f'of {channels} channels')}"


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A split of a data set.

    Attributes:
        name: the data set's name, such as "mnist".
        split: "train", "test" or "all".
        images: uint8 (N, C, H, W), 0 black to 255 white.
        labels: int64 (N,), the class of each picture, -1 for unknown; None: there are no classes.
        classes: the name of each class, in the order of the labels.
        attributes: bool (N, A), the attributes of each picture; None where there are none.
        attribute_names: the name of each attribute, in the order of the columns.
        attributes_known: bool (N, A), which of the attributes are known; the others are False. None: all.
        keyed: the pictures' keys as they were read; see `keys`.
        testing: of the split "all", how many from the first on are held out.
        columns: numbers and words of each picture, from a table.
    """

    name: str
    split: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()
    attributes: Tensor | None = None
    attribute_names: tuple[str, ...] = ()
    attributes_known: Tensor | None = None
    keyed: Keys | None = None
    testing: int = 0
    columns: tuple[Kept, ...] = ()

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of every picture."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the pixels: shows whether a model was trained on exactly these pictures."""
        return hashlib.sha256(self.images.contiguous().numpy().data).hexdigest()

    @cached_property
    def keys(self) -> Keys:
        """Identifiers of the pictures that do not depend on their numbers."""
        if self.keyed is not None:
            return self.keyed
        return Keys(NumberedNames(f"{self.split}/", range(len(self))), hash_all(self.images.numpy()))

    @cached_property
    def all_columns(self) -> tuple[Kept, ...]:
        """The attributes and the columns of a table; of two with one name the attribute."""
        found: dict[str, Kept] = {}
        if self.attributes is not None:
            values = self.attributes.numpy()
            known = None if self.attributes_known is None else self.attributes_known.numpy()
            for place, name in enumerate(self.attribute_names):
                sure = None if known is None else known[:, place]
                found[name] = attribute(name, values[:, place], sure)
        return (*found.values(), *(column for column in self.columns if column.name not in found))

    def class_of(self, index: int) -> str:
        """The name of a picture's class, "" where it is unknown."""
        label = -1 if self.labels is None else int(self.labels[index])
        return "" if label < 0 else self.classes[label]

    def split_of(self, index: int) -> str:
        """The split that a picture belongs to: "test" or "train"."""
        return self.split if self.split != "all" else "test" if index < self.testing else "train"

    def those(self, which: Tensor) -> ImageSet:
        """The pictures selected by bool (N,), as a copy; itself if that is all."""
        if bool(which.all()):
            return self

        def some(of_all: Tensor | None) -> Tensor | None:
            return None if of_all is None else of_all[which]

        return replace(
            self,
            images=self.images[which],
            labels=some(self.labels),
            attributes=some(self.attributes),
            attributes_known=some(self.attributes_known),
            keyed=self.keys.some(which.nonzero().squeeze(1).numpy()),
            testing=int(which[: self.testing].sum()),
            columns=tuple(column.taken(which.numpy()) for column in self.columns),
        )

    def part(self, split: str, start: int, stop: int) -> ImageSet:
        """Pictures `start` to `stop` as a split of their own; nothing is copied."""

        def some(of_all: Tensor | None) -> Tensor | None:
            return None if of_all is None else of_all[start:stop]

        return replace(
            self,
            split=split,
            images=self.images[start:stop],
            labels=some(self.labels),
            attributes=some(self.attributes),
            attributes_known=some(self.attributes_known),
            keyed=None if self.keyed is None else self.keyed.part(start, stop),
            testing=max(0, min(stop, self.testing) - start),
            columns=tuple(column.taken(slice(start, stop)) for column in self.columns),
        )


def join(first: ImageSet, second: ImageSet) -> ImageSet:
    """Joins two splits as "all"; the numbers of the first one's pictures stay the same."""
    return replace(
        first,
        split="all",
        images=torch.cat([first.images, second.images]),
        labels=_both(first.labels, second.labels),
        attributes=_both(first.attributes, second.attributes),
        attributes_known=_both(first.attributes_known, second.attributes_known),
        keyed=join_keys(first.keys, second.keys),
        testing=len(first),
        columns=joined(first.columns, second.columns),
    )


def _both(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    return None if first is None or second is None else torch.cat([first, second])
