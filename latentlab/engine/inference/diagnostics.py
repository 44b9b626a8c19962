"""Describes the installation, for bug reports."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from latentlab.engine.inference.device import describe_devices
from latentlab.version import __version__

_PACKAGES = ("torch", "numpy", "PySide6-Essentials", "pyqtgraph", "pillow", "safetensors")


def describe_installation() -> dict[str, str]:
    """Names and versions of LatentLab, Python, its packages and the system, then the devices.

    Versions are read from the packages' records: Qt is not imported.
    """
    found = {"latentlab": __version__, "python": sys.version.split()[0]}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    found["system"] = f"{platform.platform()} ({platform.machine()})"
    for name, words in describe_devices().items():
        found[f"device {name}"] = words
    return found
