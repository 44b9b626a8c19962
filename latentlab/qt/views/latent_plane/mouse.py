"""Mouse and keyboard in the plane: what they do to the probe, to the view and to the selection."""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent

from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.lasso import Gathering
from latentlab.qt.views.latent_plane.scatter import Scatter
from latentlab.qt.views.latent_plane.thumbnails import Thumbnails
from latentlab.session.edits import MoveProbe, PointAt

_GRAB = 14
_HIT = 9
_NUDGE = 4.0
_KEY = Qt.Key
_STEPS = {_KEY.Key_Left: (-1, 0), _KEY.Key_Right: (1, 0), _KEY.Key_Up: (0, 1), _KEY.Key_Down: (0, -1)}


class Plane(Protocol):
    """The plane, as mouse and keyboard need it."""

    @property
    def camera(self) -> Camera:
        """The visible region."""

    @property
    def scatter(self) -> Scatter:
        """The points."""

    @property
    def thumbnails(self) -> Thumbnails:
        """The pictures in place of points."""

    @property
    def gathering(self) -> Gathering:
        """The lasso, which goes first."""

    def look(self, camera: Camera) -> None:
        """Shows another region."""

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zooms by a factor, about a pixel or the centre of the view."""

    def show_all(self) -> None:
        """Fits the view to the points."""

    def setCursor(self, cursor: QCursor | Qt.CursorShape, /) -> None:
        """Sets the cursor."""

    def update(self) -> None:
        """Repaints everything."""


class Hand:
    """Mouse and keyboard of one plane.

    Attributes:
        drag: the gesture of the current drag and the offset from the handle's centre; else None.
        hovered: the number of the picture whose point is under the mouse.
        place: the last position of the mouse.
    """

    def __init__(self, plane: Plane, workspace: Workspace) -> None:
        self._plane, self._workspace = plane, workspace
        self.drag: tuple[int, QPointF] | None = None
        self.hovered: int | None = None
        self.place = QPointF()
        self._pan: QPointF | None = None
        self._key_gesture = 0

    # The mouse

    def press(self, event: QMouseEvent) -> None:
        """Grips the handle or moves it here; with another button, grips the plane."""
        if self._plane.gathering.press(event):
            self.hover(None)
        elif event.button() == Qt.MouseButton.LeftButton:
            projection = self._workspace.projection
            probe = QPointF(*self._plane.camera.to_pixel(*projection.to_plane(self._workspace.state.probe)))
            gap = probe - event.position()
            # Gripping the handle off its centre must not make it jump.
            grip = gap if math.hypot(gap.x(), gap.y()) <= _GRAB else QPointF()
            self.drag = (new_gesture(), grip)
            self.hover(None)
            if grip.isNull():
                self._send_probe(self.drag[0], event.position())
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._pan = event.position()
            self._plane.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: QMouseEvent) -> None:
        """Drags what is gripped, or hovers."""
        if self._plane.gathering.move(event):
            return
        if self.drag is not None:
            gesture, grip = self.drag
            self._send_probe(gesture, event.position() + grip)
        elif self._pan is not None:
            moved = event.position() - self._pan
            self._pan = event.position()
            self._plane.look(self._plane.camera.panned(moved.x(), moved.y()))
        else:
            self.place = event.position()
            self.hover(self.hit(event.position()))

    def release(self, event: QMouseEvent) -> None:
        """Lets go."""
        if self._plane.gathering.release(event, self._plane.camera, self._plane.scatter.cloud):
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self.drag = None
        else:
            self._pan = None
            self._plane.gathering.point()

    def double_click(self, event: QMouseEvent) -> None:
        """Selects the picture whose point is under the mouse."""
        if self._plane.gathering.takes(event):
            return
        row = self.hit(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self.drag = None
            self._workspace.select(row)

    def hit(self, place: QPointF) -> int | None:
        """The picture whose point, or thumbnail, is under a pixel."""
        cloud = self._plane.scatter.cloud
        if cloud is None or not self._workspace.state.layers.points:
            return None
        drawn = self._plane.thumbnails.row_at(place.x(), place.y(), self._plane.camera)
        if drawn is not None:
            return drawn
        found = cloud.nearest(*self._plane.camera.to_plane(place.x(), place.y()))
        return found[0] if found and found[1] * self._plane.camera.scale <= _HIT else None

    def hover(self, row: int | None) -> None:
        """Hovers over a picture's point, or over none with None."""
        if row is None and self.hovered is None:
            return
        self.hovered = row
        self._workspace.do(PointAt(z=None if row is None else self._plane.scatter.z_of(row)))
        self._plane.update()

    # The keys

    def key(self, event: QKeyEvent) -> bool:
        """Handles a key; returns whether it has a meaning here."""
        key, plane = Qt.Key(event.key()), self._plane
        if key in _STEPS:
            far = _NUDGE * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            # An auto-repeating key is one gesture, and so one undo step.
            if not event.isAutoRepeat():
                self._key_gesture = new_gesture()
            across, up = _STEPS[key]
            u, v = self._workspace.projection.to_plane(self._workspace.state.probe)
            reach = far / plane.camera.scale
            self.move_probe(self._key_gesture, u + across * reach, v + up * reach)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            plane.zoom(1.25)
        elif key == Qt.Key.Key_Minus:
            plane.zoom(0.8)
        elif key == Qt.Key.Key_Home:
            plane.show_all()
        elif key == Qt.Key.Key_Escape and plane.gathering.end():
            pass
        elif key == Qt.Key.Key_Escape and self._workspace.state.selected is not None:
            self._workspace.select(None)
        else:
            return False
        return True

    # The probe

    def _send_probe(self, gesture: int, place: QPointF) -> None:
        self.move_probe(gesture, *self._plane.camera.to_plane(place.x(), place.y()))

    def move_probe(self, gesture: int, u: float, v: float) -> None:
        """Moves the probe within the plane; its other components stay."""
        z = self._workspace.projection.place(self._workspace.state.probe, u, v)
        self._workspace.do(MoveProbe(gesture=gesture, z=z))
