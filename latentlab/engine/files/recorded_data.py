"""Where a model's data were when it was trained, as its file says. Torch-free."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.errors import LabError

_FLAG = "--data"
_LONGEST = 16_384


def recorded_spec(data: Mapping[str, Any], command: str) -> str:
    """The spec of a model's data; "" if its file does not say, or says it from an unknown folder.

    Args:
        data: what its card says of them, in which `spec` may be.
        command: the command line that trains it again.
    """
    said = data.get("spec")
    spec = said if isinstance(said, str) and len(said) <= _LONGEST else _in_command(command)
    try:
        source = Spec.parse(spec).source if spec else ""
    except LabError:
        return ""
    return spec if source in SHIPPED_SETS or Path(source).is_absolute() else ""


def place_of(spec: str) -> dict[str, str]:
    """What a card records of where some data are; nothing of those that ship, or of no known place."""
    try:
        return {"spec": spec} if Path(Spec.parse(spec).source).is_absolute() else {}
    except LabError:
        return {}


def is_there(spec: str) -> bool:
    """Whether data that do not ship are where a spec says; not for no spec."""
    try:
        return bool(spec) and Path(Spec.parse(spec).source).exists()
    except (LabError, OSError, ValueError):
        return False


def _in_command(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    for place, word in enumerate(words):
        if word == _FLAG and place + 1 < len(words):
            return words[place + 1]
        if word.startswith(f"{_FLAG}="):
            return word.removeprefix(f"{_FLAG}=")
    return ""
