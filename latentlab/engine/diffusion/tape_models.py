"""Finds the model file that made a tape, by name and hash. Without Qt and torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from latentlab.data.files import open_to_read
from latentlab.engine.diffusion.tape_origin import Origin
from latentlab.engine.files.tensor_header import read_header
from latentlab.errors import LabError
from latentlab.shipped import model_files

_SUFFIX = ".safetensors"
# Hashes of files by path, size and time: the lookup is repeated with each dropped tape.
_hashes: dict[tuple[int, int, int, int], str] = {}


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
    places.append(beside.with_name(name + _SUFFIX))
    known = [(path, found) for path in places if (found := _hash_of(path))]
    return next((one for one in known if one[1] == origin.model_hash), known[0] if known else None)


def _hash_of(path: Path) -> str:
    """The first digits of a file's SHA-256, as when a model is opened; "" if it is no model, or
    unreadable.
    """
    try:
        with open_to_read(path) as file:
            about = os.fstat(file.fileno())
            stamp = (about.st_dev, about.st_ino, about.st_mtime_ns, about.st_size)
            if stamp not in _hashes:
                # The header first: the file may be large and no model.
                read_header(file, about.st_size)
                file.seek(0)
                _hashes[stamp] = hashlib.file_digest(file, "sha256").hexdigest()[:12]
            return _hashes[stamp]
    except (OSError, LabError):
        return ""
