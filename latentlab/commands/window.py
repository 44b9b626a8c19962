"""Opens the window, or says what is missing. The only command that imports Qt."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.engine.files.kept_paths import kept_model
from latentlab.engine.files.project_file import SUFFIX
from latentlab.errors import LabError
from latentlab.shipped import model_files

# Libraries that Qt needs and a bare Debian or Ubuntu lacks.
DEBIAN_PACKAGES = (
    "libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1"
)
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def open_window(
    model: str | None, environment: Mapping[str, str] = os.environ, *, data: str | None = None
) -> int:
    """Opens the window and returns its exit code.

    Args:
        model: a name or path, also of a project; None for the last one.
        environment: tells whether there is a display.
        data: a spec (see `latentlab.data.spec`) to open the model on, or the page; None for none.

    Raises:
        LabError: if there is no such model or data, no display, or Qt cannot be loaded.
    """
    shipped = model_files()
    if model is not None and model not in shipped and not Path(model).expanduser().exists():
        raise LabError(
            f"no model or file is called {model!r}", hint=f"Shipped: {', '.join(shipped) or 'none'}"
        )
    if model is not None:
        model = kept_model(model)
    if data is not None:
        if model is not None and Path(model).suffix.lower() == SUFFIX:
            raise LabError("a project is opened on its own pictures", model, "Leave out --data")
        data = _found_data(data)
    if sys.platform.startswith("linux") and not any(environment.get(name) for name in _DISPLAYS):
        raise LabError(
            "there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            hint="Start it in a desktop session; for commands that need none, see latentlab --help",
        )
    try:
        from latentlab.qt.app import main
    except ImportError as error:
        if (error.name or "").startswith("latentlab"):
            raise  # our own bug, not a missing library
        raise LabError(
            f"the window needs Qt, which could not be loaded ({error})",
            hint=f"On Debian or Ubuntu: sudo apt install {DEBIAN_PACKAGES}",
        ) from error
    return main(["latentlab"], model, data)


def _found_data(text: str) -> str:
    """The spec with an absolute path, or one of the catalog unchanged."""
    spec = Spec.parse(text)
    if spec.source in SHIPPED_SETS:
        return text
    path = Path(spec.source).expanduser()
    if not path.exists():
        raise LabError(
            "there is no such file or folder", path, f"Or one that ships: {', '.join(SHIPPED_SETS)}"
        )
    return str(Spec(str(path.absolute()), spec.options))
