"""What encodings tell: linear probes with few and many labels, reconstructions, active units.

    probe            a logistic regression on the means of q(z|x), from 100, 1,000 and all labels of the
                     training pictures: its accuracy on held-out ones, of few labels the mean over several
                     choices of them
    reconstruction   root mean square error of held-out pictures decoded from those means
    active units     the z_j with Var_x( E_q[z_j] ) > 0.01 (Burda et al., 2016, section 5.1)

Floors: the same probe on 64 principal components of the pixels; as many principal components of the training
pictures, which is the best that a linear encoding can do for the squared error.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping

import torch
from torch import Tensor

from latentlab.core.elbo_surgery import ACTIVE
from latentlab.core.judgement import Behind
from latentlab.core.logistic import Linear, fit_in_rounds
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional, known_of
from latentlab.engine.evaluation.judge.compared import NOTHING_BEHIND, SHOWN, Figure
from latentlab.engine.evaluation.judge.spaces import COMPONENTS, principal_components
from latentlab.engine.evaluation.judge.store import Store
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.models.base import Decodes, Encodes, conditional

# Labels of a probe, and how many choices of so many are averaged over; 0 for all labels.
LABELS: Mapping[str, tuple[int, int]] = {"probe_100": (100, 5), "probe_1000": (1000, 3), "probe_all": (0, 1)}
_AT_ONCE = 500


def targets(data: ImageSet) -> tuple[Tensor, int, bool] | None:
    """What a probe predicts: (classes (N,) or attributes (N, A), how many there are, whether classes)."""
    if data.labels is not None and len(data.classes) > 1:
        return data.labels, len(data.classes), True
    if data.attributes is not None and data.attribute_names:
        return data.attributes, len(data.attribute_names), False
    return None


def _usable(data: ImageSet) -> Tensor:
    """Which pictures have all their targets known, int64 (n,)."""
    if data.labels is not None and len(data.classes) > 1:
        return (data.labels >= 0).nonzero().squeeze(1)
    if data.attributes_known is not None:
        return data.attributes_known.all(1).nonzero().squeeze(1)
    return torch.arange(len(data))


def probe(
    name: str, train: Tensor, test: Tensor, subject: Subject, seed: int
) -> Generator[float, None, tuple[Figure, int]]:
    """The accuracy of a probe on points of all training and held-out pictures, (M, F) and (N, F), and how
    many held-out pictures it is of; yields the share done.
    """
    labels, choices = LABELS[name]
    wanted, held = targets(subject.train), targets(subject.test)
    assert wanted is not None
    assert held is not None
    y, names, exclusive = wanted
    usable, asked = _usable(subject.train), _usable(subject.test)
    stream, accuracies, right = (
        torch.Generator().manual_seed(seed),
        [],
        torch.zeros(len(asked), dtype=torch.float64),
    )
    for choice in range(choices):
        chosen = usable[torch.randperm(len(usable), generator=stream)[: labels or None]]
        fitted: Linear | float = 0.0
        for fitted in fit_in_rounds(train[chosen].double(), y[chosen], names, exclusive=exclusive):
            if isinstance(fitted, float):
                yield (choice + fitted) / choices
        assert isinstance(fitted, Linear)
        some = fitted.right(test[asked].double(), held[0][asked])
        accuracies.append(float(some.mean()))
        right += some / choices
    of_pictures = float(right.std()) / math.sqrt(len(right))
    of_choices = float(torch.tensor(accuracies).std()) / math.sqrt(choices) if choices > 1 else 0.0
    missed = right.argsort(stable=True)[:SHOWN]
    missed = missed[right[missed] < 1.0]
    behind = Behind("held-out", tuple(asked[missed].tolist()), "held-out pictures that the probe gets wrong")
    return Figure(float(right.mean()), math.hypot(of_pictures, of_choices), behind), len(asked)


def why_no_probe(subject: Subject, model: object, labels: int) -> str:
    """Why there is no probe; "" if there is."""
    if not isinstance(model, Encodes):
        return "it does not encode pictures"
    if encoder_is_conditional(model):
        return "its encoder is told the condition, which the probe would only read back"
    if targets(subject.train) is None or targets(subject.test) is None:
        return f"{subject.train.name} has neither classes nor attributes"
    if len(_usable(subject.train)) < max(2, labels) or not len(_usable(subject.test)):
        return f"{subject.train.name} has fewer training pictures with labels than that"
    return ""


def encoded(loaded: LoadedModel, data: ImageSet) -> Generator[float, None, Tensor]:
    """The means of q(z|x) of all pictures, float32 (N, D); yields the share done."""
    model, parts = loaded.model, []
    assert isinstance(model, Encodes)
    device = next(loaded.model.parameters()).device
    for some in data.images.split(_AT_ONCE):
        with torch.inference_mode():
            parts.append(model.encode(some.to(device).float() / 255.0).mean.float().cpu())
        yield sum(map(len, parts)) / len(data)
    return torch.cat(parts)


def reconstruction(loaded: LoadedModel, subject: Subject) -> Generator[float, None, tuple[Figure, int, int]]:
    """Of held-out pictures: the error, the active units, and how many pictures; yields the share done."""
    model = loaded.model
    assert isinstance(model, Encodes)
    told = conditional(model)
    data = subject.test if told is None else known_of(told.condition_names, told.exclusive, subject.test)
    y, means, errors = conditions_of(model, data), [], []
    device = next(loaded.model.parameters()).device
    for first in range(0, len(data), _AT_ONCE):
        x = data.images[first : first + _AT_ONCE].to(device).float() / 255.0
        some = None if y is None else y[first : first + _AT_ONCE].to(device)
        with torch.inference_mode():
            z = model.encode(x, some if encoder_is_conditional(model) else None).mean
            means.append(z.float().cpu())
            if isinstance(model, Decodes):
                apart = model.picture_at(z, some).float() - x
                errors.append(apart.square().flatten(1).mean(1).double().cpu())
        yield min(1.0, (first + _AT_ONCE) / len(data))
    active = int((torch.cat(means).var(0, correction=0) > ACTIVE).sum())
    if not errors:
        return Figure(math.nan, math.nan), active, len(data)
    numbers = torch.arange(len(data)) if len(data) == len(subject.test) else None
    return root_mean(torch.cat(errors), numbers), active, len(data)


def rebuilt_by_components(
    subject: Subject, count: int, store: Store
) -> Generator[float, None, Figure | None]:
    """The error of held-out pictures rebuilt from `count` principal components; None for too many."""
    mean, components = yield from principal_components(subject, store)
    if count > len(components):
        return None
    some, errors = components[:count], []
    for pictures in subject.test.images.split(_AT_ONCE):
        centred = pictures.flatten(1).float() / 255.0 - mean
        rebuilt = ((centred @ some.T) @ some + mean).clamp(0.0, 1.0) - mean
        errors.append((rebuilt - centred).square().mean(1).double())
    return root_mean(torch.cat(errors), None)


def root_mean(squares: Tensor, numbers: Tensor | None) -> Figure:
    """The root of the mean of squared errors (N,), whose standard error is half that of the mean over it."""
    figure = float(squares.mean().sqrt())
    error = float(squares.std()) / math.sqrt(len(squares)) / (2.0 * figure) if figure > 0.0 else 0.0
    behind = NOTHING_BEHIND
    if numbers is not None:
        worst = numbers[squares.argsort(descending=True)[:SHOWN]]
        behind = Behind("reconstructions", tuple(worst.tolist()), "the worst reconstructions")
    return Figure(figure, error, behind)


def component_probe(name: str, subject: Subject, store: Store, seed: int) -> Generator[float, None, Figure]:
    """The floor of a probe: the same on the principal components that are the space "pixels"."""
    mean, components = yield from principal_components(subject, store)
    train, test = (
        torch.cat([_projected(some, mean, components) for some in data.images.split(_AT_ONCE)])
        for data in (subject.train, subject.test)
    )
    figure, _ = yield from probe(name, train, test, subject, seed)
    return figure


def _projected(pictures: Tensor, mean: Tensor, components: Tensor) -> Tensor:
    return (pictures.flatten(1).float() / 255.0 - mean) @ components[:COMPONENTS].T
