"""The model files opened most recently, as the settings store them: paths, without the models that ship."""

from __future__ import annotations

import json
from pathlib import Path

from latentlab.engine.files.kept_paths import kept_model
from latentlab.session.bounds import MAX_LETTERS
from latentlab.shipped import model_files

MOST = 12


def with_newest(known: tuple[str, ...], model: str) -> tuple[str, ...]:
    """The newest first, each once, at most twelve; a model that ships is no news."""
    path = kept_model(model)
    if path in model_files() or path in map(str, model_files().values()):
        return known
    return (path, *(one for one in known if one != path))[:MOST]


def without(known: tuple[str, ...], model: str) -> tuple[str, ...]:
    """All but this one."""
    return tuple(one for one in known if one != kept_model(model))


def to_text(known: tuple[str, ...]) -> str:
    """One line that `from_text` reads."""
    return json.dumps(known)


def from_text(text: str) -> tuple[str, ...]:
    """The paths of such a line; invalid ones are left out."""
    return tuple(one for one in names_in(text) if Path(one).is_absolute())[:MOST]


def names_in(text: str, most: int = 100) -> tuple[str, ...]:
    """The texts of a list in JSON; those that cannot be names of anything are left out."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(rows, list):
        return ()
    sound = (one for one in rows if isinstance(one, str) and 0 < len(one) <= MAX_LETTERS and "\0" not in one)
    return tuple(sound)[:most]
