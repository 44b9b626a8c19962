"""The kinds of model there are. A new kind is one line in `KINDS`."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from latentlab.errors import LabError
from latentlab.models.ae.model import AE, AEConfig
from latentlab.models.base import parse_config
from latentlab.models.classifier.model import Classifier, ClassifierConfig
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.vae.model import VAE, VAEConfig

MAX_PARAMETERS = 200_000_000


@dataclass(frozen=True)
class ModelKind:
    """A kind of model: its name in files and commands, its title for people, how to make one."""

    name: str
    title: str
    config: type[Any]
    build: Callable[[Any], nn.Module]


KINDS = {
    kind.name: kind
    for kind in (
        ModelKind("ae", "Autoencoder", AEConfig, AE),
        ModelKind("vae", "Variational autoencoder", VAEConfig, VAE),
        ModelKind("cvae", "Conditional variational autoencoder", CVAEConfig, CVAE),
        ModelKind("ddpm", "Diffusion model", DDPMConfig, DDPM),
        ModelKind("classifier", "Classifier", ClassifierConfig, Classifier),
    )
}


def find_kind(name: str) -> ModelKind:
    """The kind called `name`.

    Raises:
        LabError: listing the known kinds.
    """
    if name not in KINDS:
        raise LabError(f"unknown kind of model {reprlib.repr(name)}", hint=f"Known: {', '.join(KINDS)}")
    return KINDS[name]


def count_parameters(kind: ModelKind, config: Any) -> int:
    """How many weights such a model has, found without allocating any of them."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in kind.build(config).parameters())


def expected_shapes(name: str, fields: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of such a model, found without allocating any of them.

    Raises:
        LabError: as `build` does.
    """
    kind, config = _checked(name, fields)
    with torch.device("meta"):
        return {key: tuple(tensor.shape) for key, tensor in kind.build(config).state_dict().items()}


def build(name: str, fields: Mapping[str, Any]) -> nn.Module:
    """A model with random weights from its kind and the fields of its config.

    Raises:
        LabError: for an unknown kind, a wrong field, or a model of more than MAX_PARAMETERS weights;
            all before anything is allocated.
    """
    kind, config = _checked(name, fields)
    return kind.build(config)


def _checked(name: str, fields: Mapping[str, Any]) -> tuple[ModelKind, Any]:
    kind = find_kind(name)
    config = parse_config(kind.config, fields)
    count = count_parameters(kind, config)
    if count > MAX_PARAMETERS:
        raise LabError(
            f"the config asks for {count:,} weights, over the limit of {MAX_PARAMETERS:,}",
            hint="Make latents, shape or widths smaller",
        )
    return kind, config
