"""Saves and loads models: one `.safetensors` file each, with its card as JSON in the header.

The card holds the kind and config of the model, its training data, command and measured figures. See
`latentlab.engine.files.tensor_file` for how such a file is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.engine.files.tensor_file import (
    read_tensors,
    require_fields,
    require_finite,
    short,
    write_tensors,
)
from latentlab.errors import LabError
from latentlab.models.base import (
    Classifies,
    Decodes,
    Denoises,
    Encodes,
    HasLikelihood,
    Scores,
    Translates,
    prior_of,
)
from latentlab.models.mixture_prior import MixturePrior, shapes_of, size_of
from latentlab.models.priors import is_standard
from latentlab.models.registry import build, expected_shapes
from latentlab.models.with_prior import PART, fitted_prior_of, with_prior
from latentlab.shipped import model_files
from latentlab.version import __version__

FORMAT = 1
_KEY = "latentlab"
# The types that weights may be stored as.
Shapes = Mapping[str, tuple[int, ...]]
_NARROWER = {torch.float32: (torch.float16,)}


@dataclass(frozen=True)
class ModelCard:
    """The description of a model in its file.

    Attributes:
        kind: a name in `latentlab.models.registry.KINDS`.
        config: the fields of that kind's config.
        data: name, split, pictures and SHA-256 of what it was trained on.
        metrics: figures measured at the end of the training.
        command: the command line that trains it again.
        version: the LatentLab that wrote it.
        format: the version of this layout.
        prior: the family and the size of a prior that was fitted to the model's codes, of which model and to
            what; empty for the prior that models of the kind have by themselves, or none.
    """

    kind: str
    config: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    version: str = __version__
    format: int = FORMAT
    prior: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Its fields as they are written."""
        fields = dataclasses.asdict(self)
        return fields if self.prior else {name: fields[name] for name in fields if name != "prior"}


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory, in eval mode, with its card, its name and a hash of its file."""

    name: str
    model: nn.Module
    card: ModelCard
    path: Path
    hash: str


def save_model(
    path: str | Path, model: nn.Module, card: ModelCard, *, overwrite: bool = True, half: bool = False
) -> Path:
    """Writes a model and its card atomically.

    `half` writes 16 bits a weight (IEEE half precision, 11 of them significant): half the size, and figures
    that differ in the fourth digit. In memory the weights are 32-bit again. Double precision is kept.

    Raises:
        LabError: if the file cannot be written, or a weight is not a finite number, or too large for 16 bits.
    """
    tensors = dict(model.state_dict())
    if half:
        # Those of a fitted prior are few, and the roots of covariances lose too much.
        kept = f"{PART}."
        tensors = {
            name: t.half() if t.dtype == torch.float32 and not name.startswith(kept) else t
            for name, t in tensors.items()
        }
    require_finite(tensors, Path(path))
    return write_tensors(path, tensors, _KEY, card.as_dict(), overwrite=overwrite)


def find_model(name_or_path: str | Path) -> Path:
    """The file of a shipped model by name, or the path itself.

    Raises:
        LabError: if neither exists, listing the shipped names.
    """
    shipped = model_files()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    try:
        path = Path(name_or_path).expanduser()
        exists = path.exists()
    except (OSError, RuntimeError) as error:  # too long a name, no access, ~ of an unknown user
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be looked up ({reason})", short(name_or_path)) from None
    if not exists:
        known = ", ".join(shipped) or "none"
        raise LabError(f"no model or file is called {str(name_or_path)!r}", hint=f"Shipped: {known}")
    return path


def load_model(name_or_path: str | Path, device: str | torch.device = "cpu") -> LoadedModel:
    """A shipped model by name, or any model file by path.

    Raises:
        LabError: naming the file and what is wrong with it; nothing is allocated for a false config.
    """
    path = find_model(name_or_path)
    found = read_tensors(path, _KEY, FORMAT, check=_check)
    try:
        card = _card(found.card)
        with torch.random.fork_rng(devices=[]):  # initial weights are drawn, only to be replaced
            model = build(card.kind, card.config)
        if card.prior:
            model = with_prior(model, MixturePrior(*size_of(card.prior)))
        _fill(model, found.tensors)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    require_finite(found.tensors, path)
    if (prior := fitted_prior_of(model)) is not None:
        try:
            prior.check()
        except LabError as error:
            raise LabError(error.what, path, "Fit the prior again: latentlab prior") from None
    if not _computes(model.eval()):
        raise LabError(
            "its weights are too large: its outputs are not finite",
            path,
            "Download the file again, or train the model again with a lower learning rate",
        )
    return LoadedModel(path.stem, model.to(device), card, path, found.hash)


@torch.no_grad()
def _computes(model: nn.Module) -> bool:
    """Whether the model's outputs for some noise and some points are finite: weights may be too large."""
    stream = torch.Generator().manual_seed(0)
    if isinstance(model, Decodes):
        points = _some_points(model, stream)
        # The likelihood's parameters, where there is one: clipping to [0, 1] may hide a NaN in the picture.
        found = model.decode(points) if isinstance(model, HasLikelihood) else model.picture_at(points)
        if not bool(torch.isfinite(found).all()):
            return False
    if isinstance(model, Encodes) and isinstance(model, Decodes):
        posterior = model.encode(torch.rand(2, *model.picture_shape, generator=stream))
        # A point mass has a log variance of -inf.
        if not bool(torch.isfinite(posterior.mean).all()) or bool(posterior.log_variance.isnan().any()):
            return False
    if isinstance(model, Scores) and isinstance(model, Decodes):
        x = torch.cat([model.picture_at(points), torch.rand(2, *model.picture_shape, generator=stream)])
        if not bool(torch.isfinite(model.scores(x)).all()):
            return False
    if isinstance(model, Denoises):
        x = torch.randn(1, *model.picture_shape, generator=stream)
        return bool(torch.isfinite(model.denoise(x, (model.schedule.steps + 1) // 2).x_0).all())
    if isinstance(model, Classifies):
        x = torch.rand(2, *model.picture_shape, generator=stream)
        return bool(torch.isfinite(model.logits(x)).all())
    if isinstance(model, Translates):
        source = model.source_of(torch.rand(1, *model.picture_shape, generator=stream))
        return bool(torch.isfinite(model.translate(source)).all())
    return True


def _some_points(model: Decodes, stream: torch.Generator) -> Tensor:
    """The origin, where N(0, I) is densest, and four draws of it; five draws of any other prior; (5, D)."""
    prior = prior_of(model)
    if is_standard(prior):
        return torch.cat([torch.zeros(1, model.latents), torch.randn(4, model.latents, generator=stream)])
    return prior.draw(5, stream)


def _check(fields: Mapping[str, Any], shapes: Shapes) -> None:
    """Refuses a file whose tensors do not match its card.

    Compared before a tensor is read or a model made: a small file cannot claim much memory by its config, nor
    a large one by tensors that are not used.
    """
    card = _card(fields)
    expected = expected_shapes(card.kind, card.config)
    if card.prior:
        expected |= {f"{PART}.{name}": shape for name, shape in shapes_of(card.prior).items()}
    _require_shapes(expected, shapes)


def _card(fields: Mapping[str, Any]) -> ModelCard:
    wanted = {"kind": str, "config": dict, "data": dict, "metrics": dict, "command": str}
    require_fields(fields, wanted)
    if "prior" in fields:
        require_fields(fields, {"prior": dict})
    return ModelCard(
        **{name: fields[name] for name in (*wanted, "format")},
        version=str(fields.get("version", "")),
        prior=fields.get("prior", {}),
    )


def _require_shapes(shapes: Mapping[str, tuple[int, ...]], tensors: Shapes) -> None:
    """Refuses shapes of tensors unless they are exactly those that a model needs."""
    missing = sorted(shapes.keys() - tensors.keys())
    if missing:
        listed = ", ".join(f"{name} {shapes[name]}" for name in missing[:8])
        raise LabError(f"{len(missing)} of its tensors are missing: {listed}")
    unknown = sorted(tensors.keys() - shapes.keys())
    if unknown:
        listed = ", ".join(map(short, unknown[:8]))
        raise LabError(f"{len(unknown)} tensors belong to no part of the model: {listed}")
    for name, shape in shapes.items():
        if tensors[name] != shape:
            raise LabError(f"tensor {name} has shape {short(tensors[name])}, the config asks for {shape}")


def _fill(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copies the tensors into the model."""
    for name, weight in model.state_dict().items():
        found = tensors[name]
        if found.dtype not in (weight.dtype, *_NARROWER.get(weight.dtype, ())):
            raise LabError(f"tensor {name} is {found.dtype}, expected {weight.dtype}")
        with torch.no_grad():
            weight.copy_(found)


def empty_model(kind: str, config: Mapping[str, Any]) -> nn.Module:
    """A model of this kind and config in evaluation mode, still without its trained weights."""
    with torch.random.fork_rng(devices=[]):
        return build(kind, config).eval()


def copy_without_prior(loaded: LoadedModel) -> nn.Module:
    """A copy of a model in memory as its kind makes it, without a fitted prior; on the same device."""
    model = empty_model(loaded.card.kind, loaded.card.config)
    tensors = loaded.model.state_dict()
    with torch.no_grad():
        for name, weight in model.state_dict().items():
            weight.copy_(tensors[name])
    return model.to(next(loaded.model.parameters()).device)
