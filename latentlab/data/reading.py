"""From a source that has been understood to pixels in one tensor, a picture at a time.

Only one full-sized picture is in memory at once. Each goes straight to its place, held-out ones first, so
that "test", "train" and "all" are views of the same memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.decoding import quiet
from latentlab.data.fitting import choose_side, fit, is_grey, planes
from latentlab.data.limits import LARGEST_SIDE, MAX_PICTURES
from latentlab.data.source import ArrayPictures, Found, PictureError
from latentlab.data.spec import ReadingOptions
from latentlab.data.splits import arrange, drawn

Tick = Callable[[int, int], None]
_TICK_EVERY = 50
_SAMPLE = 64


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read.

    Attributes:
        images: uint8 (N, C, side, side).
        origin: which picture of the source each one is.
        held_out: how many, from the first on, are for testing.
    """

    images: NDArray[np.uint8]
    origin: NDArray[np.intp]
    held_out: int


@dataclass(frozen=True)
class Sample:
    """What some of the pictures are like: (width, height) of each, and whether all are grey."""

    sizes: list[tuple[int, int]]
    grey: bool

    def side(self, options: ReadingOptions) -> int:
        """The side that all pictures will have."""
        return choose_side(self.sizes, options) if self.sizes else options.side or LARGEST_SIDE


def sample(found: Found) -> Sample:
    """A look at pictures spread evenly over the source, one after the other."""
    sizes, grey = [], True
    for index in spread(len(found.pictures), _SAMPLE):
        try:
            image = found.pictures.image(index, LARGEST_SIDE)
        except PictureError:
            continue
        sizes.append(image.size)
        grey = grey and is_grey(image.resize((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.NEAREST))
        del image
    return Sample(sizes, grey)


def spread(available: int, count: int) -> list[int]:
    """Up to `count` indices, spread evenly."""
    return (
        sorted({i * available // count for i in range(count)}) if available > count else [*range(available)]
    )


def read(found: Found, options: ReadingOptions, tick: Tick | None) -> Reading:
    """All pictures that can be read; the book says which cannot. There may be none.

    Args:
        found: the source.
        options: how its pictures become alike.
        tick: told now and then how many are done of how many; what it raises ends the reading.
    """
    count = len(found.pictures)
    chosen = drawn(count)
    if chosen is None:
        chosen = np.arange(count)
    else:
        found.book.note(f"Of its {count:,} pictures, {MAX_PICTURES:,} were drawn, the same ones every time")
    held_out = None if found.held_out is None else found.held_out[chosen]
    order, testing = arrange(len(chosen), held_out, sorted_by_class=found.sorted_by_class)
    origin = chosen[order]
    images, fine = pixels(found, origin, options, tick)
    if not fine.all():
        testing, origin = int(fine[:testing].sum()), origin[fine]
        images = _close_gaps(images, fine)
    if tick is not None:
        tick(len(order), len(order))
    side, colour = images.shape[2], "grey" if images.shape[1] == 1 else "in colour"
    found.book.note(f"Each picture is now {side} x {side}, {colour}")
    # Whatever was skipped, neither part may be empty.
    return Reading(images, origin, min(max(1, testing), len(origin) - 1))


def pixels(
    found: Found, origin: NDArray[np.intp], options: ReadingOptions, tick: Tick | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """These pictures of a source as (N, C, side, side), and which of them could be read."""
    with quiet():
        first = sample(found)
        side = first.side(options)
        images = _at_once(found, origin, side, options)
        if images is not None:
            return images, np.ones(len(images), dtype=bool)
        grey = options.colour == "grey" or (options.colour is None and first.grey)
        canvas = _Canvas(len(origin), side, grey, fixed=options.colour is not None)
        fine = _one_by_one(found, origin, canvas, options, tick)
        return canvas.array, fine


def _at_once(
    found: Found, origin: NDArray[np.intp], side: int, options: ReadingOptions
) -> NDArray[np.uint8] | None:
    """Pictures that are an array already and stay as they are, as (N, C, H, W); None if they are not."""
    if not isinstance(found.pictures, ArrayPictures):
        return None
    array = found.pictures.array
    if array.shape[1:3] != (side, side):
        return None
    grey = array.ndim == 3 or (options.colour is None and bool((array[..., :1] == array).all()))
    if options.colour is not None and options.colour != ("grey" if grey else "rgb"):
        return None
    if not np.array_equal(origin, np.arange(len(array))):
        array = array[origin]
    if grey:
        return np.ascontiguousarray(array if array.ndim == 3 else array[..., 0])[:, None]
    return np.ascontiguousarray(array.transpose(0, 3, 1, 2))


class _Canvas:
    """The tensor that pictures are put into; it begins grey, and widens when one has colours."""

    def __init__(self, count: int, side: int, grey: bool, *, fixed: bool) -> None:
        self.side, self.grey, self._fixed = side, grey, fixed
        self.array = np.empty((count, 1 if grey else 3, side, side), np.uint8)

    def put(self, place: int, image: Image.Image) -> None:
        if self.grey and not self._fixed and not is_grey(image):
            self.array, self.grey = np.repeat(self.array, 3, axis=1), False
        self.array[place] = planes(image, self.grey)


def _one_by_one(
    found: Found, origin: NDArray[np.intp], canvas: _Canvas, options: ReadingOptions, tick: Tick | None
) -> NDArray[np.bool_]:
    """Fills the canvas, in the source's order, for discs and archives like that best; says which are fine."""
    fine = np.zeros(len(origin), dtype=bool)
    for done, place in enumerate(np.argsort(origin)):
        index = int(origin[place])
        if tick is not None and done % _TICK_EVERY == 0:
            tick(done, len(origin))
        try:
            image = found.pictures.image(index, canvas.side)
        except PictureError as reason:
            found.book.skip(found.pictures.name(index), str(reason))
            continue
        canvas.put(int(place), fit(image, canvas.side, options.fit))
        fine[place] = True
        # Or it would stay until the next one is decoded.
        del image
    return fine


def _close_gaps(images: NDArray[np.uint8], fine: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The fine ones, moved together in place: a copy would take the memory twice."""
    for place, source in enumerate(np.flatnonzero(fine)):
        if place != source:
            images[place] = images[source]
    return images[: int(fine.sum())]
