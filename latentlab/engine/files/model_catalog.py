"""The catalogue of models: what their headers say, which suit some data, which differ most. Torch-free.

A model is fully checked only when it is opened; see `latentlab.engine.files.checkpoint`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from latentlab.data.files import open_to_read
from latentlab.engine.files.recorded_data import recorded_spec
from latentlab.engine.files.tensor_header import read_header
from latentlab.errors import LabError
from latentlab.models import capabilities
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in
from latentlab.shipped import model_files

_SUFFIX = ".safetensors"
_BETA = re.compile(r"--beta[ =]([0-9.eE+-]+)")
_FIELDS = {"kind": str, "config": dict, "data": dict, "metrics": dict, "command": str}


def card_in(path: Path) -> Mapping[str, Any]:
    """The card in the header of a model file; empty if there is no valid one. Not to be written to."""
    try:
        found = path.stat()
    except OSError:
        return {}
    return _card(path, (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=256)
def _card(path: Path, state: tuple[int, ...]) -> Mapping[str, Any]:
    """The card of a file in such a state: views ask for those of all models each time they are shown."""
    try:
        with open_to_read(path) as file:
            text = read_header(file, os.fstat(file.fileno()).st_size).metadata["latentlab"]
        card = json.loads(text)
    except (OSError, LabError, ValueError, KeyError, RecursionError):
        return {}
    if not isinstance(card, dict) or any(
        not isinstance(card.get(name, kind()), kind) for name, kind in _FIELDS.items()
    ):
        return {}
    return card


def capabilities_of(card: Mapping[str, Any]) -> frozenset[Capability]:
    """The capabilities of the model of a card; none if its kind is unknown."""
    found = capabilities_in(card.get("kind"), card.get("config"))
    return found | capabilities.OF_A_PRIOR if found and has_fitted_prior(card) else found


def has_fitted_prior(card: Mapping[str, Any]) -> bool:
    """Whether a prior was fitted to the model's codes afterwards."""
    return bool(_part(card, "prior"))


def can_of(model: str) -> frozenset[Capability]:
    """The capabilities of a model, by name or path; none if its file does not say."""
    return capabilities_of(card_in(_file_of(model)))


def makes_pictures(path: Path) -> bool:
    """Whether the model makes pictures, as far as the file says.

    For an unknown kind True: opening it gives the proper message.
    """
    can = capabilities_of(card_in(path))
    return not can or capabilities.makes_pictures(can)


def denoises(model: str) -> bool:
    """Whether a model, by name or path, is a diffusion model, as far as its file says."""
    card = card_in(_file_of(model))
    return Capability.DENOISES in capabilities_of(card)


def denoisers() -> dict[str, str]:
    """The diffusion models that ship: name -> its training data."""
    cards = {name: card_in(path) for name, path in model_files().items()}
    return {name: _data(card) for name, card in cards.items() if Capability.DENOISES in capabilities_of(card)}


def name_of(path: str) -> str:
    """The text that opens a model again: its name if it ships, else its whole path."""
    found = Path(path).resolve()
    shipped = model_files().get(found.stem)
    return found.stem if shipped is not None and shipped.resolve() == found else str(found)


def suited_to(data: str) -> str | None:
    """The shipped diffusion model for some data (a spec), else the first; None if none ships."""
    known = denoisers()
    name = Path(data.partition("::")[0]).stem
    return next((one for one, learnt in known.items() if learnt == name), next(iter(known), None))


def data_of(model: str) -> str:
    """The training data of a model, by name or path; "" if its file does not say."""
    return _data(card_in(_file_of(model)))


def recorded_data_of(model: str) -> str:
    """Where the training data of a model, by name or path, were; "" if its file does not say."""
    card = card_in(_file_of(model))
    return recorded_spec(_part(card, "data"), str(card.get("command", "")))


def shape_of_pictures(model: str) -> tuple[int, ...]:
    """(C, H, W) of the pictures of a model, by name or path; () if its file does not say."""
    shape = _part(card_in(_file_of(model)), "config").get("shape")
    return tuple(shape) if isinstance(shape, list) else ()


def encoder_of(data: str) -> str | None:
    """A shipped model of some data with a plane and a prior and without conditions: that of the fewest
    latents; None if there is none.
    """
    found = []
    for name, path in model_files().items():
        card = card_in(path)
        latents = _part(card, "config").get("latents")
        can = capabilities_of(card)
        plane = can >= {Capability.ENCODES, Capability.HAS_PRIOR} and Capability.CONDITIONAL not in can
        if plane and _data(card) == data and isinstance(latents, int):
            # beta = 1 comes before others: it has the shortest name.
            found.append((latents, len(name), name))
    return min(found)[2] if found else None


@dataclass(frozen=True)
class KnownModel:
    """A model in the catalogue.

    Attributes:
        model: a shipped name or a path.
        title: its title.
        kind, data, latents, beta: what its file says of it; "", 0 and 1 where it says nothing.
        fitted_prior: whether its prior was fitted to its codes.
    """

    model: str
    title: str
    kind: str = ""
    data: str = ""
    latents: int = 0
    beta: float = 1.0
    fitted_prior: bool = False

    @property
    def has_prior(self) -> bool:
        """Whether it has a prior over codes."""
        return self.fitted_prior or Capability.HAS_PRIOR in capabilities_in(self.kind, {})


def comparable(folder: Path) -> list[KnownModel]:
    """The models that ship and the user's own; only those that make pictures."""
    found = [_known(name, path) for name, path in model_files().items() if makes_pictures(path)]
    try:
        own = sorted(folder.glob(f"*{_SUFFIX}"))
    except OSError:
        own = []
    return found + [_known(str(path), path) for path in own if makes_pictures(path)]


def known(model: str) -> KnownModel:
    """What is known of a model by its name or path."""
    return _known(model, _file_of(model))


def most_different(shown: Iterable[KnownModel], catalogue: Iterable[KnownModel]) -> KnownModel | None:
    """The model in the catalogue, of the same data, that differs most from the shown ones."""
    there = list(shown)
    if not there:
        return None
    # Without latents there is no plane.
    others = [one for one in catalogue if one.data == there[0].data and one.latents > 0 and one not in there]
    return max(others, key=lambda one: min(_gap(one, other) for other in there), default=None)


def _gap(one: KnownModel, other: KnownModel) -> float:
    """How much two models differ when compared side by side: with or without a prior, and in beta.

    Less if their planes are of different kinds, or if one has more conditions than the other.
    """
    gap = 4.0 * (one.has_prior != other.has_prior) + 2.0 * (one.beta != other.beta)
    gap += 2.0 * (one.fitted_prior != other.fitted_prior)
    return gap + 1.0 * (one.kind != other.kind) - 3.0 * (one.latents != other.latents)


def _known(model: str, path: Path) -> KnownModel:
    card = card_in(path)
    latents = _part(card, "config").get("latents")
    return KnownModel(
        model,
        path.stem if model.endswith(_SUFFIX) else model,
        str(card.get("kind", "")),
        _data(card),
        latents if isinstance(latents, int) else 0,
        beta_in(str(card.get("command", ""))),
        has_fitted_prior(card),
    )


def beta_in(command: str) -> float:
    """The weight of the KL that a command trains with, 1 unless it says another."""
    found = _BETA.search(command)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 1.0


def _file_of(model: str) -> Path:
    return model_files().get(model, Path(model).expanduser())


def _data(card: Mapping[str, Any]) -> str:
    return str(_part(card, "data").get("name", ""))


def _part(card: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = card.get(name)
    return part if isinstance(part, dict) else {}
