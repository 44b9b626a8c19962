"""Finds the models and resources that ship with LatentLab, in a checkout or an installed wheel."""

from __future__ import annotations

import json
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel has both folders inside the package; a checkout beside it.
_ROOT = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parent

MODELS = _ROOT / "models"
RESOURCES = _ROOT / "resources"
DATASETS = RESOURCES / "datasets"
DIRECTIONS = RESOURCES / "directions"
GUIDE = RESOURCES / "guide"
JUDGED = RESOURCES / "judged"
ICONS = RESOURCES / "icons"
TEXTURES = RESOURCES / "textures"


def model_files() -> dict[str, Path]:
    """The shipped models: name -> file, sorted by name."""
    return {path.stem: path for path in sorted(MODELS.glob("*.safetensors"))}


def first_seed(model: str) -> int:
    """The seed with which a model that ships draws first, `resources/first_seeds.json`; 0 for all others.

    The first of 0, 1, 2 and so on with which it draws each class clearly: a model is judged by its first
    pictures. It stands in a file of its own, not in the model's: that would be another file, by its hash.
    """
    text = (RESOURCES / "first_seeds.json").read_text(encoding="utf-8")
    seed = json.loads(text).get(model, 0)
    return seed if isinstance(seed, int) else 0


def texture_files() -> dict[str, Path]:
    """The shipped pictures of textures: name -> file, sorted by name."""
    return {path.stem: path for path in sorted(TEXTURES.glob("*.png"))}
