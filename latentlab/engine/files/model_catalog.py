"""What a model file says of itself, read from its header alone and without torch: only to propose something.

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

_FIELDS = {"kind": str, "config": dict, "data": dict, "metrics": dict, "command": str}
# They judge pictures and make none: nothing can be seen of them in a window.
_JUDGES = frozenset({"classifier"})


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


def makes_pictures(path: Path) -> bool:
    """Whether there would be something to see of the model, as far as the file says."""
    return card_in(path).get("kind") not in _JUDGES
