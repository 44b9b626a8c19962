"""The pictures on their plane, in the colour of the component that answers most for each, and the components.

A picture that several components share is paler, the more evenly they share it. An ellipse is the shadow of a
component at two standard deviations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.rendering.requests.mixture import EMStep
from latentlab.qt.widgets.colours import UNKNOWN_COLOURS, class_colour, has_dark_ground

_SIGMAS = 2.0
_MARGIN = 22
# Responsibilities in so many shades.
_SHADES = 4


class MixturePlane(QWidget):
    """`chosen` (component) is emitted at a click: the one that answers most for the picture there."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mixturePlane")
        self.setAccessibleName("The pictures on a plane, coloured by the component that answers for them")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.component: int | None = None
        self._points: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        self._step: EMStep | None = None
        self._low, self._high = np.zeros(2), np.ones(2)
        self._drawn: NDArray[np.float64] = np.zeros((0, 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 340)

    def show_points(self, points: NDArray[np.float32]) -> None:
        """Shows other pictures, float32 (N, 2)."""
        self._points, self._step = points, None
        if len(points):
            self._low, self._high = points.min(0).astype(float), points.max(0).astype(float)
        self._place()

    def show_step(self, step: EMStep | None) -> None:
        """Shows the components of a step, and the responsibilities, if it has any."""
        self._step = step
        self.update()

    def choose(self, component: int | None) -> None:
        """Marks a component."""
        self.component = component
        self.update()

    def to_screen(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where points of the plane (n, 2) are drawn; one scale for both directions."""
        middle = (self._low + self._high) / 2.0
        offset = (np.asarray(points, float) - middle) * self._scale()
        found: NDArray[np.float64] = np.stack(
            [self.width() / 2.0 + offset[..., 0], self._middle_y() - offset[..., 1]], -1
        )
        return found

    def _middle_y(self) -> float:
        return (self.height() - self.fontMetrics().height()) / 2.0

    def _scale(self) -> float:
        extent = np.maximum(self._high - self._low, 1e-6)
        room = np.array([self.width() - 2 * _MARGIN, 2 * self._middle_y() - 1.2 * _MARGIN])
        return float((np.maximum(room, 10.0) / extent).min())

    def _place(self) -> None:
        self._drawn = self.to_screen(self._points)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._step is None or event.button() != Qt.MouseButton.LeftButton:
            return
        here = np.array([event.position().x(), event.position().y()])
        means = np.square(self.to_screen(self._step.places) - here).sum(1)
        nearest = int(means.argmin())
        if means[nearest] > 100.0 and self._step.most is not None and len(self._drawn):
            nearest = int(self._step.most[int(np.square(self._drawn - here).sum(1).argmin())])
        self.chosen.emit(nearest)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.fillRect(self.rect(), palette.base())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter)
        if self._step is not None:
            self._paint_components(painter, self._step)
        painter.setPen(palette.placeholderText().color())
        line = self.fontMetrics().height()
        under = QRectF(4, self.height() - line - 1, self.width() - 8, line)
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, "first principal component →")
        painter.rotate(-90.0)
        beside = QRectF(-self.height() + line, 1, self.height() - line, line)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, "second →")
        painter.end()

    def _paint_points(self, painter: QPainter) -> None:
        dark = has_dark_ground(self.palette())
        neutral = QColor(UNKNOWN_COLOURS[dark])
        step = self._step
        small = 3.0 if len(self._drawn) > 800 else 5.0
        if step is None or step.most is None or step.shares is None:
            painter.setPen(_dot(neutral, small))
            painter.drawPoints([QPointF(x, y) for x, y in self._drawn])
            return
        shade = np.minimum((step.shares * _SHADES).astype(int), _SHADES - 1)
        keys = step.most.astype(int) * _SHADES + shade
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        for some in np.split(order, starts[1:]):
            if not len(some):
                continue
            j, level = divmod(int(keys[some[0]]), _SHADES)
            part = (level + 0.5) / _SHADES if level < _SHADES - 1 else 1.0
            colour = _mixed(neutral, class_colour(j, dark), part)
            if self.component is not None and j != self.component:
                colour.setAlphaF(0.35)
            size = small * (1.6 if j == self.component else 1.0)
            painter.setPen(_dot(colour, size))
            painter.drawPoints([QPointF(x, y) for x, y in self._drawn[some]])

    def _paint_components(self, painter: QPainter, step: EMStep) -> None:
        scale, places = self._scale(), self.to_screen(step.places)
        dark = has_dark_ground(self.palette())
        heaviest = max(float(step.weights.max()), 1e-9)
        rim = self.palette().base().color()
        # In a small plane they would cover the pictures.
        small = min(1.0, min(self.width(), self.height()) / 320.0)
        for j, (x, y) in enumerate(places):
            weight = float(step.weights[j])
            if weight * len(places) < 1e-3:
                continue
            colour, chosen = class_colour(j, dark), j == self.component
            if chosen or self.component is None:
                pen = QColor(colour)
                pen.setAlphaF(1.0 if chosen else 0.45)
                values, vectors = np.linalg.eigh(step.shadows[j].astype(float))
                radii = _SIGMAS * np.sqrt(np.maximum(values, 0.0)) * scale
                painter.save()
                painter.translate(x, y)
                painter.rotate(-math.degrees(math.atan2(vectors[1, 1], vectors[0, 1])))
                painter.setPen(QPen(pen, 2.5 if chosen else 1.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(0, 0), radii[1], radii[0])
                painter.restore()
            radius = small * (2.5 + 3.5 * math.sqrt(weight / heaviest)) + (2.0 if chosen else 0.0)
            painter.setPen(QPen(rim, 1.2))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x, y), radius, radius)


def _dot(colour: QColor, size: float) -> QPen:
    return QPen(colour, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of the other colour."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )
