"""Finds the models and resources that ship with LatentLab, in a checkout or an installed wheel."""

from __future__ import annotations

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


def texture_files() -> dict[str, Path]:
    """The shipped pictures of textures: name -> file, sorted by name."""
    return {path.stem: path for path in sorted(TEXTURES.glob("*.png"))}
