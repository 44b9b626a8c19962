"""What the judge has measured and drawn, kept in files: each whole or not there at all.

    FOLDER/<data>-<key>/<model's hash>/<piece>.json          the cells of a piece of work
    FOLDER/<data>-<key>/<model's hash>/<name>.safetensors    samples, some in each
    FOLDER/<data>-<key>/data/...                             the same of the data set itself
    FOLDER/<data>-<key>/asked.json                           how many pictures were asked for, and the seed

The key is a hash of everything else that figures depend on, so that nothing is ever out of date: what is not
asked for any more is left where it lies. A file that cannot be read counts as not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch

from latentlab.core.judged_json import cell_as_dict, cell_from
from latentlab.core.judgement import Cell
from latentlab.data.files import open_to_read
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.tensor_file import read_tensors, write_tensors
from latentlab.errors import LabError
from latentlab.version import __version__

# In place of a model's hash, what is measured of the data set.
OF_DATA = "data"
_FORMAT, _KEY = 1, "judged"
_ASKED = "asked.json"


def default_folder() -> Path:
    """Where this user's are kept."""
    return Path(platformdirs.user_cache_dir("LatentLab", appauthor=False)) / "judged"


@dataclass(frozen=True)
class Store:
    """The figures of one data set under one key; made by `of`."""

    folder: Path

    @classmethod
    def of(cls, folder: Path | None, data: str, *parts: object) -> Store:
        """The store in `folder` (by default this user's) for figures that depend on all `parts`."""
        key = hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:16]
        return cls((folder or default_folder()) / f"{_safe(data)}-{key}")

    @staticmethod
    def is_there(folder: Path | None, data: str) -> bool:
        """Whether anything was ever measured of data of this name."""
        return any((folder or default_folder()).glob(f"{_safe(data)}-*"))

    @staticmethod
    def asked(folder: Path | None, data: str) -> list[tuple[int, int]]:
        """(N, seed) of the judgings of data of this name, newest first."""
        found: list[tuple[float, int, int]] = []
        for path in (folder or default_folder()).glob(f"{_safe(data)}-*/{_ASKED}"):
            with contextlib.suppress(OSError, LabError, ValueError, KeyError, TypeError):
                with open_to_read(path) as stream:
                    said = json.loads(stream.read())
                found.append((path.stat().st_mtime, int(said["pictures"]), int(said["seed"])))
        return [(count, seed) for _, count, seed in sorted(found, reverse=True)]

    def note(self, pictures: int, seed: int) -> None:
        """Notes that so much was asked for, so that it can be found when nobody says how much."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / _ASKED, json.dumps({"pictures": pictures, "seed": seed}).encode())

    def cells(self, owner: str, piece: str) -> Mapping[str, Cell] | None:
        """The cells of a piece; None if they are not there."""
        try:
            with open_to_read(self._path(owner, f"{piece}.json")) as stream:
                found = json.loads(stream.read())
            return {str(key): cell_from(cell) for key, cell in found["cells"].items()}
        except (OSError, LabError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def keep(self, owner: str, piece: str, cells: Mapping[str, Cell]) -> None:
        """Keeps the cells of a piece.

        Raises:
            LabError: if they cannot be written.
        """
        found = {"format": _FORMAT, "cells": {key: cell_as_dict(cell) for key, cell in cells.items()}}
        text = json.dumps(found, indent=1, allow_nan=False)
        write_atomically(self._made(owner, f"{piece}.json"), text.encode())

    def tensors(self, owner: str, name: str) -> tuple[Mapping[str, torch.Tensor], float] | None:
        """Tensors and how many seconds they took; None if they are not there."""
        path = self._path(owner, f"{name}.safetensors")
        try:
            if not path.exists():
                return None
            found = read_tensors(path, _KEY, _FORMAT)
            return found.tensors, float(found.card["seconds"])
        except (OSError, LabError, KeyError, TypeError, ValueError):
            return None

    def keep_tensors(
        self, owner: str, name: str, tensors: Mapping[str, torch.Tensor], seconds: float
    ) -> None:
        """Keeps tensors.

        Raises:
            LabError: if they cannot be written.
        """
        card = {"format": _FORMAT, "version": __version__, "seconds": seconds}
        path = self._made(owner, f"{name}.safetensors")
        write_tensors(path, tensors, _KEY, card, overwrite=True)

    def forget(self, owner: str) -> None:
        """Removes what is kept of a model."""
        for path in sorted(self._path(owner, "").glob("*")):
            if path.suffix in (".json", ".safetensors"):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, owner: str, name: str) -> Path:
        return self.folder / owner / name

    def _made(self, owner: str, name: str) -> Path:
        path = self._path(owner, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise LabError(
                f"could not be made ({reason})", path.parent, "The judge keeps figures there"
            ) from None
        return path


def _safe(data: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in data)[:40]
