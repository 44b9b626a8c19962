"""Evaluates the samples of a diffusion model with a named classifier.

    distance   Fréchet distance between the classifier's features of N samples and of all training pictures
    floor      the same of N held-out pictures in place of the samples: what real pictures reach. N is alike,
               for the figure falls with N (see `latentlab.core.frechet`)
    as asked   the share of samples that the classifier assigns to their condition, which is drawn
               for each as it occurs in the training pictures
    nearest    root mean square of the differences to the nearest training picture, on a scale of 0 to 1: were
               samples copies, they would lie nearer than held-out pictures do

Samples are judged as bytes, as real pictures are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.attributes.conditional_sampling import ConditionFrequencies, conditions_as_asked
from latentlab.engine.attributes.conditions import conditions_of, require_known
from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.engine.diffusion.runner import Diffusion
from latentlab.engine.evaluation.nearest import Nearest, nearest
from latentlab.engine.evaluation.reference import Reference, spread
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.errors import LabError
from latentlab.models.base import Denoises, conditional

Progress = Callable[[float], None]
# The nearest training pictures are computed for this many samples.
_LOOKED_UP = 1000
# Pictures drawn at once: nobody waits for the first, and it is a sixth faster than a tape's pieces.
_PIECE = 64
# The approximate share of sampling in the time.
_SAMPLING = 0.95


@dataclass(frozen=True)
class DenoiserEvaluation:
    """Figures of a diffusion model's samples.

    Attributes:
        pictures: how many samples were drawn.
        frechet_distance, frechet_floor: of samples, and of held-out pictures, against the training pictures.
        frechet_pictures: how many of each.
        train_pictures: how many training pictures they are compared with.
        as_asked: the share of samples that match their whole condition, `left_out` aside; None for a model
            without conditions.
        as_asked_each: of each class the share of its samples, of each attribute the share of all samples.
        classifier_accuracy, classifier_accuracy_each: the same of held-out pictures, for comparison.
        nearest, nearest_held_out: of `nearest_pictures` samples, and of held-out pictures.
    """

    pictures: int
    sampler: str
    steps: int
    eta: float
    guidance: float
    seed: int
    classifier: str
    classifier_hash: str
    frechet_distance: float
    frechet_floor: float
    frechet_pictures: int
    train_pictures: int
    as_asked: float | None
    as_asked_each: Mapping[str, float]
    left_out: tuple[str, ...]
    classifier_accuracy: float
    classifier_accuracy_each: Mapping[str, float]
    nearest: Nearest
    nearest_held_out: Nearest
    nearest_pictures: int

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, ready for JSON."""
        return dataclasses.asdict(self)


def evaluate_denoiser(
    model: nn.Module,
    classifier: LoadedModel,
    train: ImageSet,
    test: ImageSet,
    *,
    pictures: int = 10_000,
    sampler: str = "ddim",
    steps: int = 50,
    eta: float = 0.0,
    guidance: float = 1.0,
    left_out: tuple[str, ...] = (),
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> DenoiserEvaluation:
    """Draws samples and evaluates them, both on the devices of the models.

    Args:
        model: one that `Denoises`.
        classifier: one that `Classifies` pictures of the same shape, and knows all the model's conditions.
        train: what the model learnt from; `test`: held-out pictures.
        left_out: attributes that do not count when all are asked for at once.
        progress: is called with the share of the work done, 0 to 1.

    Same seed, same samples.

    Raises:
        LabError: if the models and data do not belong together, or the sampler cannot do as asked.
    """
    check_denoiser(model, train)
    reference = Reference.of(classifier, train, test)
    reference.check(model, left_out)
    if pictures < 2:
        raise LabError("at least 2 pictures are needed")
    y = told_as_in(model, train, pictures, seed)
    sampler_settings = SamplerSettings(
        sampler=sampler, steps=steps, eta=eta, guidance=guidance, seed=seed,
        conditions=() if y is None else tuple(map(tuple, y.tolist())),
    )  # fmt: skip
    samples = []
    for some in sampled(model, sampler_settings, pictures):
        samples.append(some)
        progress(_SAMPLING * sum(map(len, samples)) / pictures)
    x = torch.cat(samples)
    compared = min(pictures, len(test))
    every, each = (None, {}) if y is None else reference.as_asked(x, model, y, left_out)
    right, right_each = reference.accuracy()
    looked_up = min(_LOOKED_UP, compared)
    result = DenoiserEvaluation(
        pictures=pictures,
        sampler=sampler,
        steps=steps,
        eta=eta,
        guidance=guidance,
        seed=seed,
        classifier=classifier.name,
        classifier_hash=classifier.hash,
        frechet_distance=reference.distance(x[:compared]),
        frechet_floor=reference.floor(compared),
        frechet_pictures=compared,
        train_pictures=len(train),
        as_asked=every,
        as_asked_each=each,
        left_out=left_out,
        classifier_accuracy=right,
        classifier_accuracy_each=right_each,
        nearest=nearest(x[:looked_up], train.images),
        nearest_held_out=nearest(spread(test.images, looked_up), train.images),
        nearest_pictures=looked_up,
    )
    progress(1.0)
    return result


def check_denoiser(model: object, data: ImageSet) -> None:
    """Refuses a model that does not denoise pictures of these data's shape.

    Raises:
        LabError: if it does not.
    """
    if not isinstance(model, Denoises):
        raise LabError(f"a {type(model).__name__} does not denoise")
    if data.shape != model.picture_shape:
        raise LabError(
            f"the pictures of {data.name} are {size_in_words(data.shape)}, "
            f"the model's {size_in_words(model.picture_shape)}"
        )


def told_as_in(model: object, data: ImageSet, count: int, seed: int) -> Tensor | None:
    """The conditions of `count` samples, (count, A), each that of a picture of the data; None for a model
    without.
    """
    if conditional(model) is None:
        return None
    rows = conditions_of(model, require_known(model, data))
    assert rows is not None
    return conditions_as_asked(model, {}, count, ConditionFrequencies(rows, rows.mean(0), data.name), seed).y


def sampled(
    model: nn.Module, sampler_settings: SamplerSettings, count: int, first: int = 0
) -> Iterator[Tensor]:
    """`count` samples from number `first` on, some at a time, uint8 (n, C, H, W); picture i does not depend
    on how many there are.
    """
    diffusion = Diffusion(model)
    diffusion.piece = max(_PIECE, diffusion.piece)
    for some in diffusion.sample(sampler_settings, count, first):
        if len(some):
            yield torch.from_numpy(some)
