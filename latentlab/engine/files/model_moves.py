"""Renames and copies model files; nothing is ever overwritten."""

from __future__ import annotations

import os
from pathlib import Path

from latentlab.data.files import open_to_read
from latentlab.engine.files.atomic import MOST_NAME, beside, write_atomically
from latentlab.errors import LabError
from latentlab.plain import one_line
from latentlab.shipped import model_files

SUFFIX = ".safetensors"
# Of the file beside it that a training goes on from, which replaces the model when it ends.
_UNFINISHED = ".training"
# Not allowed in a file name on some system.
_NEVER = '/\\:*?"<>|'
_COPIES = 1000


def wrong_stem(stem: str, path: Path) -> str:
    """Why a model's file cannot be called so, in its folder; "" if it can."""
    if not stem or stem.strip(". ") != stem:
        return "A name is needed, without spaces or full stops at its ends." if stem else "A name is needed."
    if found := next((letter for letter in stem if letter in _NEVER or not letter.isprintable()), ""):
        return f"A file name cannot have the character {one_line(found)!r}."
    if len(os.fsencode(stem + SUFFIX)) > MOST_NAME:
        return "That is too long for a file name."
    if stem in model_files():
        return "A model that comes with LatentLab has that name."
    there = path.with_name(stem + SUFFIX)
    if there != path and there.exists() and not _same(there, path):
        return "A model with that name is in the folder already."
    if there != path and beside(there, _UNFINISHED).exists():
        return "A training that is not finished makes a model of that name."
    return ""


def rename_model(path: Path, stem: str) -> Path:
    """Gives a model's file another name in the same folder; -> its new path.

    Raises:
        LabError: naming the file, if the name cannot be had.
    """
    if wrong := wrong_stem(stem, path):
        raise LabError(f"was not renamed to {stem!r}", path, wrong)
    there = path.with_name(stem + SUFFIX)
    try:
        path.rename(there)
    except OSError as error:
        hint = "It keeps its name: close what uses it, or see whether its folder may be written to"
        raise LabError(f"could not be renamed ({error.strerror or error})", path, hint) from None
    return there


def copy_model(path: Path, folder: Path) -> Path:
    """A copy of a model's file under a free name in a folder, which is made if need be; -> its path.

    Raises:
        LabError: naming the file that could not be read or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open_to_read(path) as stream:
            content = stream.read()
    except OSError as error:
        place = error.filename or path
        hint = "Nothing was changed: see whether it is still there and may be read"
        raise LabError(f"could not be copied ({error.strerror or error})", place, hint) from None
    for number in range(1, _COPIES):
        stem = f"{path.stem}-copy" if number == 1 else f"{path.stem}-copy-{number}"
        there = folder / f"{stem}{SUFFIX}"
        if not wrong_stem(stem, there) and not there.exists():
            return write_atomically(there, content, overwrite=False)
    raise LabError("has too many copies", path, "Move some of them to the trash")


def _same(one: Path, other: Path) -> bool:
    """Whether both are one file, as where capital letters make no difference."""
    try:
        return one.samefile(other)
    except OSError:
        return False
