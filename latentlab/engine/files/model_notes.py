"""What people keep beside a model, by its file's hash: notes, and the pictures that it draws.

    <data folder>/notes/<hash>.json      {"format": 1, "title": ..., "note": ...}
    <cache folder>/drawn/<hash>.png      ten pictures, five in a row

The hash is that of the contents, so both stay with a model that is renamed or moved; copies share them. The
pictures of models that ship come with LatentLab.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from latentlab.data.files import open_to_read
from latentlab.engine.files.atomic import write_atomically
from latentlab.errors import LabError
from latentlab.shipped import RESOURCES

FORMAT = 1
MOST_LETTERS = 20_000
_MOST_BYTES = 2**22
_HASH = re.compile("[0-9a-f]{12}")
_SHIPPED = RESOURCES / "drawn"


def read_note(folder: Path, hash_: str) -> str:
    """The note on a model; "" if there is none, or it cannot be read."""
    content = _content(folder, hash_, "json")
    try:
        fields = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return ""
    note = fields.get("note", "") if isinstance(fields, dict) else ""
    return note[:MOST_LETTERS] if isinstance(note, str) else ""


def write_note(folder: Path, hash_: str, title: str, note: str) -> None:
    """Keeps a note on a model; "" removes it.

    Raises:
        LabError: naming the file, if it cannot be written.
    """
    path = folder / f"{_checked(hash_)}.json"
    if not note:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise LabError(f"could not be removed ({error.strerror or error})", path) from None
        return
    if len(note) > MOST_LETTERS:
        raise LabError(f"a note has {len(note):,} characters, over {MOST_LETTERS:,}", path, "Shorten it")
    fields = {"format": FORMAT, "title": title, "note": note}
    _made(folder)
    write_atomically(path, json.dumps(fields, indent=1).encode("ascii"))


def read_drawn(folder: Path, hash_: str) -> bytes:
    """The PNG of the pictures that a model draws; b"" if there is none yet."""
    return _content(_SHIPPED, hash_, "png") or _content(folder, hash_, "png")


def write_drawn(folder: Path, hash_: str, png: bytes) -> None:
    """Keeps the pictures that a model draws.

    Raises:
        LabError: naming the file, if it cannot be written.
    """
    _made(folder)
    write_atomically(folder / f"{_checked(hash_)}.png", png)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"could not be made ({error.strerror or error})", folder) from None


def _content(folder: Path, hash_: str, suffix: str) -> bytes:
    if not _HASH.fullmatch(hash_):
        return b""
    try:
        with open_to_read(folder / f"{hash_}.{suffix}") as stream:
            return stream.read(_MOST_BYTES)
    except OSError:
        return b""


def _checked(hash_: str) -> str:
    if not _HASH.fullmatch(hash_):
        raise LabError(f"{hash_!r} is not the hash of a model's file")
    return hash_
