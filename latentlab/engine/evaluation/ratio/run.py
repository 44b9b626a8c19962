"""Estimates a density ratio in pieces: a generator of events that can be stopped between any two.

Both sets are dealt into two halves at random. A classifier that has learnt from one half tells the ratio of
the pictures in the other, so that each picture has a ratio by a classifier that has not seen it. How sure it
may be (beta calibration) is found in the same way: that half is dealt into two parts, and the ratios of one
are calibrated by those of the other.

Samples of two models are made from the same z where they have as many latents, for they are those that the
judge keeps. So picture i of A and picture i of B, which may look alike, are always in one half: else a
classifier that has learnt one by heart, as of its own set, would take the other for that set, and two models
that make much the same pictures would be told apart the wrong way round.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from latentlab.core import density_ratio as core
from latentlab.core.directions import auc
from latentlab.engine.evaluation.ratio.classifier import fit
from latentlab.engine.evaluation.ratio.events import (
    CurvePoint,
    RatioDone,
    RatioEvent,
    RatioProgress,
    RatioResult,
    Scaling,
    Side,
    Truth,
)
from latentlab.engine.evaluation.ratio.sources import (
    Chosen,
    Source,
    chosen,
    log_density,
    open_source,
    require_pair,
    subject_for,
)
from latentlab.engine.inference.device import choose_device
from latentlab.errors import LabError

# Pictures of each set, unless asked otherwise: as many as the judge draws, so that samples are found again.
PICTURES = 2000
# Fewer tell nothing of a classifier.
FEWEST = 40
_HALVES, _AT_ONCE = 2, 500
# Shares of the work, about.
_DRAWING = 0.4
Result = TypeVar("Result")


def ratio(
    a: str,
    b: str,
    *,
    pictures: int = PICTURES,
    seed: int = 0,
    store: Path | None = None,
    device: str = "cpu",
) -> Generator[RatioEvent, None, None]:
    """Estimates log p_A / p_B of every picture of two sets: `RatioProgress` until `RatioDone`.

    Args:
        a, b: models (shipped names, or files) or data, such as "mnist:train"; see
            `latentlab.engine.evaluation.ratio.sources`.
        pictures: N of each set; fewer where a set has fewer.
        seed: of the choice, the draws and the training.
        store: the folder that samples are kept in; None: a folder in this user's cache.
        device: where the models and the classifiers compute.

    Raises:
        LabError: for a set that cannot be opened, two that do not compare, or too few pictures.
    """
    where = choose_device(device)
    yield RatioProgress(0.0, "Opening both sets")
    one = open_source(a, where)
    yield RatioProgress(0.0, "Opening both sets")
    other = open_source(b, where)
    require_pair(one, other)
    count = min([pictures, *(len(source.data) for source in (one, other) if source.data is not None)])
    if count < FEWEST:
        raise LabError(f"{count} pictures of each set are too few to tell a ratio", hint=f"It takes {FEWEST}")
    subject = subject_for(one, other)
    exact = one.known is not None and other.known is not None
    whole = sum(source.kind == "model" for source in (one, other))
    drawing = _DRAWING * (whole > 0)
    sides, done = list[Chosen](), 0.0
    for place, source in enumerate((one, other)):
        share = drawing / whole if source.kind == "model" else 0.0
        words = f"Drawing {source.name}" if source.kind == "model" else f"Choosing from {source.name}"
        # Known densities are drawn from by streams of their own; other samples are those that are kept.
        work = chosen(source, count, seed + place * exact, subject, store, exact=exact)
        sides.append((yield from _told(work, done, share, words)))
        done += share
    yield RatioDone((yield from _compared((one, other), sides, seed, where, done)))


def _told(
    work: Generator[float, None, Result], done: float, share: float, words: str
) -> Generator[RatioEvent, None, Result]:
    """The same work, which yields events in place of its own share."""
    while True:
        try:
            now = next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        yield RatioProgress(min(1.0, done + share * now), words)


def _compared(
    sources: tuple[Source, Source], sides: Sequence[Chosen], seed: int, where: torch.device, done: float
) -> Generator[RatioEvent, None, RatioResult]:
    """Trains a classifier on each half and tells the ratios of the other."""
    x = torch.cat([side.pictures for side in sides])
    count = len(sides[0].pictures)
    is_a, half = torch.arange(len(x)) < count, _halves(count, seed)
    f, scaled, scalings = torch.zeros(len(x)), torch.zeros(len(x)), list[Scaling]()
    share = (1.0 - done) / _HALVES
    for number in range(_HALVES):
        learnt, told = (half != number).nonzero().flatten(), (half == number).nonzero().flatten()
        words = f"Training classifier {number + 1} of {_HALVES}"
        fitted = yield from _told(
            fit(x[learnt], is_a[learnt], seed + number, where), done + number * share, share, words
        )
        for some in told.split(_AT_ONCE):
            f[some] = fitted(x[some])
            yield RatioProgress(done + (number + 1.0) * share, words)
        scaled[told], found = _calibrated(f[told], is_a[told])
        scalings += found
    # Of each classifier by itself: two need not agree on where nothing is known. Scaling does not change it.
    each = [(f[half == number], is_a[half == number]) for number in range(_HALVES)]
    # Of a mean of two that were found from different pictures.
    error = math.hypot(*(core.auc_error(*some) for some in each)) / _HALVES
    told_apart = sum(auc(*some) for some in each) / _HALVES, error
    return _result(sources, sides, scaled, scalings, told_apart, seed)


def _calibrated(f: Tensor, is_a: Tensor) -> tuple[Tensor, list[Scaling]]:
    """f scaled (N,), and both scalings: that of every second picture is found from the others."""
    second, found, scalings = torch.zeros(len(f), dtype=torch.bool), f.clone(), list[Scaling]()
    for some in (is_a.nonzero().flatten(), (~is_a).nonzero().flatten()):
        second[some[1::2]] = True
    for mine in (second, ~second):
        calibration = core.calibration(f[~mine], is_a[~mine])
        found[mine] = calibration(f[mine])
        scalings.append(Scaling(calibration.low, calibration.high, calibration.offset))
    return found, scalings


def _halves(count: int, seed: int) -> Tensor:
    """Which half each of 2 x `count` pictures is in, 0 or 1: of both sets those of the same numbers."""
    stream = torch.Generator().manual_seed(seed)
    return (torch.randperm(count, generator=stream) % _HALVES).repeat(2)


def _result(
    sources: tuple[Source, Source],
    sides: Sequence[Chosen],
    f: Tensor,
    scalings: Sequence[Scaling],
    told_apart: tuple[float, float],
    seed: int,
) -> RatioResult:
    count = len(sides[0].pictures)
    is_a = torch.arange(len(f)) < count
    curve = core.reliability(f, is_a)
    one, other = (
        Side(
            source.spec,
            source.name,
            source.kind,
            _as_bytes(side.pictures),
            side.numbers.numpy(),
            some.float().numpy(),
        )
        for source, side, some in zip(sources, sides, f.split(count), strict=True)
    )
    return RatioResult(
        a=one,
        b=other,
        seed=seed,
        auc=told_apart[0],
        auc_error=told_apart[1],
        jensen_shannon=core.jensen_shannon_bound(f, is_a),
        calibration_error=core.calibration_error(curve),
        by_chance=core.calibration_error_by_chance(curve),
        curve=tuple(CurvePoint(one.said, one.found, one.count) for one in curve),
        scalings=tuple(scalings),
        levels=core.QUANTILES,
        quantiles_a=core.quantiles(f[:count]),
        quantiles_b=core.quantiles(f[count:]),
        truth=_truth(sources, sides, f),
    )


def _truth(sources: tuple[Source, Source], sides: Sequence[Chosen], f: Tensor) -> Truth | None:
    """The true log ratios, where both sets are drawn from known densities as they are."""
    one, other = sources[0].known, sources[1].known
    if one is None or other is None:
        return None
    x = torch.cat([side.pictures for side in sides]).flatten(1)
    known = log_density(one, x) - log_density(other, x)
    found = core.correlation(f, known)
    return Truth(known.float().numpy(), None if np.isnan(found) else found)


def _as_bytes(x: Tensor) -> np.typing.NDArray[np.uint8]:
    if x.dtype == torch.uint8:
        return x.numpy()
    bytes_of: np.typing.NDArray[np.uint8] = (x * 255.0).round().clamp(0.0, 255.0).to(torch.uint8).numpy()
    return bytes_of
