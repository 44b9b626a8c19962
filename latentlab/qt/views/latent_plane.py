"""The latent plane: encoded data as points, the manifold under them, and the handle to drag through it.

What changes with the view (points, manifold, contours, axes) is painted once into a pixmap; what moves
under the hand (handle, marks, the hovered picture) is painted over it, and only where it was and is. So a
drag repaints a few thousand pixels however many points there are.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.requests import (
    EncodingsReply,
    GridReply,
    LoadedReply,
    Point,
    SelectionReply,
    WalkReply,
)
from latentlab.qt.desk import Desk
from latentlab.qt.palette import class_inks
from latentlab.qt.pixels import argb_image, data_picture, to_qimage
from latentlab.qt.plane import paint
from latentlab.qt.plane.camera import Camera
from latentlab.qt.plane.cloud import Cloud, diameter_for, splat
from latentlab.qt.undo import new_gesture
from latentlab.session.edits import LookAt, MoveProbe, PointAt, SelectImage
from latentlab.session.state import SessionState

_GRAB = 14
_HIT = 9
_NUDGE = 4.0
_CELL = 40
_FIT_MARGIN = 1.08


class LatentPlane(QWidget):
    """The first two latent dimensions, with axes of equal scale.

    Left: drag the handle, click to send it, double-click a point to select its picture. Wheel: zoom. Right
    or middle: pan. Arrow keys: nudge (Shift: ten times as far). + and -: zoom. Home: show everything.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("latentPlane")
        self.setAccessibleName("Latent plane")
        self.setAccessibleDescription(
            "Encoded pictures as points. Arrow keys move the probe, plus and minus zoom."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.desk = desk
        self.camera = Camera()
        self.cloud: Cloud | None = None
        self._everything: Cloud | None = None
        self._labels: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.walk: tuple[Point, ...] = ()
        self.ellipse: tuple[Point, Point] | None = None
        self._encodings: EncodingsReply | None = None
        self._manifold: tuple[tuple[float, float, float, float], QImage] | None = None
        self._points: tuple[QImage, object] | None = None
        self._base: QPixmap | None = None
        self._path, self._unfitted = "", True
        self._hovered: int | None = None
        self._mouse = QPointF()
        self._drag: tuple[int, QPointF] | None = None
        self._pan: QPointF | None = None
        self._key_gesture = 0
        # A view that is still moving asks for no manifold; the old one is stretched meanwhile.
        self._settled = QTimer(self, singleShot=True, interval=40)
        self._settled.timeout.connect(self._ask_for_manifold)
        desk.changed.connect(self._changed)
        desk.probed.connect(self._changed)
        desk.loaded.connect(self._loaded)
        desk.encoded.connect(self._encoded)
        desk.selected.connect(self._selected)
        desk.underlaid.connect(self._underlaid)
        desk.walked.connect(self._walked)

    # What comes from the desk

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        # Other data of the same model lie in the same plane: the view stays where it is.
        self._unfitted = self._unfitted or model.path != self._path
        self._path = model.path
        self._encodings, self.ellipse, self._manifold = None, None, None
        self.cloud = self._everything = None
        self._repaint_all()
        self._settled.start()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        self._encodings = encodings
        self._count_in()
        if self._unfitted:
            self._unfitted = False
            self.show_all()

    @Slot(object)
    def _selected(self, card: SelectionReply) -> None:
        self.ellipse = (card.mean, card.sigma)
        self.update()

    @Slot(object)
    def _underlaid(self, reply: GridReply) -> None:
        if reply.region is None:
            return
        image = to_qimage(reply.mosaic)
        if image.isGrayscale() and not paint.is_dark(self.palette()):
            image.invertPixels()  # ink on paper: white digits on black would drown the points
        # Qt scales this format, smoothly, twice as fast as grey.
        self._manifold = (reply.region, image.convertToFormat(QImage.Format.Format_RGB32))
        self._base = None
        self.update()

    @Slot(object)
    def _walked(self, walk: WalkReply) -> None:
        self.walk = walk.points if len(walk.points) > 1 else ()
        self.update()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.hidden != new.hidden:
            self._filter()
        if old.layers != new.layers:
            self._repaint_all()
            self._settled.start()
        if old.selected != new.selected:
            self.ellipse = None
            self.update()
        if (old.frame, old.pins) != (new.frame, new.pins):
            self.update()
        for before, after in ((old.probe, new.probe), (old.pointed, new.pointed)):
            if before != after:
                self._update_around(before)
                self._update_around(after)

    # What is in sight

    def show_all(self) -> None:
        """Fits the view to the points and to two sigmas of the prior."""
        reach = 2.6
        if self._encodings is not None and len(self._encodings.mean):
            # The outermost thousandth would make the rest small.
            reach = max(reach, float(np.quantile(np.abs(self._encodings.mean[:, :2]), 0.999)))
        reach *= _FIT_MARGIN
        self._look(self.camera.fitted((-reach, reach, -reach, reach)))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Closer by a factor, about a pixel or the middle of the view."""
        centre = about or QPointF(0.5 * self.width(), 0.5 * self.height())
        self._look(self.camera.zoomed(factor, centre.x(), centre.y()))

    def _look(self, camera: Camera) -> None:
        self.camera = camera
        self._repaint_all()
        self._settled.start()
        self.desk.do(LookAt(view=camera.region))

    def _ask_for_manifold(self) -> None:
        if self.desk.state.layers.manifold:
            columns = max(2, math.ceil(self.width() / _CELL))
            rows = max(2, math.ceil(self.height() / _CELL))
            self.desk.request_underlay(columns, rows, self.camera.region)

    def _count_in(self) -> None:
        """Makes the cloud of all points anew, as when more have been encoded."""
        encodings, model = self._encodings, self.desk.model
        if encodings is None or model is None:
            return
        count = len(encodings.mean)
        self._labels = np.full(count, -1) if model.labels is None else model.labels[:count]
        self._everything = Cloud.of(encodings.mean, class_inks(self._labels))
        self._filter()

    def _filter(self) -> None:
        """Leaves out the points of hidden classes."""
        hidden = self.desk.state.hidden
        self.cloud = self._everything
        if self._everything is not None and hidden:
            # A table is many times as fast as numpy's isin. Its last entry is that of -1, no class.
            shown = np.ones(max(*hidden, int(self._labels.max(initial=0))) + 2, dtype=bool)
            shown[list(hidden)] = False
            self.cloud = self._everything.only(shown[self._labels])
        self._repaint_all()

    def _repaint_all(self) -> None:
        self._base = None
        self.update()

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            probe = QPointF(*self.camera.to_pixel(*self.desk.state.probe[:2]))
            gap = probe - event.position()
            # Gripping the handle off its middle must not make it jump.
            grip = gap if math.hypot(gap.x(), gap.y()) <= _GRAB else QPointF()
            self._drag = (new_gesture(), grip)
            self._hover(None)
            if grip.isNull():
                self._send_probe(event.position())
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._pan = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._send_probe(event.position() + self._drag[1])
        elif self._pan is not None:
            moved = event.position() - self._pan
            self._pan = event.position()
            self._look(self.camera.panned(moved.x(), moved.y()))
        else:
            self._mouse = event.position()
            self._hover(self._hit(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
        else:
            self._pan = None
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._hit(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            assert self._encodings is not None
            self._drag = None
            self.desk.do(SelectImage(index=row, z=tuple(map(float, self._encodings.mean[row]))))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            far = _NUDGE * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            # A key that repeats is one gesture, and so one step of the undo.
            if not event.isAutoRepeat():
                self._key_gesture = new_gesture()
            across, up = steps[key]
            probe = self.desk.state.probe
            reach = far / self.camera.scale
            z = (probe[0] + across * reach, probe[1] + up * reach, *probe[2:])
            self.desk.do(MoveProbe(gesture=self._key_gesture, z=z))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom(0.8)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key == Qt.Key.Key_Escape and self.desk.state.selected is not None:
            self.desk.do(SelectImage(index=None))
        else:
            super().keyPressEvent(event)

    def _send_probe(self, place: QPointF) -> None:
        assert self._drag is not None
        x, y = self.camera.to_plane(place.x(), place.y())
        rest = self.desk.state.probe[2:]
        self.desk.do(MoveProbe(gesture=self._drag[0], z=(x, y, *rest)))

    def _hit(self, place: QPointF) -> int | None:
        """The picture whose point is under a pixel."""
        if self.cloud is None or not self.desk.state.layers.points:
            return None
        found = self.cloud.nearest(*self.camera.to_plane(place.x(), place.y()))
        return found[0] if found and found[1] * self.camera.scale <= _HIT else None

    def _hover(self, row: int | None) -> None:
        if row is None and self._hovered is None:
            return
        self._hovered = row
        z = None
        if row is not None and self._encodings is not None:
            z = tuple(map(float, self._encodings.mean[row]))
        self.desk.do(PointAt(z=z))
        self.update()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._look(self.camera.resized(self.width(), self.height()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._manifold = None
            self._repaint_all()
            self._settled.start()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._base is None:
            self._base = self._painted_base(ratio)
        painter = QPainter(self)
        box = event.rect()
        source = QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
        painter.drawPixmap(QRectF(box), self._base, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marks(painter)
        painter.end()

    def _painted_base(self, ratio: float) -> QPixmap:
        camera, layers = self.camera, self.desk.state.layers
        base = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        base.setDevicePixelRatio(ratio)
        painter = QPainter(base)
        painter.fillRect(self.rect(), self.palette().base())
        if layers.manifold and self._manifold is not None:
            paint.manifold(painter, camera, *self._manifold)
        if layers.contours:
            paint.contours(painter, camera, self.palette())
        if layers.points and self.cloud is not None:
            painter.drawImage(QPointF(0, 0), self._points_image(self.cloud, ratio))
        if layers.contours:
            paint.contour_names(painter, camera, self.palette())
        paint.axes(painter, camera, self.palette())
        painter.end()
        return base

    def _points_image(self, cloud: Cloud, ratio: float) -> QImage:
        """The cloud's image, drawn anew only if the view or the cloud is another one."""
        key = (cloud, self.camera, ratio)
        if self._points is None or self._points[1] != key:
            pixels = splat(cloud, self.camera, ratio, diameter_for(len(cloud), ratio))
            image = argb_image(pixels, ratio)
            self._pixels = pixels  # the image shares this memory
            self._points = (image, key)
        return self._points[0]

    def _paint_marks(self, painter: QPainter) -> None:
        state, camera, palette = self.desk.state, self.camera, self.palette()
        if self.walk:
            paint.walk(painter, camera, palette, self.walk, state.frame)
        paint.pins(painter, camera, palette, state.pins)
        if self.ellipse is not None:
            paint.posterior(painter, camera, palette, *self.ellipse)
        if state.pointed is not None:
            paint.pointed(painter, camera, palette, state.pointed)
        paint.probe(painter, camera, palette, state.probe)
        model = self.desk.model
        if self._hovered is not None and model is not None and self._hovered < len(model.images):
            name = ""
            if model.labels is not None:
                name = model.classes[int(model.labels[self._hovered])]
            picture = to_qimage(data_picture(model.images, self._hovered))
            paint.card(painter, self.rect(), palette, self._mouse, picture, name, self._hovered)

    def _update_around(self, z: Point | None) -> None:
        """Repaints the few pixels about a mark at z."""
        if z is not None:
            left, top = self.camera.to_pixel(*z[:2])
            if abs(left) < 1e6 and abs(top) < 1e6:
                middle = QPoint(round(left), round(top))
                reach = QPoint(paint.REACH, paint.REACH)
                self.update(QRectF(middle - reach, middle + reach).toAlignedRect())
