"""Finds the model file that made a tape, by name and hash. Without Qt and torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from latentlab.engine.diffusion.tape_origin import Origin
from latentlab.engine.files.model_hash import SUFFIX, hash_of
from latentlab.shipped import model_files


def find_model_of(origin: Origin, beside: Path, own: Iterable[Path] = ()) -> tuple[Path, str] | None:
    """The file that made a tape, and its hash; if it is gone, another file of the same name.

    Args:
        origin: the origin that the tape records.
        beside: the tape's file; models may lie in its folder.
        own: the models that were trained here.

    Returns:
        None if no file has the model's name.
    """
    name = origin.model
    if not name or Path(name).name != name:  # a name, never a path: the tape may come from anywhere
        return None
    shipped = model_files()
    places = [shipped[name]] if name in shipped else []
    places += [path for path in own if path.stem == name]
    places.append(beside.with_name(name + SUFFIX))
    known = [(path, found) for path in places if (found := hash_of(path))]
    return next((one for one in known if one[1] == origin.model_hash), known[0] if known else None)
