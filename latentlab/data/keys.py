"""Stable keys that identify pictures across changes of a data set.

A picture's number in a data set changes when another picture comes or goes. Its key does not: the path below
the data's root, and 64 bits of a hash of its pixels as they were decoded, before they were fitted to a side.
A renamed picture is found again by its pixels, an edited one by its path. Pixels count for more: the names of
pictures in an array are mere numbers, which are another picture's when one comes or goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

_DIGITS = 16


def hash_pixels(pixels: NDArray[np.generic]) -> int:
    """64 bits of the pixels (H, W) or (H, W, colours); grey gives the same hash in any number of colours."""
    if pixels.ndim == 3 and (pixels.shape[-1] == 1 or all_grey(pixels)):
        pixels = pixels[..., 0]
    # The same deep greys may be whole numbers in one file and floating point in another.
    pixels = pixels if pixels.dtype == np.uint8 else pixels.astype(np.float32)
    person = b"%dx%d" % (pixels.shape[1], pixels.shape[0])
    digest = hashlib.blake2b(pixels.tobytes(), digest_size=8, person=person).digest()
    return int.from_bytes(digest, "little")


def hash_all(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """`hash_pixels` of uint8 pictures (N, C, H, W)."""
    pictures: NDArray[np.uint8] = images[:, 0] if images.shape[1] == 1 else images.transpose(0, 2, 3, 1)
    return np.fromiter((hash_pixels(picture) for picture in pictures), np.uint64, len(images))


def all_grey(pixels: NDArray[np.generic]) -> bool:
    """Whether there is no colour in pixels (H, W, 3)."""
    # The middle row first: most colour pictures show it there, and need no full check.
    middle = pixels[len(pixels) // 2].tobytes()
    if pixels.dtype == np.uint8 and middle[0::3] != middle[1::3]:
        return False
    return bool((pixels[..., :1] == pixels).all())


class NumberedNames(Sequence[str]):
    """Names of pictures that have none, "train/00012", made on demand."""

    def __init__(self, prefix: str, numbers: range | NDArray[np.intp]) -> None:
        self.prefix, self.numbers = prefix, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> NumberedNames: ...
    def __getitem__(self, index: int | slice) -> str | NumberedNames:
        if isinstance(index, slice):
            return NumberedNames(self.prefix, self.numbers[index])
        return f"{self.prefix}{int(self.numbers[index]):05d}"

    def some(self, indices: NDArray[np.intp]) -> NumberedNames:
        """Some of them, in this order."""
        return NumberedNames(self.prefix, np.asarray(self.numbers)[indices])

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))


def these(names: Sequence[str], indices: NDArray[np.intp]) -> Sequence[str]:
    """These of them; numbered names stay so, and are made on demand."""
    if isinstance(names, NumberedNames):
        return names.some(indices)
    return tuple(names[index] for index in indices.tolist())


@dataclass(frozen=True, eq=False)
class Keys:
    """The keys of a data set's pictures, in order.

    Attributes:
        names: the path of each below the data's root, with "/" between.
        hashes: (N,) what `hash_pixels` says of each.
    """

    names: Sequence[str]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.hashes)

    def __getitem__(self, index: int) -> str:
        """One key as text: sixteen hexadecimal digits, a blank, and the path."""
        return f"{int(self.hashes[index]):0{_DIGITS}x} {self.names[index]}"

    def part(self, start: int, stop: int) -> Keys:
        return Keys(self.names[start:stop], self.hashes[start:stop])

    def some(self, indices: NDArray[np.intp]) -> Keys:
        """Some of them, in this order."""
        return Keys(these(self.names, indices), self.hashes[indices])

    def find(self, key: str) -> int | None:
        """The number of the picture with this key; None if it is not among these.

        An exact match; else the only one with the same pixels, which was renamed; else, where none has these
        pixels, the one with the same path, whose pixels were changed.
        """
        digits, _, name = key.partition(" ")
        same = self._by_hash.get(digits)
        if same is None:
            return self._by_name.get(name)
        exact = (number for number in same if self.names[number] == name)
        return next(exact, same[0] if len(same) == 1 else None)

    def find_all(self, keys: Iterable[str]) -> tuple[int, ...]:
        """The numbers of those that are found, each once, in the order of the keys."""
        found = (self.find(key) for key in keys)
        return tuple(dict.fromkeys(number for number in found if number is not None))

    def same_as(self, other: Keys) -> bool:
        """Whether these are the same pictures in the same order."""
        same = self is other or np.array_equal(self.hashes, other.hashes)
        return same and (self.names is other.names or list(self.names) == list(other.names))

    @cached_property
    def _by_hash(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, value in enumerate(self.hashes.tolist()):
            found.setdefault(f"{value:0{_DIGITS}x}", []).append(number)
        return found

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}


def join_keys(first: Keys, second: Keys) -> Keys:
    """Both, one after the other."""
    return Keys((*first.names, *second.names), np.concatenate([first.hashes, second.hashes]))
