"""The stage itself: points of the data and points that are made, and what lies behind and between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.stage.events import REACH, Frame
from latentlab.engine.stage.recipe import Stroke
from latentlab.engine.types import Flat
from latentlab.qt.views.stage2d.inks import data_ink, image_of, made_ink
from latentlab.qt.widgets.drawable import DrawnWidget

_WAITING = "Drawing points …"
_DOT = 5.0
_SIGMAS = 2.0
# A stroke has a corner every so often.
_CORNER = 0.03


class StageCanvas(DrawnWidget):
    """`drew` carries the strokes of a drawing at each release of the mouse; `pulled` how far the second
    cloud is dragged.

    Attributes:
        strokes: of the drawing so far.
        draws, pulls: whether the mouse draws, or drags the second cloud.
        shows_mesh, shows_plan: what is drawn besides the points.
    """

    drew = Signal(object)
    pulled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageCanvas")
        self.setAccessibleName("The stage: points of the data, and points that are made")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.strokes: list[list[Flat]] = []
        self.draws = self.pulls = False
        self.shows_mesh, self.shows_plan = True, False
        self.hint = ""
        self._frame: Frame | None = None
        self._two: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._ground: QImage | None = None
        self._from: Flat | None = None
        self._moved: Flat = (0.0, 0.0)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 220)

    def sizeHint(self) -> QSize:
        return QSize(400, 260)

    # What is shown

    @property
    def frame(self) -> Frame | None:
        """On show."""
        return self._frame

    def show_frame(self, frame: Frame | None) -> None:
        """Shows a frame of a training, or nothing."""
        self._frame, self._two, self._ground = frame, None, None
        self.update()

    def show_two(self, one: NDArray[np.float32], other: NDArray[np.float32], moved: Flat) -> None:
        """Shows two clouds, the second of which has been moved by so much."""
        self._two, self._ground = (one, other), None
        if self._from is None:
            self._moved = moved
        self.update()

    def say(self, hint: str) -> None:
        """Words in the middle, over what is shown; "" for none."""
        if hint != self.hint:
            self.hint = hint
            self.update()

    def changeEvent(self, event: object) -> None:
        super().changeEvent(event)  # type: ignore[arg-type]
        self._ground = None

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "2-D stage"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        data, made = self._clouds()
        return {
            "data x": data[:, 0].tolist(),
            "data y": data[:, 1].tolist(),
            "made x": made[:, 0].tolist(),
            "made y": made[:, 1].tolist(),
        }

    def _clouds(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self._two is not None:
            return self._two
        if self._frame is not None:
            return self._frame.data, self._frame.made
        nothing = np.zeros((0, 2), np.float32)
        return nothing, nothing

    # Places

    def box(self) -> QRectF:
        """The square of the stage on the widget."""
        side = max(1.0, float(min(self.width(), self.height()) - 2))
        return QRectF((self.width() - side) / 2.0, (self.height() - side) / 2.0, side, side)

    def to_screen(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(..., 2) of the stage -> pixels."""
        box, scale = self.box(), self.box().width() / (2.0 * REACH)
        points = np.asarray(points, float)
        found: NDArray[np.float64] = np.stack(
            (box.center().x() + scale * points[..., 0], box.center().y() - scale * points[..., 1]), -1
        )
        return found

    def to_stage(self, place: QPointF) -> Flat:
        """A pixel -> a place of the stage, on it."""
        box, scale = self.box(), self.box().width() / (2.0 * REACH)
        across, up = (place.x() - box.center().x()) / scale, (box.center().y() - place.y()) / scale
        return max(-REACH, min(REACH, across)), max(-REACH, min(REACH, up))

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not (self.draws or self.pulls):
            super().mousePressEvent(event)
            return
        self._from = self.to_stage(event.position())
        if self.draws:
            self.strokes.append([self._from])
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        here = self.to_stage(event.position())
        # By a key the drawing may be cleared while the mouse is held.
        if self.draws and self.strokes:
            last = self.strokes[-1][-1]
            if abs(here[0] - last[0]) + abs(here[1] - last[1]) >= _CORNER:
                self.strokes[-1].append(here)
                self.update()
        elif self.pulls:
            self._moved = (
                max(-REACH, min(REACH, self._moved[0] + here[0] - self._from[0])),
                max(-REACH, min(REACH, self._moved[1] + here[1] - self._from[1])),
            )
            self._from = here
            self.pulled.emit(self._moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            super().mouseReleaseEvent(event)
            return
        self._from = None
        if self.draws and self.strokes:
            self.drew.emit(self.all_strokes())

    def all_strokes(self) -> tuple[Stroke, ...]:
        """Of the drawing, frozen."""
        return tuple(tuple(stroke) for stroke in self.strokes)

    def clear_drawing(self) -> None:
        """Takes all strokes away."""
        self.strokes.clear()
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, box = QPainter(self), self.box()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, self.palette().base())
        painter.setClipRect(box)
        frame = None if self._two is not None else self._frame
        if frame is not None:
            self._paint_ground(painter, box, frame)
            if self.shows_plan:
                self._paint_plan(painter, frame)
            if self.shows_mesh and frame.mesh is not None:
                self._paint_mesh(painter, frame.mesh)
        data, made = self._clouds()
        if self._two is not None:
            self._paint_pull(painter)
        self._paint_dots(painter, data, True)
        self._paint_dots(painter, made, False)
        if frame is not None and frame.ellipses is not None:
            self._paint_ellipses(painter, frame.ellipses)
        if self.draws:
            self._paint_strokes(painter)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(box)
        empty = frame is None and self._two is None and not self.draws
        if words := self.hint or (_WAITING if empty else ""):
            painter.setPen(self.palette().text().color())
            painter.drawText(
                box.adjusted(20, 20, -20, -20),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                words,
            )
        painter.end()

    def _paint_ground(self, painter: QPainter, box: QRectF, frame: Frame) -> None:
        if frame.behind is None:
            return
        if self._ground is None:
            self._ground = image_of(frame.behind, self.palette())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, self._ground)

    def _paint_dots(self, painter: QPainter, points: NDArray[np.float32], data: bool) -> None:
        places = self.to_screen(points)
        ink = data_ink(self.palette()) if data else made_ink(self.palette())
        size = _DOT * max(1.0, self.box().width() / 620.0)
        rim = self.palette().base().color()
        for colour, width in ((rim, size + 1.6), (ink, size)):
            pen = QPen(colour, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(_polygon(places))

    def _paint_mesh(self, painter: QPainter, mesh: NDArray[np.float32]) -> None:
        ink = made_ink(self.palette())
        ink.setAlphaF(0.55)
        painter.setPen(QPen(ink, 1.0 if len(mesh) > 1 else 2.0))
        for line in self.to_screen(mesh):
            painter.drawPolyline(_polygon(line))

    def _paint_plan(self, painter: QPainter, frame: Frame) -> None:
        pale = self.palette().text().color()
        pale.setAlphaF(0.4)
        painter.setPen(QPen(pale, 1.0))
        starts, ends = self.to_screen(frame.made), self.to_screen(frame.data[frame.plan])
        painter.drawLines([QLineF(*start, *end) for start, end in zip(starts, ends, strict=True)])

    def _paint_ellipses(self, painter: QPainter, ellipses: NDArray[np.float32]) -> None:
        painter.setPen(QPen(made_ink(self.palette()), 1.8))
        angle = np.linspace(0.0, 2.0 * np.pi, 49)
        for mean, one, other in ellipses:
            line = mean + _SIGMAS * (np.cos(angle)[:, None] * one + np.sin(angle)[:, None] * other)
            painter.drawPolyline(_polygon(self.to_screen(line)))

    def _paint_strokes(self, painter: QPainter) -> None:
        ink = data_ink(self.palette())
        ink.setAlphaF(0.6)
        pen = QPen(ink, self.box().width() / (2.0 * REACH) * 0.12)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self.strokes:
            line = self.to_screen(np.array(stroke))
            if len(line) == 1:
                painter.drawPoint(QPointF(*line[0]))
            else:
                painter.drawPolyline(_polygon(line))

    def _paint_pull(self, painter: QPainter) -> None:
        start, end = self.to_screen(np.zeros(2)), self.to_screen(np.array(self._moved))
        painter.setPen(QPen(self.palette().text().color(), 1.6))
        painter.drawLine(QPointF(*start), QPointF(*end))


def _polygon(places: NDArray[np.float64]) -> QPolygonF:
    return QPolygonF([QPointF(across, up) for across, up in places.tolist()])
