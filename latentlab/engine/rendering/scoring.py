"""Scores sets of pictures with the open model's critic, and measures how varied its samples are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator

import numpy as np
import torch
from torch import Tensor

from latentlab.core.manifolds import COVERAGE_K, Balls, cover
from latentlab.core.variety import mean_distance
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.inference.sampling import points_of
from latentlab.engine.rendering.criticising import critic_of, told
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.scores import (
    HistogramsReply,
    HistogramsRequest,
    VarietyReply,
    VarietyRequest,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.errors import LabError
from latentlab.models.base import Classifies, Conditional
from latentlab.models.critics import Scores

# The longest that a picture at the probe may have to wait.
_CHUNK, _SEED = 32, 0
# Pictures in a row, and the most classes that have a column each.
_ROW, _MOST_COLUMNS = 10, 20


@dataclasses.dataclass(frozen=True, eq=False)
class _Some:
    """Some pictures of the data: uint8 (N, C, H, W), their conditions (N, A), None without."""

    name: str
    images: Tensor
    y: Tensor | None


class ScoreSets(Server):
    """Serves `HistogramsRequest` and `VarietyRequest`.

    Args:
        in_hand: tells which model is open.
        step: tells the step of its training; None for another.
    """

    def __init__(self, in_hand: Callable[[], Opened], step: Callable[[], int | None]) -> None:
        self._in_hand, self._step = in_hand, step
        # Of the open model and data: pictures of each split, and the classifier, each read once.
        self._known: tuple[object, str, int] | None = None
        self._sets: tuple[_Some, ...] = ()
        self._classifier: object = None

    @handles(HistogramsRequest)
    def histograms(self, request: HistogramsRequest) -> Iterator[Reply | None]:
        """The spread of the scores of the training pictures, held-out ones, and made ones."""
        opened = self._in_hand()
        critic = critic_of(opened.drawing)
        yield from self._prepare(opened, request.count)
        # Of these weights: when all is counted the training has gone on.
        step = self._step()
        names, scores = [], []
        for some in self._sets:
            names.append(some.name)
            scores.append((yield from _scores_of(critic, opened, some)))
        made, y = yield from _made(opened, request.count, self._asked_as(request.count))
        names.append("made")
        scores.append((yield from _in_chunks(critic.scores, made, y)))
        scores = [told(one, critic.score_spec) for one in scores]
        low, high = _ends(scores, critic.score_spec.probability)
        yield HistogramsReply(
            generation=request.generation,
            low=low,
            high=high,
            names=tuple(names),
            shares=tuple(_shares(one, low, high, request.bins) for one in scores),
            means=tuple(float(one.mean()) for one in scores),
            counts=tuple(map(len, scores)),
            spec=critic.score_spec,
            step=step,
        )

    @handles(VarietyRequest)
    def variety(self, request: VarietyRequest) -> Iterator[Reply | None]:
        """Samples, always from the same z, and how varied they are."""
        opened = self._in_hand()
        yield from self._prepare(opened, request.count)
        real = self._sets[-1] if self._sets else None
        asked = self._asked_as(request.count)
        # Of these weights: when all is counted the training has gone on.
        step = self._step()
        made, y = yield from _made(opened, request.count, asked)
        groups = None if y is None or not _exclusive(opened) else y.argmax(1).cpu()
        ratio = float("nan")
        if real is not None:
            of_real = None if groups is None or real.y is None else real.y.argmax(1)
            apart = mean_distance(real.images.flatten(1).float() / 255.0, of_real)
            ratio = mean_distance(made.flatten(1).cpu(), groups) / max(apart, 1e-12)
        classes: tuple[str, ...] = ()
        counts: tuple[int, ...] = ()
        coverage: float | None = None
        if isinstance(self._classifier, Classifies) and self._classifier.exclusive:
            classifier, classes = self._classifier, self._classifier.class_names
            logits = yield from _in_chunks(lambda x, y: classifier.logits(x), made, None)
            counts = tuple(torch.bincount(logits.argmax(1), minlength=len(classes)).tolist())
            if real is not None and min(len(real.images), len(made)) > COVERAGE_K:
                features = yield from _in_chunks(lambda x, y: classifier.features(x), made, None)
                x = real.images.to(opened.device).float() / 255.0
                around = yield from _in_chunks(lambda x, y: classifier.features(x), x, None)
                coverage = float(cover(Balls.around(around), features).covered.float().mean())
        shown = min(request.shown, len(made))
        names = () if groups is None else self._class_names
        by_class = 0 < len(names) <= _MOST_COLUMNS
        yield VarietyReply(
            generation=request.generation,
            pictures=to_pictures(made[:shown].clone()),
            columns=len(names) if by_class else _ROW,
            ratio=ratio,
            classes=classes,
            counts=counts,
            asked=() if groups is None else tuple(names[one] for one in groups[:shown].tolist()),
            borrowed=y is not None and groups is None,
            coverage=coverage,
            step=step,
        )

    @property
    def _class_names(self) -> tuple[str, ...]:
        model = self._in_hand().loaded.model
        return tuple(model.condition_names) if isinstance(model, Conditional) else ()

    def _prepare(self, opened: Opened, count: int) -> Iterator[None]:
        """Reads pictures of both splits and the classifier, once."""
        known = (opened.loaded.model, opened.spec, count)
        if self._known is not None and self._known[1:] == known[1:] and self._known[0] is known[0]:
            return
        self._known, self._sets, self._classifier = None, (), None
        found = []
        for split, name in (("train", "train"), ("test", "held out")):
            data = _pictures_of(opened, split)
            if data is not None and len(data):
                found.append(_some_of(data, opened, name, count))
            yield None
        with torch.inference_mode(False):
            try:
                self._classifier = classifier_for(opened.spec, device=opened.device).model
            except LabError:
                self._classifier = None
        shape = getattr(opened.loaded.model, "picture_shape", None)
        if getattr(self._classifier, "picture_shape", shape) != shape:
            self._classifier = None
        yield None
        self._known, self._sets = known, tuple(found)

    def _asked_as(self, count: int) -> Tensor | None:
        """Conditions to make pictures under: each class in turn, or those of held-out pictures; None without
        conditions.
        """
        model = self._in_hand().loaded.model
        if not isinstance(model, Conditional) or not model.condition_names:
            return None
        names = len(model.condition_names)
        if model.exclusive:
            return torch.eye(names)[torch.arange(count) % names]
        rows = next((some.y for some in reversed(self._sets) if some.y is not None), None)
        if rows is None or not len(rows):
            return torch.zeros(count, names)
        return rows[torch.arange(count) % len(rows)]


def _exclusive(opened: Opened) -> bool:
    model = opened.loaded.model
    return isinstance(model, Conditional) and model.exclusive


def _pictures_of(opened: Opened, split: str) -> ImageSet | None:
    """A split of the open data; None where there is none."""
    if opened.data.split == split:
        return opened.data
    try:
        with torch.inference_mode(False):
            data = catalog.load(opened.spec, split)
    except LabError:
        return None
    return data if data.shape == opened.data.shape else None


def _some_of(data: ImageSet, opened: Opened, name: str, count: int) -> _Some:
    """So many pictures, spread over the data, with their conditions."""
    some = torch.linspace(0, len(data) - 1, min(count, len(data))).round().long()
    try:
        y = conditions_of(opened.loaded.model, data)
    except LabError:
        y = None
    return _Some(name, data.images[some], None if y is None else y[some])


def _made(
    opened: Opened, count: int, y: Tensor | None
) -> Generator[None, None, tuple[Tensor, Tensor | None]]:
    """Pictures from always the same z, (count, C, H, W) in [0, 1], and their conditions."""
    model = opened.drawing.model
    points = points_of(model, count, _SEED).to(opened.device)
    y = None if y is None else y.to(opened.device)
    return (yield from _in_chunks(model.picture_at, points, y, cpu=False)), y


def _scores_of(critic: Scores, opened: Opened, some: _Some) -> Generator[None, None, Tensor]:
    x = some.images.to(opened.device).float() / 255.0
    y = None if some.y is None else some.y.to(opened.device)
    return (yield from _in_chunks(critic.scores, x, y))


def _in_chunks(
    of: Callable[[Tensor, Tensor | None], Tensor], x: Tensor, y: Tensor | None, *, cpu: bool = True
) -> Generator[None, None, Tensor]:
    """A function of rows, in pieces; joined, float32."""
    parts = []
    for first in range(0, len(x), _CHUNK):
        some = slice(first, first + _CHUNK)
        part = of(x[some], None if y is None else y[some]).float()
        parts.append(part.cpu() if cpu else part)
        yield None
    return torch.cat(parts)


def _ends(scores: list[Tensor], probability: bool) -> tuple[float, float]:
    if probability:
        return 0.0, 1.0
    low, high = torch.cat(scores).aminmax()
    room = 0.02 * max(float(high - low), 1e-6)
    return float(low) - room, float(high) + room


def _shares(scores: Tensor, low: float, high: float, bins: int) -> tuple[float, ...]:
    counts, _ = np.histogram(np.clip(scores.numpy(), low, high), bins, (low, high))
    return tuple((counts / max(1, len(scores))).tolist())
