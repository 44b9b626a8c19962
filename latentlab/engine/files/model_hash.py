"""The hash of a model's file, by which it is known under any name. Torch-free."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from latentlab.data.files import open_to_read
from latentlab.engine.files.tensor_header import read_header
from latentlab.errors import LabError

SUFFIX = ".safetensors"
DIGITS = 12
# Of files that have been read: a lookup is repeated with each dropped tape and opened project.
_hashes: dict[tuple[int, int, int, int], str] = {}


def hash_of(path: Path) -> str:
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
                _hashes[stamp] = hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
            return _hashes[stamp]
    except (OSError, LabError):
        return ""


def find_model(model_hash: str, size: int, folders: Iterable[Path]) -> Path | None:
    """The model with this hash in some folders, among the files of `size` bytes; None if there is none."""
    for folder in dict.fromkeys(folders):
        try:
            found = sorted(folder.glob(f"*{SUFFIX}"))
        except OSError:
            continue
        for path in found:
            if size_of(path) == size and hash_of(path) == model_hash:
                return path
    return None


def size_of(path: Path) -> int:
    """The bytes of a file; 0 if there is none."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0
