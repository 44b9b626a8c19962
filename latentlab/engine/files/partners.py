"""Which models go together: a diffusion model draws, an encoder of the same pictures gives the plane; and
two models that translate the same drawings.

Torch-free; only headers are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentlab.engine.files.model_catalog import (
    capabilities_of,
    card_in,
    data_of,
    denoises,
    shape_of_pictures,
)
from latentlab.models.capabilities import Capability
from latentlab.models.registry import KINDS, translation_in
from latentlab.models.spec import Translation
from latentlab.shipped import model_files

_PLANE = frozenset({Capability.ENCODES, Capability.DECODES})
_DRAWS = frozenset({Capability.DENOISES})


def encoders_for(model: str, own: Iterable[Path] = ()) -> list[str]:
    """The models with a plane of the same data and picture size as a model (a name or a path): those that
    ship, by their names, then the user's own, by their paths.
    """
    data, shape = data_of(model), shape_of_pictures(model)
    found = [
        name for name, path in model_files().items() if _is_of(card_in(path), _PLANE, data, shape) and data
    ]
    return found + [str(path) for path in own if data and _is_of(card_in(path), _PLANE, data, shape)]


def own_denoisers(own: Iterable[Path]) -> list[str]:
    """The paths of the diffusion models among the user's own."""
    return [str(path) for path in own if Capability.DENOISES in capabilities_of(card_in(path))]


@dataclass(frozen=True)
class Partner:
    """A model that works beside another: what opens it, its name, and its kind in a sentence."""

    model: str
    title: str
    called: str


def partner_of(model: str, own: Iterable[Path]) -> Partner | None:
    """A model that denoises pictures of the same data, for a model by name or path; None if there is none.

    The user's own come first, in their order.
    """
    data, shape = data_of(model), shape_of_pictures(model)
    if not data or denoises(model):
        return None
    for name, path in (*((str(path), path) for path in own), *model_files().items()):
        card = card_in(path)
        kind = KINDS.get(str(card.get("kind", "")))
        if kind is not None and _is_of(card, _DRAWS, data, shape):
            return Partner(name, path.stem, kind.in_a_sentence)
    return None


@dataclass(frozen=True)
class KnownTranslator:
    """A model that translates: what opens it, its name, and whether it has a critic that judges patches."""

    model: str
    title: str
    judges: bool


def translator_in(model: str, path: Path, translation: Translation) -> KnownTranslator | None:
    """The model of a file, opened by `model`, if its header says that it translates the same sources to
    pictures of the same shape.
    """
    card = card_in(path)
    can = capabilities_of(card)
    alike = translation_in(card.get("kind"), card.get("config")) == translation
    if not alike or Capability.TRANSLATES not in can:
        return None
    return KnownTranslator(model, path.stem, Capability.JUDGES_PATCHES in can)


def same_pictures(one: str, other: str) -> bool:
    """Whether two models, by name or path, learnt from the same data, as far as their files say."""
    data = data_of(one)
    return bool(data) and data == data_of(other)


def _is_of(card: Mapping[str, Any], needs: frozenset[Capability], data: str, shape: tuple[int, ...]) -> bool:
    learnt, config = card.get("data"), card.get("config")
    if not isinstance(learnt, dict) or not isinstance(config, dict):
        return False
    right = learnt.get("name") == data and tuple(config.get("shape") or ()) == shape
    return right and needs <= capabilities_of(card)
