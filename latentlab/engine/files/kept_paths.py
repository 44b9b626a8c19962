"""Stored paths that stay valid: absolute, and where possible also relative to the file that names them.

With the relative path, a folder that holds both files can be moved or copied as a whole.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.errors import LabError
from latentlab.shipped import model_files


def kept_model(model: str) -> str:
    """A model's name or path as it is stored: names as they are, paths absolute."""
    return model if model in model_files() else _absolute(model)


def kept_data(spec: str) -> str:
    """A data spec as it is stored: names of the catalog as they are, paths absolute."""
    try:
        wanted = Spec.parse(spec)
    except LabError:
        return spec
    if wanted.source in SHIPPED_SETS:
        return spec
    source = _absolute(wanted.source)
    return spec if source == wanted.source else str(replace(wanted, source=source))


def seen_from(folder: Path, spec: str) -> str:
    """The path of some data relative to a folder; "" for those of the catalog, or on another drive."""
    source = Path(Spec.parse(kept_data(spec)).source)
    if not source.is_absolute():
        return ""
    try:
        return os.path.relpath(source, folder.absolute())
    except ValueError:
        return ""


def found_data(spec: str, folder: Path, seen: str = "") -> str:
    """A data spec read from a file in `folder`, so that it can be found from anywhere.

    If the stored path does not exist, the path relative to the file is tried. A relative spec (in files of
    version 0.1) is looked for beside the file first, then in the working folder.

    Args:
        spec: as it was stored.
        folder: the folder of the file that stores it.
        seen: the result of `seen_from` when it was stored.
    """
    try:
        wanted = Spec.parse(spec)
    except LabError:
        return spec
    source = Path(wanted.source)
    if wanted.source in SHIPPED_SETS or (source.is_absolute() and _is_there(source)):
        return spec
    for tried in (folder / source, folder / seen if seen else source, source):
        if _is_there(tried):
            return str(replace(wanted, source=os.path.abspath(tried)))
    return spec


def _absolute(path: str) -> str:
    """An existing path made absolute; any other text unchanged."""
    if Path(path).is_absolute():  # without touching the disk, which may be far away
        return path
    try:
        full = Path(path).expanduser().absolute()
    except (OSError, RuntimeError):  # ~ of an unknown user, or a working folder that is gone
        return path
    return str(full) if _is_there(full) else path


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
