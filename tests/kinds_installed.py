"""A package that brings kinds of model, as if it were installed: for this process, and for those that it
starts with `PYTHONPATH`."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from latentlab.models import registry

_METADATA = "Metadata-Version: 2.1\nName: bringing-kinds\nVersion: 1.0\n"


def write_package(folder: Path, points: Mapping[str, str], **modules: str) -> Path:
    """Modules of these texts, and entry points to them ("name": "module:attribute"), in a folder.

    The folder on the path of Python, as by PYTHONPATH, is as good as an installation.
    """
    about = folder / "bringing_kinds-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(_METADATA, encoding="utf-8")
    lines = "".join(f"{name} = {where}\n" for name, where in points.items())
    (about / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{lines}", encoding="utf-8")
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


@contextlib.contextmanager
def installed(folder: Path, points: Mapping[str, str], **modules: str) -> Iterator[Path]:
    """Such a package in this process for a while; yields the folder for the PYTHONPATH of others."""
    site = write_package(folder / "site", points, **modules)
    sys.path.insert(0, str(site))
    importlib.invalidate_caches()
    registry._installed.cache_clear()
    try:
        yield site
    finally:
        sys.path.remove(str(site))
        for name in modules:
            sys.modules.pop(name, None)
        registry._installed.cache_clear()
