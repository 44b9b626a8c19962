"""The six marks of First steps: what each says, and what it points at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QMainWindow, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane

# Pixels about the ring.
_RING = 26


@dataclass(frozen=True)
class Mark:
    """One mark.

    Attributes:
        title: what it points at.
        text: what to do there.
        place: the rectangle of the window it points at now; None while that is out of sight.
        panel: the name of a view that is to be in sight, "" for none.
    """

    title: str
    text: str
    place: Callable[[], QRect | None]
    panel: str = ""


def first_steps(window: QMainWindow, plane: LatentPlane, workspace: Workspace) -> tuple[Mark, ...]:
    """The six marks of a window."""

    def at(*names: str) -> Callable[[], QRect | None]:
        return lambda: _first_visible(window, names)

    return (
        Mark(
            "Drag the ring",
            "It is a place in what the model has learnt. The large picture follows your hand: the model "
            "draws it, nobody ever took it.",
            lambda: _ring(window, plane, workspace),
        ),
        Mark(
            "All of it at once",
            "The grid shows what the model draws everywhere. Click a picture to go there.",
            at("manifoldGrid", "manifoldGridDock"),
            panel="manifold_grid",
        ),
        Mark(
            "Keep what you like",
            "Press P to pin the place of the ring. Two pins make a walk from one picture to the other: "
            "play it with W.",
            at("trayAndWalk", "tray", "pinHereButton"),
            panel="tray",
        ),
        Mark(
            "Other models",
            "Digits, faces, models that draw out of noise: open another one here. What you have pinned waits "
            "for you.",
            at("modelChip", "menuBar", "openButton"),
        ),
        Mark(
            "Train your own",
            "On the digits or on a folder of your own pictures. The plane unfolds before your eyes while it "
            "learns.",
            at("workspace_train", "trainButton", "trainingDock"),
        ),
        Mark(
            "Nothing breaks",
            "Whatever you do undoes with Ctrl+Z, and Ctrl+K finds every command. A ? or F1 explains what "
            "you are looking at.",
            at("undoButton", "commandPaletteButton"),
        ),
    )


def _first_visible(window: QMainWindow, names: Iterable[str]) -> QRect | None:
    """Where the first of the named widgets is that can be seen."""
    for name in names:
        widget = window.findChild(QWidget, name)
        if widget is not None and widget.isVisible() and not widget.visibleRegion().isEmpty():
            seen = widget.visibleRegion().boundingRect()
            return QRect(widget.mapTo(window, seen.topLeft()), seen.size())
    return None


def _ring(window: QMainWindow, plane: LatentPlane, workspace: Workspace) -> QRect | None:
    x, y = plane.camera.to_pixel(*workspace.projection.to_plane(workspace.state.probe))
    middle = QPoint(round(x), round(y))
    if not plane.isVisible() or not plane.rect().contains(middle):
        return None
    return QRect(plane.mapTo(window, middle) - QPoint(_RING, _RING), QSize(2 * _RING, 2 * _RING))
