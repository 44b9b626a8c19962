"""What model files say of themselves, and which of those that ship suit some data: read from their headers
alone and without torch, only to propose something.

A model is checked when it is opened; see `latentlab.engine.files.checkpoint`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentlab.data.files import open_to_read
from latentlab.engine.files.tensor_header import read_header
from latentlab.errors import LabError
from latentlab.models import capabilities
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in
from latentlab.shipped import model_files

_FIELDS = {"kind": str, "config": dict, "data": dict, "metrics": dict, "command": str}


def card_in(path: Path) -> Mapping[str, Any]:
    """The card in the header of a model file; empty if there is none that makes sense."""
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
    """What the model of a card can do, as far as that says; nothing where its kind is not known."""
    return capabilities_in(card.get("kind"), card.get("config"))


def makes_pictures(path: Path) -> bool:
    """Whether there would be something to see of the model, as far as the file says.

    Of a kind that is not known there is the word that says so, as it is opened.
    """
    can = capabilities_of(card_in(path))
    return not can or capabilities.makes_pictures(can)


def denoises(model: str) -> bool:
    """Whether a model, a name or a path, goes from noise to pictures, as far as its file says."""
    card = card_in(model_files().get(model, Path(model).expanduser()))
    return Capability.DENOISES in capabilities_of(card)


def denoisers() -> dict[str, str]:
    """The diffusion models that ship: name -> the data that it learnt."""
    cards = {name: card_in(path) for name, path in model_files().items()}
    return {name: _data(card) for name, card in cards.items() if Capability.DENOISES in capabilities_of(card)}


def name_of(path: str) -> str:
    """How to ask for a model again: by its name if it ships, else by its whole path."""
    found = Path(path).resolve()
    shipped = model_files().get(found.stem)
    return found.stem if shipped is not None and shipped.resolve() == found else str(found)


def suited_to(data: str) -> str | None:
    """The diffusion model that ships for some data (a spec), else the first; None if none ships."""
    known = denoisers()
    name = Path(data.partition("::")[0]).stem
    return next((one for one, learnt in known.items() if learnt == name), next(iter(known), None))


def data_of(model: str) -> str:
    """What a model, a name or a path, learnt; "" if its file does not say."""
    return _data(card_in(model_files().get(model, Path(model).expanduser())))


def shape_of_pictures(model: str) -> tuple[int, ...]:
    """(C, H, W) of a model's pictures, a name or a path; () if its file does not say."""
    config = card_in(model_files().get(model, Path(model).expanduser())).get("config")
    shape = config.get("shape") if isinstance(config, dict) else None
    return tuple(shape) if isinstance(shape, list) else ()


def encoder_of(data: str) -> str | None:
    """A model that ships, of some data, that has a plane and a prior and is told nothing: that of the fewest
    latents; None if there is none."""
    found = []
    for name, path in model_files().items():
        card = card_in(path)
        config = card.get("config")
        latents = config.get("latents") if isinstance(config, dict) else None
        can = capabilities_of(card)
        plane = can >= {Capability.ENCODES, Capability.HAS_PRIOR} and Capability.CONDITIONAL not in can
        if plane and _data(card) == data and isinstance(latents, int):
            # One of beta = 1 before others: its name is the shortest.
            found.append((latents, len(name), name))
    return min(found)[2] if found else None


def _data(card: Mapping[str, Any]) -> str:
    data = card.get("data")
    return str(data.get("name", "")) if isinstance(data, dict) else ""
