"""Which models there are to compare, and which of them differ most.

Only the header of a file is read, and only to propose something: a model is checked when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentlab.engine.files.model_catalog import card_in, makes_pictures
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in
from latentlab.shipped import model_files

_SUFFIX = ".safetensors"
_BETA = re.compile(r"--beta[ =]([0-9.eE+-]+)")


@dataclass(frozen=True)
class Known:
    """A model in the catalogue.

    Attributes:
        model: what opens it, a shipped name or a path.
        title: what it is called.
        kind, data, latents, beta: what its file says of it; "", 0 and 1 where it says nothing.
    """

    model: str
    title: str
    kind: str = ""
    data: str = ""
    latents: int = 0
    beta: float = 1.0

    @property
    def has_prior(self) -> bool:
        """Whether it says where its codes lie."""
        return Capability.HAS_PRIOR in capabilities_in(self.kind, {})


def comparable(folder: Path) -> list[Known]:
    """The models that ship, and those in the person's own folder; not those that make no pictures."""
    found = [_known(name, path) for name, path in model_files().items() if makes_pictures(path)]
    try:
        own = sorted(folder.glob(f"*{_SUFFIX}"))
    except OSError:
        own = []
    return found + [_known(str(path), path) for path in own if makes_pictures(path)]


def known(model: str) -> Known:
    """What is known of a model by its name or path."""
    path = model_files().get(model, Path(model))
    return _known(model, path)


def most_different(shown: Iterable[Known], catalogue: Iterable[Known]) -> Known | None:
    """The model in the catalogue, of the same data, that is least like those that are shown."""
    there = list(shown)
    if not there:
        return None
    # Without latents there is no plane.
    others = [one for one in catalogue if one.data == there[0].data and one.latents > 0 and one not in there]
    return max(others, key=lambda one: min(_gap(one, other) for other in there), default=None)


def _gap(one: Known, other: Known) -> float:
    """How much two models differ in what one looks at side by side: with or without a prior, at which beta.

    Less so if their planes are of another kind, or if one is told more than the other.
    """
    gap = 4.0 * (one.has_prior != other.has_prior) + 2.0 * (one.beta != other.beta)
    return gap + 1.0 * (one.kind != other.kind) - 3.0 * (one.latents != other.latents)


def _known(model: str, path: Path) -> Known:
    card = card_in(path)
    config, data = _part(card, "config"), _part(card, "data")
    latents, found = config.get("latents"), _BETA.search(str(card.get("command", "")))
    try:
        beta = float(found[1]) if found else 1.0
    except ValueError:
        beta = 1.0
    return Known(
        model,
        path.stem if model.endswith(_SUFFIX) else model,
        str(card.get("kind", "")),
        str(data.get("name", "")),
        latents if isinstance(latents, int) else 0,
        beta,
    )


def _part(card: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = card.get(name)
    return part if isinstance(part, dict) else {}
