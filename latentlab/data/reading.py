"""Reads a source into one tensor, a picture at a time.

Only one full-sized picture is in memory at once. Held-out ones are put first, so that "test", "train" and
"all" are views of the same memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.keys import Keys, NumberedNames, all_grey, hash_all, hash_pixels, these
from latentlab.data.limits import LARGEST_SIDE, MAX_PICTURES
from latentlab.data.pictures.decoding import further_frames, quiet
from latentlab.data.pictures.fitting import choose_side, fit, fit_deep, is_grey
from latentlab.data.pictures.white import Deep, Largest, levels_in_blocks, why_no_levels
from latentlab.data.report import some_shown
from latentlab.data.source import ArrayPictures, Found, PictureError, Pictures
from latentlab.data.spec import ReadingOptions
from latentlab.data.splits import arrange, arrange_by_count, drawn
from latentlab.data.stopping import require_wanted

Tick = Callable[[int, int], None]
_TICK_EVERY = 50
_SAMPLE = 64
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Reading:
    """The result of reading.

    Attributes:
        images: uint8 (N, C, side, side), held-out ones first.
        origin: which picture of the source each one is.
        keys: the pictures' keys; None where they are made on demand.
        held_out: how many, from the first on, are for testing.
    """

    images: NDArray[np.uint8]
    origin: NDArray[np.intp]
    keys: Keys | None
    held_out: int


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pixels, uint8 (N, C, side, side); which could be read; a hash of each, None: that of these pixels."""

    images: NDArray[np.uint8]
    fine: NDArray[np.bool_]
    hashes: NDArray[np.uint64] | None


@dataclass(frozen=True)
class Sample:
    """Properties of some of the pictures: (width, height) of each, whether all are grey, the deep ones."""

    sizes: list[tuple[int, int]]
    grey: bool
    largest: Largest

    def side(self, options: ReadingOptions) -> int:
        """The side that all pictures will have."""
        return choose_side(self.sizes, options) if self.sizes else options.side or LARGEST_SIDE


def sample(found: Found) -> Sample:
    """Looks at pictures spread evenly over the source, one after the other."""
    sizes, grey, largest = [], True, Largest()
    for index in spread(len(found.pictures), _SAMPLE):
        try:
            image = found.pictures.image(index, LARGEST_SIDE)
        except PictureError:
            continue
        sizes.append(image.size)
        if isinstance(image, Deep):
            largest.see(image)
            grey = grey and image.grey
        else:
            grey = grey and is_grey(image.resize((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.NEAREST))
        del image
    return Sample(sizes, grey, largest)


def spread(available: int, count: int) -> list[int]:
    """Up to `count` indices, spread evenly."""
    return (
        sorted({i * available // count for i in range(count)}) if available > count else [*range(available)]
    )


def read(found: Found, options: ReadingOptions, tick: Tick | None) -> Reading:
    """Reads all readable pictures; the book records the others. There may be none.

    Args:
        found: the source.
        options: how pictures are fitted.
        tick: told now and then how many are done of how many; what it raises ends the reading.
    """
    count = len(found.pictures)
    names = _names(found.pictures)
    chosen = drawn(names)
    if chosen is None:
        chosen = np.arange(count)
    else:
        found.book.note(f"Of its {count:,} pictures, {MAX_PICTURES:,} were drawn, the same ones every time")
    decoded = pixels(found, chosen, options, tick)
    fine = decoded.fine
    images = decoded.images if fine.all() else _close_gaps(decoded.images, fine)
    origin, names = chosen[fine], these(names, chosen[fine])
    hashes = None if decoded.hashes is None else decoded.hashes[fine]
    if options.dealt == "count":
        # All that were to be read, and those that could be: the split before there were keys.
        held_out = None if found.held_out is None else found.held_out[chosen]
        order, testing = arrange_by_count(len(chosen), held_out, sorted_by_class=found.sorted_by_class)
        testing = int(fine[order[:testing]].sum())
        order = (np.cumsum(fine) - 1)[order[fine[order]]]
    else:
        held_out = None if found.held_out is None else found.held_out[origin]
        hashes = hash_all(images) if hashes is None else hashes
        order, testing = arrange(hashes, names, held_out, sorted_by_class=found.sorted_by_class)
    _put_in_order(images, order)
    if tick is not None:
        tick(len(chosen), len(chosen))
    (side, across), colour = images.shape[2:], "grey" if images.shape[1] == 1 else "in colour"
    found.book.note(f"Each picture is now {across} x {side}, {colour}")
    keys = None if hashes is None else Keys(these(names, order), hashes[order])
    # Whatever was skipped, neither part may be empty.
    return Reading(images, origin[order], keys, min(max(1, testing), len(origin) - 1))


def _names(pictures: Pictures) -> Sequence[str]:
    """The name of each picture, in normal form (NFC)."""
    if isinstance(pictures, ArrayPictures) and isinstance(pictures.names, NumberedNames):
        return pictures.names
    return tuple(normalize("NFC", pictures.name(index)) for index in range(len(pictures)))


def pixels(
    found: Found, chosen: NDArray[np.intp], options: ReadingOptions, tick: Tick | None = None
) -> Decoded:
    """These pictures of a source, ascending, in the source's own order."""
    with quiet():
        first = sample(found)
        side = first.side(options)
        at_once = _at_once(found, chosen, side, options)
        if at_once is not None:
            return at_once
        grey = options.colour == "grey" or (options.colour is None and first.grey)
        canvas = _Canvas(len(chosen), side, _across(side, options), grey, fixed=options.colour is not None)
        fine, hashes = _one_by_one(found, chosen, canvas, options, tick)
        return Decoded(canvas.array, fine, hashes)


def _at_once(found: Found, chosen: NDArray[np.intp], side: int, options: ReadingOptions) -> Decoded | None:
    """Pictures that are an array already and need no fitting; None if they do."""
    if not isinstance(found.pictures, ArrayPictures):
        return None
    array = found.pictures.array
    if array.shape[1:3] != (side, _across(side, options)):
        return None
    grey = array.ndim == 3 or (options.colour is None and bool((array[..., :1] == array).all()))
    if options.colour is not None and options.colour != ("grey" if grey else "rgb"):
        return None
    fine, hashes = np.ones(len(chosen), dtype=bool), None
    if array.dtype == np.uint8:
        # A copy even of all: it is reordered in place, and the source's array must stay.
        some = array[chosen]
    else:
        deep = array if len(chosen) == len(array) else array[chosen]
        some, fine, hashes = _levels(deep, found, chosen, options)
    require_wanted()
    if grey:
        images = np.ascontiguousarray(some if some.ndim == 3 else some[..., 0])[:, None]
    else:
        images = np.ascontiguousarray(some.transpose(0, 3, 1, 2))
    return Decoded(images, fine, hashes)


def _levels(
    deep: NDArray[Any], found: Found, chosen: NDArray[np.intp], options: ReadingOptions
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.uint64]]:
    """Converts pictures of more than 8 bits to 8; which are readable, and the hashes of their own levels."""
    fine, hashes = np.ones(len(deep), dtype=bool), np.zeros(len(deep), dtype=np.uint64)
    largest = Largest()
    for place, values in enumerate(deep):
        require_wanted()
        reason = why_no_levels(values)
        if reason is None:
            # Not of the levels in 8 bits: these depend on the other pictures' white level.
            hashes[place] = hash_pixels(values)
            largest.see(Deep(values))
        else:
            fine[place] = False
            found.book.skip(found.pictures.name(int(chosen[place])), reason)
    if not largest:
        return np.zeros(deep.shape, np.uint8), fine, hashes
    largest.tell(found.book, options.white)
    return levels_in_blocks(deep, largest.white(Deep(deep), options.white)), fine, hashes


def _across(side: int, options: ReadingOptions) -> int:
    """The width of all pictures: of a pair, that of both."""
    return 2 * side if options.fit == "pairs" else side


class _Canvas:
    """The tensor that pictures are put into; it starts grey, and widens at the first colour picture."""

    def __init__(self, count: int, side: int, across: int, grey: bool, *, fixed: bool) -> None:
        self.side, self.grey, self._fixed = side, grey, fixed
        self.array = np.empty((count, 1 if grey else 3, side, across), np.uint8)

    def put(self, place: int, pixels: NDArray[np.uint8]) -> None:
        """Pixels (side, across) or (side, across, 3)."""
        if self.grey and not self._fixed and pixels.ndim == 3 and not all_grey(pixels):
            self.array, self.grey = np.repeat(self.array, 3, axis=1), False
        if pixels.ndim == 3 and self.grey:
            self.array[place, 0] = np.asarray(Image.fromarray(pixels).convert("L"))
        else:
            self.array[place] = pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _one_by_one(
    found: Found, chosen: NDArray[np.intp], canvas: _Canvas, options: ReadingOptions, tick: Tick | None
) -> tuple[NDArray[np.bool_], NDArray[np.uint64]]:
    """Fills the canvas, in the source's order, which is faster on disks; returns which are readable, and
    their hashes.
    """
    fine = np.zeros(len(chosen), dtype=bool)
    hashes = np.zeros(len(chosen), dtype=np.uint64)
    largest, waiting = Largest(), dict[int, Deep]()
    further: list[tuple[str, int]] = []
    for place, index in enumerate(chosen.tolist()):
        if tick is not None and place % _TICK_EVERY == 0:
            tick(place, len(chosen))
        require_wanted()
        try:
            # A fixed amount, whatever the side: the hash must not depend on how pictures are fitted.
            image = found.pictures.image(index, LARGEST_SIDE)
        except PictureError as reason:
            found.book.skip(found.pictures.name(index), str(reason))
            continue
        if frames := further_frames(image):
            further.append((found.pictures.name(index), frames))
        if isinstance(image, Deep):
            hashes[place] = hash_pixels(image.values)
            largest.see(image)
            waiting[place] = fit_deep(image, canvas.side, options.fit)
        else:
            # Once, because it copies: most pictures of a data set have the side already.
            pixels = _pixels_of(image)
            hashes[place] = hash_pixels(pixels)
            try:
                fitted = fit(image, canvas.side, options.fit)
            except PictureError as reason:
                found.book.skip(found.pictures.name(index), str(reason))
                continue
            canvas.put(place, pixels if fitted is image else np.asarray(fitted))
            # Otherwise they would stay in memory until the next one is decoded.
            del pixels, fitted
        fine[place] = True
        del image
    # Only now is the white level of all of them known.
    for place, deep in waiting.items():
        canvas.put(place, np.asarray(deep.plain(largest.white(deep, options.white))))
    largest.tell(found.book, options.white)
    if further:
        found.book.note(_further_in_words(further))
    return fine, hashes


def _pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """Like `np.asarray`, for mode "L" or "RGB", without its overhead."""
    width, height = image.size
    pixels = np.frombuffer(image.tobytes(), np.uint8)
    return pixels.reshape((height, width) if image.mode == "L" else (height, width, 3))


def _further_in_words(further: list[tuple[str, int]]) -> str:
    """A note such as "2 pictures hold 7 further pages or frames, which are not read: a.tif, b.gif"."""
    count = sum(frames for _, frames in further)
    holds = "1 picture holds" if len(further) == 1 else f"{len(further):,} pictures hold"
    pages = (
        "1 further page or frame, which is" if count == 1 else f"{count:,} further pages or frames, which are"
    )
    return f"{holds} {pages} not read: {some_shown([name for name, _ in further], _NAMED)}"


def _close_gaps(images: NDArray[np.uint8], fine: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Moves the readable ones together in place: a copy would double the memory."""
    for place, source in enumerate(np.flatnonzero(fine)):
        if place != source:
            images[place] = images[source]
    return images[: int(fine.sum())]


def _put_in_order(images: NDArray[np.uint8], order: NDArray[np.intp]) -> None:
    """`images[order]` in place, a cycle of the permutation at a time: a copy would double the memory."""
    done = np.zeros(len(order), dtype=bool)
    for start in range(len(order)):
        if done[start] or order[start] == start:
            continue
        held, place = images[start].copy(), start
        while (source := int(order[place])) != start:
            images[place] = images[source]
            done[place] = True
            place = source
        images[place] = held
        done[place] = True
