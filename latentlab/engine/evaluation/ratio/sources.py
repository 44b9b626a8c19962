"""The two sets of pictures of a density ratio: a split of some data, or samples of a model.

    mnist            the held-out pictures; mnist:test is the same
    mnist:train      the pictures that models learn from; mnist:all is both
    /home/me/cats    data of one's own, with options after "::" as everywhere, such as cats::side=32:train
    mnist-vae-2d     samples of a model that ships, or of a file

Samples are drawn as the judge draws them, and kept and found again where it keeps them. Two models that are
known as a Gaussian or a mixture of Gaussians are drawn as numbers, without cutting them to bytes: then both
densities are known, and with them the true log ratio.
"""

from __future__ import annotations

import math
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from latentlab.core.mixture import Mixture
from latentlab.core.principal import Principal
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.evaluation.judge.drawing import drawn, draws, samples_of
from latentlab.engine.evaluation.judge.run import VERSION
from latentlab.engine.evaluation.judge.store import Store
from latentlab.engine.evaluation.judge.subject import Subject, open_subject
from latentlab.engine.evaluation.ratio.events import SideKind
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.files.model_catalog import recorded_data_of
from latentlab.errors import LabError
from latentlab.models.base import HasEigenpictures, conditional
from latentlab.models.components import HasComponents
from latentlab.shipped import model_files

_SPLIT = re.compile(r"^(.*[^:]):(train|test|all)$", re.DOTALL)
_SUFFIX = ".safetensors"
# Whose density is known, and can be drawn from.
Known = Principal | Mixture
_AT_ONCE = 500


@dataclass(frozen=True, eq=False)
class Source:
    """A set of pictures before any is chosen or drawn; made by `open_source`.

    Attributes:
        spec, name, kind: see `latentlab.engine.evaluation.ratio.events.Side`.
        data: the pictures to choose from; None for a model.
        loaded: the model; None for data.
    """

    spec: str
    name: str
    kind: SideKind
    data: ImageSet | None = None
    loaded: LoadedModel | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of its pictures."""
        if self.data is not None:
            return self.data.shape
        assert self.loaded is not None
        shape: tuple[int, int, int] = getattr(self.loaded.model, "picture_shape")  # noqa: B009
        return shape

    @property
    def known(self) -> Known | None:
        """The Gaussian or the mixture of Gaussians that it is, if it is one."""
        model: object = None if self.loaded is None else self.loaded.model
        if isinstance(model, HasEigenpictures):
            return model.eigenpictures()
        return model.as_mixture() if isinstance(model, HasComponents) else None


def is_model(spec: str) -> bool:
    """Whether a text means a model, not data."""
    return spec in model_files() or spec.lower().endswith(_SUFFIX)


def parted(spec: str) -> tuple[str, str]:
    """The data and the split in "mnist:train"; the split is "test" where none is named."""
    found = _SPLIT.match(spec)
    return (found[1], found[2]) if found else (spec, "test")


def open_source(spec: str, device: torch.device | str = "cpu") -> Source:
    """Opens a model or reads data.

    Raises:
        LabError: naming what cannot be opened, or a model that makes no pictures.
    """
    if is_model(spec):
        loaded = load_model(spec, device)
        if not draws(loaded.model):
            raise LabError("makes no pictures that could be compared", loaded.path)
        return Source(spec, f"samples of {Path(loaded.name).stem}", "model", loaded=loaded)
    data, split = parted(spec)
    pictures = catalog.load(data, split)
    return Source(spec, f"{pictures.name}, {split}", "data", pictures)


def require_pair(a: Source, b: Source) -> None:
    """Refuses two sources that do not compare.

    Raises:
        LabError: saying why.
    """
    if a.shape != b.shape:
        one, other = size_in_words(a.shape), size_in_words(b.shape)
        raise LabError(f"{a.name} are pictures {one}, {b.name} {other}: a ratio takes two sets of one size")
    if a.kind == b.kind == "data":
        (one, of_one), (other, of_other) = parted(a.spec), parted(b.spec)
        if one == other and (of_one == of_other or "all" in (of_one, of_other)):
            raise LabError(f"{a.name} and {b.name} are, or share, the same pictures")
    if a.loaded is not None and b.loaded is not None and a.loaded.hash == b.loaded.hash:
        raise LabError(f"{a.name} and {b.name} are samples of the same model")


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pictures of a source: uint8, or float where both densities are known; and the number of each."""

    pictures: Tensor
    numbers: Tensor


def subject_for(a: Source, b: Source) -> Subject | None:
    """The data that say which conditions samples are drawn under, and where they are kept.

    Those of a side that is data, else what a model was trained on; None where that cannot be found, and no
    model needs it.

    Raises:
        LabError: if a model needs it.
    """
    models = [one.loaded for one in (a, b) if one.loaded is not None]
    if not models:
        return None
    told = [parted(one.spec)[0] for one in (a, b) if one.data is not None]
    error = LabError("the data that its conditions are taken from are not known", models[0].path)
    for spec in (*told, *(recorded_data_of(str(model.path)) for model in models)):
        try:
            found = open_subject(spec) if spec else None
        except LabError as refused:
            error = refused
            continue
        if found is not None and found.train.shape == a.shape:
            return found
    if any(conditional(model.model) is not None for model in models):
        raise error
    return None


def chosen(
    source: Source, count: int, seed: int, subject: Subject | None, store: Path | None, *, exact: bool
) -> Generator[float, None, Chosen]:
    """`count` pictures of a source; yields the share done.

    Args:
        exact: draw from the known density itself, as numbers, and not as a picture is shown.
        store: as for `latentlab.engine.evaluation.judge.run.judge`.
    """
    numbers = torch.arange(count)
    if source.data is not None:
        stream = torch.Generator().manual_seed(seed)
        numbers = torch.randperm(len(source.data), generator=stream)[:count]
        return Chosen(source.data.images[numbers], numbers)
    loaded, known = source.loaded, source.known
    assert loaded is not None
    if exact and known is not None:
        return Chosen(exact_draws(known, count, seed).view(-1, *source.shape), numbers)
    if subject is not None:
        kept = Store.of(store, subject.train.name, VERSION, subject.fingerprint, count, seed)
        samples = yield from drawn(loaded, subject, count, seed, kept)
        return Chosen(samples.pictures, numbers)
    parts: list[Tensor] = []
    for some in samples_of(loaded, None, range(count), seed):
        parts.append(some)
        yield sum(map(len, parts)) / count
    return Chosen(torch.cat(parts), numbers)


def exact_draws(known: Known, count: int, seed: int) -> Tensor:
    """Of a known density, float32 (count, D): not cut to [0, 1], so that log p(x) is its density."""
    if isinstance(known, Principal):
        return gaussian_draws(known, count, seed)
    device = known.weights.device
    drawn, _ = known.draw(count, torch.Generator(device).manual_seed(seed))
    return drawn.float().cpu()


def log_density(known: Known, x: Tensor) -> Tensor:
    """log p(x) of rows (N, D), in nats, float64 (N,) on the CPU."""
    like = known.mean if isinstance(known, Principal) else known.weights
    parts = [known.log_density(some.to(like.device, like.dtype)) for some in x.split(_AT_ONCE)]
    return torch.cat(parts).double().cpu()


def gaussian_draws(known: Principal, count: int, seed: int) -> Tensor:
    """x ~ N(mu, C), float32 (count, D): not cut to [0, 1], so that log p(x) is its density."""
    stream = torch.Generator().manual_seed(seed)
    mean, rows, variances = (one.cpu().double() for one in (known.mean, known.rows, known.variances))
    around = torch.randn(count, known.numbers, generator=stream, dtype=torch.float64)
    along = torch.randn(count, len(variances), generator=stream, dtype=torch.float64)
    # Of the noise in all directions only what lies outside of the components.
    outside = around - around @ rows.T @ rows
    return (mean + math.sqrt(known.rest) * outside + (along * variances.sqrt()) @ rows).float()
