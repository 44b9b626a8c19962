"""Which diffusion models ship, which of them suits the data in the plane, and which encoder suits them.

Only the headers of files are read, and only to propose something: a model is checked when it is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentlab.engine.files.model_catalog import card_in
from latentlab.shipped import model_files

_DENOISERS = frozenset({"ddpm"})


def denoises(model: str) -> bool:
    """Whether a model, a name or a path, goes from noise to pictures, as far as its file says."""
    return card_in(model_files().get(model, Path(model).expanduser())).get("kind") in _DENOISERS


def denoisers() -> dict[str, str]:
    """The diffusion models that ship: name -> the data that it learnt."""
    cards = {name: card_in(path) for name, path in model_files().items()}
    return {name: _data(card) for name, card in cards.items() if card.get("kind") in _DENOISERS}


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
    """A VAE that ships, of some data, that has a plane: that of the fewest latents; None if there is none."""
    found = []
    for name, path in model_files().items():
        card = card_in(path)
        config = card.get("config")
        latents = config.get("latents") if isinstance(config, dict) else None
        if card.get("kind") == "vae" and _data(card) == data and isinstance(latents, int):
            # One of beta = 1 before others: its name is the shortest.
            found.append((latents, len(name), name))
    return min(found)[2] if found else None


def _data(card: Mapping[str, Any]) -> str:
    data = card.get("data")
    return str(data.get("name", "")) if isinstance(data, dict) else ""
