"""Makes the pictures of the window in the README. Run by hand: python -m tests.pictures [FOLDER]

Each is the real window on the models and the pictures that ship, drawn without a screen, and saved as a PNG
with a palette of 256 colours.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer
from PySide6.QtWidgets import QSlider, QWidget

from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.widgets.colours import Theme
from latentlab.session.edits import MoveProbe, SetPins, ShowFrame
from latentlab.shipped import RESOURCES
from tests.benchmarks.window import rest

_SIZE, _COLOURS = (1280, 800), 256
# Until the pictures of a scene are there, on a slow machine; a tape takes the longest.
_SETTLE_MS, _TAPE_MS = 4000, 60_000
_PINS = ((-2.0, 0.1), (-0.5, -0.45), (1.7, -1.0))


@dataclass(frozen=True)
class Scene:
    """A picture of the README: its name, what is open in which workspace, and what was done there."""

    name: str
    model: str
    workspace: str
    do: Callable[[LabWindow], None]
    theme: Theme = Theme.LIGHT


def _walk(window: LabWindow) -> None:
    window.workspace.do(SetPins(pins=_PINS))
    window.workspace.do(MoveProbe(z=_PINS[1]))
    rest(_SETTLE_MS)
    window.workspace.do(ShowFrame(frame=14))


def _hat(window: LabWindow) -> None:
    rest(2 * _SETTLE_MS)
    slider = window.findChild(QSlider, "attributeSlider_Hat")
    slider.setValue(round(0.6 * slider.maximum()))
    rest(_SETTLE_MS)


def _tape(window: LabWindow) -> None:
    _drawn(window)


def _drawn(window: LabWindow) -> None:
    """Waits for the last frame of a tape."""
    for _ in range(_TAPE_MS // 500):
        rest(500)
        frames = window.bench.diffusion.frames()
        if frames and frames[-1].t == 0:
            break


SCENES = (
    Scene("window", "mnist-vae-2d", "explore", _walk),
    Scene("window-dark", "mnist-vae-2d", "explore", _walk, Theme.DARK),
    Scene("attributes", "faces-vae", "attributes", _hat),
    Scene("diffusion", "mnist-ddpm", "diffusion", _tape),
)


def draw(scene: Scene, folder: Path, size: tuple[int, int] = _SIZE) -> Path:
    """Draws a scene, as on a first start, and saves it in a folder."""
    with tempfile.TemporaryDirectory() as fresh:
        settings = Settings(Path(fresh) / "lab.ini")
        settings.theme = scene.theme
        window = create_window(settings, scene.model)
        window.resize(*size)
        window.show()
        window.bench.workspaces.show(scene.workspace)
        window.bench.workspaces.reset()
        rest(_SETTLE_MS)
        scene.do(window)
        rest(_SETTLE_MS)
        path = folder / f"{scene.name}.png"
        save(window, path)
        window.close()
        rest(500)
    return path


def save(widget: QWidget, path: Path) -> None:
    """Saves what a widget shows as a PNG with a palette."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    widget.grab().save(buffer, "PNG")  # type: ignore[call-overload]
    with Image.open(io.BytesIO(buffer.data().data())) as picture:
        # Octrees keep rare colours, as of a class with few points, which the median cut loses.
        picture.convert("RGB").quantize(
            _COLOURS, Image.Quantize.FASTOCTREE, kmeans=1, dither=Image.Dither.NONE
        ).save(path, optimize=True)


def main() -> int:
    """Draws the scenes that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=RESOURCES)
    parser.add_argument("--only", action="append", help="the name of a picture; may be given several times")
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for scene in SCENES:
        if not given.only or scene.name in given.only:
            path = draw(scene, given.folder)
            print(f"{path}: {path.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
