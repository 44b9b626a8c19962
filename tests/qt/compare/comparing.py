"""What the tests of the comparison do with hand and eye."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.rendering.serving import Request
from latentlab.engine.types import Point
from latentlab.qt.compare.column import ModelColumn
from latentlab.qt.compare.window import CompareWindow

Opened = Callable[..., CompareWindow]


def ready(column: ModelColumn) -> bool:
    workspace = column.workspace
    return (
        workspace.encodings is not None
        and workspace.encodings.done
        and column.pictures.probe.picture is not None
    )


def pixel(column: ModelColumn, z: tuple[float, ...]) -> QPoint:
    flat = column.workspace.projection.to_plane(z)
    return QPointF(*column.plane.camera.to_pixel(*flat)).toPoint()


def drag(qtbot: QtBot, column: ModelColumn, by: QPoint) -> None:
    start = pixel(column, column.workspace.state.probe)
    qtbot.mousePress(column.plane, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        qtbot.mouseMove(column.plane, start + by * step / 4)
    qtbot.mouseRelease(column.plane, Qt.MouseButton.LeftButton, pos=start + by)


def child(widget: QWidget, name: str) -> QWidget:
    found = widget.findChild(QWidget, name)
    assert found is not None, name
    return found


def asked(served: list[Request]) -> list[Point]:
    return [request.z for request in served if isinstance(request, PointRequest)]
