"""The three feature spaces that samples are compared in, with what real pictures are like there.

    features    of a classifier: what is seen in a picture; blind to what does not matter for its classes
    untrained   a convolutional network with random weights: texture and form, knowing nothing of the data
    pixels      the first 64 principal components of the training pictures

None is good for everything, and a model may look well in one of them: hence three. The second and third are
scaled so that the training pictures have a mean variance of 1 a dimension.

Source of the second: Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models (2020),
section 4.1: a randomly initialised network serves where a trained one does not know the pictures.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.frechet import Moments, moments
from latentlab.core.judgement import Space
from latentlab.core.manifolds import Balls
from latentlab.engine.evaluation.judge.store import OF_DATA, Store
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.reference import spread
from latentlab.models.base import Classifies

COMPONENTS = 64
# Of the principal components so many are kept: they are what reconstructions are compared with.
MOST_COMPONENTS = 256
_AT_ONCE = 500
_SEED = 20200219
# Makes points (B, F) of pictures (B, C, H, W) in [0, 1].
Embed = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Reference:
    """A space, and the training pictures in it.

    Attributes:
        embed: makes points of pictures, before scaling.
        scale: what they are multiplied by.
        train: the moments of all training pictures.
        real: N of them, spread over all, and their balls.
        numbers: which those are.
        device: where `embed` computes.
    """

    embed: Embed = field(repr=False)
    scale: float
    train: Moments
    real: Balls
    numbers: Tensor
    device: torch.device

    @torch.inference_mode()
    def points(self, pictures: Tensor) -> Generator[float, None, Tensor]:
        """Points (N, F) of uint8 pictures, some at a time: yields the share done."""
        parts = []
        for some in pictures.split(_AT_ONCE):
            parts.append(_points(self.embed, some, self.device) * self.scale)
            yield sum(map(len, parts)) / len(pictures)
        return torch.cat(parts)


def reference(subject: Subject, space: Space, count: int, store: Store) -> Generator[float, None, Reference]:
    """The training pictures in a space, of which `count` are kept as points; yields the share done."""
    embed, device = yield from _embedding(subject, space, store)
    name = f"space-{space}"
    kept = store.tensors(OF_DATA, name)
    if kept is None:
        parts = []
        for some in subject.train.images.split(_AT_ONCE):
            parts.append(_points(embed, some, device))
            yield sum(map(len, parts)) / len(subject.train)
        points = torch.cat(parts)
        scale = 1.0 if space == "features" else 1.0 / math.sqrt(max(1e-12, float(points.var(0).mean())))
        points = points * scale
        told = moments(points)
        found: Mapping[str, Tensor] = {
            "mean": told.mean, "covariance": told.covariance, "real": spread(points, count),
            "scale": torch.tensor(scale, dtype=torch.float64),
        }  # fmt: skip
        store.keep_tensors(OF_DATA, name, found, 0.0)
    else:
        found = kept[0]
    numbers = spread(torch.arange(len(subject.train)), count)
    train = Moments(found["mean"], found["covariance"])
    yield 1.0
    return Reference(embed, float(found["scale"]), train, Balls.around(found["real"]), numbers, device)


def _points(embed: Embed, pictures: Tensor, device: torch.device) -> Tensor:
    with torch.inference_mode():
        return embed(pictures.to(device).float() / 255.0).float().cpu()


def _embedding(
    subject: Subject, space: Space, store: Store
) -> Generator[float, None, tuple[Embed, torch.device]]:
    here = torch.device("cpu")
    if space == "features":
        assert subject.classifier is not None
        assert isinstance(subject.classifier.model, Classifies)
        return subject.classifier.model.features, next(subject.classifier.model.parameters()).device
    if space == "untrained":
        return untrained(subject.train.shape[0]), here
    mean, components = yield from principal_components(subject, store)
    return functools.partial(_projected, mean, components[:COMPONENTS]), here


def _projected(mean: Tensor, components: Tensor, x: Tensor) -> Tensor:
    return (x.flatten(1) - mean) @ components.T


def untrained(channels: int) -> nn.Module:
    """A convolutional network with fixed random weights: (B, C, H, W) in [0, 1] -> (B, 64).

    Three layers with ReLU, and the means of the quarters of 16 maps.
    """
    stream = torch.Generator().manual_seed(_SEED)
    layers: list[nn.Module] = []
    for into, out, stride in ((channels, 32, 2), (32, 64, 2), (64, 16, 1)):
        with torch.random.fork_rng(devices=[]):
            layer = nn.Conv2d(into, out, 3, stride, padding=1, bias=False)
        with torch.no_grad():
            layer.weight.copy_(
                torch.randn(layer.weight.shape, generator=stream) * math.sqrt(2.0 / (9 * into))
            )
        layers += [layer, nn.ReLU()]
    return _Centred(nn.Sequential(*layers)).eval().requires_grad_(False)


class _Centred(nn.Module):
    """Features of pictures whose grey is 0."""

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, x: Tensor) -> Tensor:
        return functional.adaptive_avg_pool2d(self.layers(2.0 * x - 1.0), 2).flatten(1)


def principal_components(subject: Subject, store: Store) -> Generator[float, None, tuple[Tensor, Tensor]]:
    """Mean (P,) and components (K, P) of the training pictures, K at most 256, the largest variance first."""
    kept = store.tensors(OF_DATA, "components")
    if kept is None:
        mean, covariance = yield from _covariance(subject.train.images)
        vectors = torch.linalg.eigh(covariance).eigenvectors.flip(1).T[:MOST_COMPONENTS]
        kept = {"mean": mean.float(), "components": vectors.float()}, 0.0
        store.keep_tensors(OF_DATA, "components", *kept)
    return kept[0]["mean"], kept[0]["components"]


def _covariance(images: Tensor) -> Generator[float, None, tuple[Tensor, Tensor]]:
    size = math.prod(images.shape[1:])
    total, products = torch.zeros(size, dtype=torch.float64), torch.zeros(size, size, dtype=torch.float64)
    for number, some in enumerate(_rows(images), 1):
        total += some.sum(0)
        products.addmm_(some.T, some)
        yield number * _AT_ONCE / (len(images) + _AT_ONCE)
    mean = total / len(images)
    return mean, products / len(images) - torch.outer(mean, mean)


def _rows(images: Tensor) -> Iterator[Tensor]:
    for some in images.split(_AT_ONCE):
        yield some.flatten(1).double() / 255.0
