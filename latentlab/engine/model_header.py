"""What a model file says of itself, read from its header alone and without torch: only to propose something.

A model is checked when it is opened; see `latentlab.engine.checkpoint`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MOST_HEADER = 1 << 20
# They judge pictures and make none: nothing can be seen of them in a window.
_JUDGES = frozenset({"classifier"})


def card_in(path: Path) -> Mapping[str, Any]:
    """The card in the header of a model file; empty if there is none."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size)) if 0 < size <= _MOST_HEADER else {}
        card = json.loads(header["__metadata__"]["latentlab"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return card if isinstance(card, dict) else {}


def makes_pictures(path: Path) -> bool:
    """Whether there would be something to see of the model, as far as the file says."""
    return card_in(path).get("kind") not in _JUDGES
