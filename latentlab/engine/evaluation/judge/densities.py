"""How likely held-out pictures are to a model, by the model's own tag and measure.

    exact               where a model says log p(x) itself
    estimate            log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), K up to 500 as far as it is affordable
    bound               the same with K below 100, or what a model itself says
    binary pixels       of pictures binarised with a fixed seed: x_i = 1 with probability x_i
    bits a dimension    -log2 p(x) / (C H W), for bytes

A conditional model says log p(x|y); with the frequency of the condition in the training pictures it is a
bound that compares with the others: log p(x) >= log p(x|y) + log p(y).

The floor is a decoder that knows nothing of the picture: each pixel by its frequencies in the training
pictures, under the model's own likelihood. Continuous densities have none: how sharp they may be is up to
the model.

Source of the estimate: Burda, Grosse & Salakhutdinov, Importance Weighted Autoencoders (2016), eq. 8.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable

import torch
from torch import Tensor

from latentlab.core.judgement import Behind, Cell
from latentlab.core.likelihoods import Bernoulli, Categorical, Likelihood, Palette
from latentlab.core.measures import DensityTag
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, known_to
from latentlab.engine.evaluation.elbo import decode_chunk, has_elbo, log_likelihoods
from latentlab.engine.evaluation.judge.compared import SHOWN, mean
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.reference import spread
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.models.base import Denoises, HasLikelihood, HasPrior, TellsDensity

_PICTURES, _MOST_DRAWS, _LEAST_DRAWS = 1000, 500, 100
# So many outputs of a decoder are affordable: a minute or so.
_AFFORDABLE = 4 * 10**9
# Draws for each picture of a model that says a bound or an estimate itself.
_OWN_DRAWS = 16
_AT_ONCE, _COUNTED = 100, 500


def densities(loaded: LoadedModel, subject: Subject, seed: int) -> Generator[float, None, dict[str, Cell]]:
    """The cells of the axis; yields the share done."""
    model = loaded.model
    exact = isinstance(model, TellsDensity) and model.density_tag.how == "exact"
    weighs = has_elbo(model) and isinstance(model, HasPrior)
    if not (isinstance(model, TellsDensity) or weighs):
        return dict.fromkeys(("nats", "bits"), Cell(note=_why_none(model)))
    data = known_to(model, subject.test)
    if not len(data):
        note = "no held-out picture has the condition that it needs to be told"
        return dict.fromkeys(("nats", "bits"), Cell(note=note))
    numbers = torch.arange(len(data))
    if not exact:
        numbers = spread(numbers, _PICTURES)
    y = conditions_of(model, data)
    y = None if y is None else y[numbers]
    if exact or not weighs:
        assert isinstance(model, TellsDensity)
        tag, draws = model.density_tag, 1 if exact else _OWN_DRAWS
        x = as_measured(data.images[numbers], tag.measure, seed)
        nats = yield from _told(loaded, x, y, draws, seed)
        note = "" if exact else f"{draws} draws for each picture"
    else:
        assert isinstance(model, HasLikelihood)
        x = as_measured(data.images[numbers], model.likelihood.measure, seed)
        outputs = math.prod(model.likelihood.outputs_shape(model.picture_shape))
        draws = max(1, min(_MOST_DRAWS, _AFFORDABLE // (outputs * len(numbers))))
        tag = DensityTag("estimate" if draws >= _LEAST_DRAWS else "bound", model.likelihood.measure)
        nats = yield from _weighed(loaded, x, y, draws, seed)
        note = f"importance-weighted with K = {draws:,}, a lower bound on average"
    if y is not None:
        rows = conditions_of(model, known_to(model, subject.train))
        assert rows is not None
        nats = nats + log_frequency(rows, y)
        tag = DensityTag("bound", tag.measure)
        note = ", ".join(filter(None, (note, "log p(x|y) + log p(y) of each picture's own condition")))
    known = _known_numbers(model, subject.test)[numbers]
    worst = Behind(
        "held-out", tuple(known[nats.argsort()[:SHOWN]].tolist()), "the least likely held-out pictures"
    )
    floor = _floor(model, subject.train, x)
    return _cells(nats, tag, note, worst, floor, math.prod(data.shape))


def _cells(
    nats: Tensor, tag: DensityTag, note: str, behind: Behind, floor: Tensor | None, numbers: int
) -> dict[str, Cell]:
    """Of log p(x) (N,); `numbers` are those of a picture."""
    if not bool(torch.isfinite(nats).all()):
        return dict.fromkeys(("nats", "bits"), Cell(note="a picture has density 0: its log is not finite"))
    figure, under = mean(nats), None if floor is None else mean(floor)

    def cell(times: float) -> Cell:
        return Cell(
            times * figure.value,
            abs(times) * figure.error,
            len(nats),
            floor=None if under is None else times * under.value,
            floor_error=None if under is None else abs(times) * under.error,
            tag=tag,
            note=note,
            behind=behind,
        )

    if tag.measure != "bytes":
        return {"nats": cell(1.0), "bits": Cell(note="only densities of bytes are told in bits a dimension")}
    return {"nats": cell(1.0), "bits": cell(-1.0 / (math.log(2.0) * numbers))}


def as_measured(images: Tensor, measure: str, seed: int) -> Tensor:
    """Pictures as a measure takes them: of binary pixels, binarised with a fixed seed; uint8 in and out."""
    if measure != "binary":
        return images
    stream = torch.Generator().manual_seed(seed)
    return torch.bernoulli(images.float() / 255.0, generator=stream).to(torch.uint8) * 255


def log_frequency(rows: Tensor, y: Tensor) -> Tensor:
    """log p(y) of conditions (N, A), by how often each whole row occurs in rows (M, A), plus one."""
    kinds, counts = torch.cat([rows, y]).unique(dim=0, return_inverse=True)
    told = torch.bincount(counts[: len(rows)], minlength=len(kinds)) + 1
    return (told.double() / told.sum()).log()[counts[len(rows) :]]


@torch.no_grad()
def _told(
    loaded: LoadedModel, x: Tensor, y: Tensor | None, draws: int, seed: int
) -> Generator[float, None, Tensor]:
    """log p(x) as the model says it, float64 (N,)."""
    model = loaded.model
    assert isinstance(model, TellsDensity)
    device = next(model.parameters()).device
    generator, parts = torch.Generator(device).manual_seed(seed), []
    for first in range(0, len(x), _AT_ONCE):
        some = x[first : first + _AT_ONCE].to(device).float() / 255.0
        told = None if y is None else y[first : first + _AT_ONCE].to(device)
        with torch.no_grad():
            parts.append(model.log_density(some, generator, draws=draws, y=told).double().cpu())
        yield min(1.0, (first + _AT_ONCE) / len(x))
    return torch.cat(parts)


def _weighed(
    loaded: LoadedModel, x: Tensor, y: Tensor | None, draws: int, seed: int
) -> Generator[float, None, Tensor]:
    """The importance-weighted log p(x), float64 (N,)."""
    model = loaded.model
    assert isinstance(model, HasLikelihood)
    device = next(loaded.model.parameters()).device
    found: list[float] = []
    for number in range(len(x)):
        # A stream for each picture: what was measured of one does not depend on the others.
        generator = torch.Generator(device).manual_seed(seed + number)
        told = None if y is None else y[number : number + 1].to(device)
        with torch.no_grad():
            one = x[number : number + 1].to(device)
            [(value, _)] = log_likelihoods(loaded.model, one, told, draws, generator, decode_chunk(model))
        found.append(value)
        if number % 10 == 9:
            yield (number + 1) / len(x)
    return torch.tensor(found, dtype=torch.float64)


def _floor(model: object, train: ImageSet, x: Tensor) -> Tensor | None:
    """log p(x) under a decoder that knows nothing of the picture, (N,); None for continuous densities."""
    if not isinstance(model, HasLikelihood):
        return None
    outputs = blind_outputs(model.likelihood, train.images)
    if outputs is None:
        return None
    pieces = [model.likelihood.log_prob(outputs, some.float() / 255.0) for some in x.split(_AT_ONCE)]
    return torch.cat(pieces).double()


@torch.no_grad()
def blind_outputs(likelihood: Likelihood, images: Tensor) -> Tensor | None:
    """The outputs of a decoder that tells each pixel's frequencies in uint8 pictures (M, C, H, W); None for a
    likelihood of continuous pixels.

    Each value counts once more than it occurs, so that none is impossible.
    """
    if isinstance(likelihood, Bernoulli):
        p = (images.double().sum(0) / 255.0 + 1.0) / (len(images) + 2.0)
        return torch.logit(p).float()
    some = images.split(_COUNTED)
    if isinstance(likelihood, Palette):
        colours = (likelihood.numbers(likelihood.seen(one.float() / 255.0)) for one in some)
        return _log_shares(colours, len(likelihood.colours))
    if isinstance(likelihood, Categorical):
        levels = ((one.float() / 255.0 * (likelihood.levels - 1)).round().long() for one in some)
        return _log_shares(levels, likelihood.levels).flatten(0, 1)
    return None


def _log_shares(numbers: Iterable[Tensor], kinds: int) -> Tensor:
    """log of the share of each number at each place; int64 (n, ...) for some at a time -> (kinds, ...)."""
    counts: Tensor | None = None
    for some in numbers:
        counts = torch.ones(kinds, *some.shape[1:]) if counts is None else counts
        counts.scatter_add_(0, some, torch.ones(some.shape))
    assert counts is not None
    return (counts / counts.sum(0)).log()


def _known_numbers(model: object, data: ImageSet) -> Tensor:
    """The numbers in the split of the pictures that a conditional model can be told the condition of."""
    numbered = ImageSet(
        data.name, data.split, torch.arange(len(data)).view(-1, 1, 1, 1), data.labels, data.classes,
        data.attributes, data.attribute_names, data.attributes_known,
    )  # fmt: skip
    return known_to(model, numbered).images.flatten()


def _why_none(model: object) -> str:
    if isinstance(model, Denoises):
        return "a diffusion model of this kind does not say how likely a picture is"
    if isinstance(model, HasLikelihood):
        return "without a prior over codes, no picture has a density"
    return "it does not say how likely a picture is"
