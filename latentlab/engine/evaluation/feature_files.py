"""Keeps the features of training pictures on the disk: a classifier needs a minute for tens of thousands.

A file is found by the fingerprint of the pictures and the hash of the classifier, so it never needs to be
removed for being wrong; whatever cannot be read is computed again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import platformdirs
import torch
from torch import Tensor

from latentlab.engine.files.tensor_file import read_tensors, require_finite, write_tensors
from latentlab.errors import LabError

_KEY, _FORMAT, _NAME = "latentlab-features", 1, "features"


def default_folder() -> Path:
    """Where they are kept for this user."""
    return Path(platformdirs.user_cache_dir("LatentLab", appauthor=False)) / _NAME


def file_of(folder: Path, fingerprint: str, classifier: str) -> Path:
    """The file for pictures with this fingerprint under a classifier with this hash."""
    return folder / f"{fingerprint[:24]}-{classifier}.safetensors"


def read_features(path: Path, count: int) -> Tensor | None:
    """The features of `count` pictures, float32 (count, F); None if there is no whole, fitting file."""
    if not path.is_file():
        return None
    try:
        tensors = read_tensors(path, _KEY, _FORMAT).tensors
        require_finite(tensors, path)
    except LabError:
        return None
    found = tensors.get(_NAME)
    fits = found is not None and found.ndim == 2 and len(found) == count and found.dtype == torch.float32
    return found if fits else None


def write_features(path: Path, features: Tensor) -> None:
    """Keeps features (N, F), if possible: without a folder to write to they are computed again."""
    with contextlib.suppress(LabError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_tensors(path, {_NAME: features}, _KEY, {"format": _FORMAT}, overwrite=True)
