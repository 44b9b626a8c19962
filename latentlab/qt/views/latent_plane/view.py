"""The latent plane: encoded data as points, the manifold under them, and the probe's handle.

What changes with the view (points, manifold, contours, axes) is painted once into a pixmap; what moves with
the mouse (handle, marks, the hovered picture) is painted over it, and only at its old and new positions. So a
drag repaints a few thousand pixels however many points there are.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.types import Point, Region
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.background import draw_part, painted_base
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.card import hovered_card
from latentlab.qt.views.latent_plane.cloud import Cloud
from latentlab.qt.views.latent_plane.critic import maps_of
from latentlab.qt.views.latent_plane.density import DensityLayer
from latentlab.qt.views.latent_plane.fitted_view import FittedView
from latentlab.qt.views.latent_plane.lasso import Gathering
from latentlab.qt.views.latent_plane.manifold_layer import ManifoldLayer
from latentlab.qt.views.latent_plane.marks_layer import MarksLayer
from latentlab.qt.views.latent_plane.mouse import Hand
from latentlab.qt.views.latent_plane.note import PlaneNote, no_points
from latentlab.qt.views.latent_plane.prior import reach_of
from latentlab.qt.views.latent_plane.prior_lines import PriorLines
from latentlab.qt.views.latent_plane.scatter import Scatter
from latentlab.qt.views.latent_plane.scatter_layer import ScatterLayer
from latentlab.qt.views.latent_plane.thumbnails import Thumbnails
from latentlab.qt.views.spec import ViewSpec
from latentlab.session.edits import LookAt
from latentlab.session.plane import axis_names
from latentlab.session.state import SessionState

# Points and manifold of one snapshot of a training are painted together if they come within this time.
_TOGETHER_MS = 70


class LatentPlane(QWidget):
    """A plane of the latent space, the workspace's `projection`, with axes of equal scale. The probe moves
    within that plane here.

    Left: drag the handle, click to move it, double-click a point to select its picture. Wheel: zoom. Right or
    middle: pan. Shift: gather into group A, with Ctrl into B. Arrow keys: nudge (Shift: ten times as far). +
    and -: zoom. Home: show everything.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("latentPlane")
        self.setAccessibleName("Latent plane")
        self.setAccessibleDescription(
            "Encoded pictures as points. Arrow keys move the probe, plus and minus zoom."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.workspace = workspace
        self.camera, self._fitted = Camera(), FittedView()
        self._base: QPixmap | None = None
        self._path, self._unfitted = "", True
        self._names = ("", "")
        self.hand = Hand(self, workspace)
        self._marking = MarksLayer(self, workspace, lambda: self.camera, lambda: self.hand.drag is not None)
        self.marks = self._marking.marks
        # A moving view does not request a manifold; the old one is stretched meanwhile.
        self._settled = QTimer(self, singleShot=True, interval=40)
        self._settled.timeout.connect(self._look_closely)
        self.density, self.maps = DensityLayer(workspace, self), maps_of(workspace, self)
        self._points = ScatterLayer(self, workspace, self)
        self.manifold, self.prior_lines = ManifoldLayer(self, workspace), PriorLines(workspace, self)
        self.thumbnails = Thumbnails(workspace, self)
        self._points.facts.show_in(self.palette())
        self.gathering = Gathering(self, workspace, self.hand.hit)
        self.note = PlaneNote(self)
        self._repaint_soon = QTimer(self, singleShot=True, interval=_TOGETHER_MS)
        self._repaint_soon.timeout.connect(self._repaint_all)
        self._points.changed.connect(self._points_changed)
        self._points.renewed.connect(self._points_changed)
        for layer in (self.manifold, self.thumbnails, self.density, *self.maps, self.prior_lines):
            layer.changed.connect(self._layer_changed)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        workspace.turned.connect(self._turned)

    @property
    def cloud(self) -> Cloud | None:
        """The visible points."""
        return self.scatter.cloud

    @property
    def scatter(self) -> Scatter:
        """All points."""
        return self._points.points

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        # Other data of the same model lie in the same plane: the view stays.
        self._unfitted = self._unfitted or model.path != self._path
        self._path = model.path
        # Points of another model, and numbers of other pictures, have no meaning here.
        self.marks.forget()
        self.manifold.forget()
        self.hand.hovered = None
        self._names = axis_names(self.workspace.projection)
        self._points.forget()
        self._marking.place()
        self.note.say(no_points(model))
        if self._unfitted and not model.can(Capability.ENCODES):
            # There will be no points to fit the view to.
            self._unfitted = False
            self.show_all()
        self._repaint_all()
        self._settled.start()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        self._points.show(encodings)
        if self._unfitted:
            self._unfitted = False
            self.show_all()

    @Slot(object)
    def _turned(self, projection: Projection) -> None:
        """Another plane: all positions change."""
        names, self._names = self._names, axis_names(projection)
        if self.workspace.turns_by_itself:
            # The newer points are on their way; what is seen stays until what follows it is there.
            self._marking.place()
            return
        self.manifold.forget()
        self._points.turn()
        self._marking.place()
        if names != self._names:
            self.show_all()
        else:  # the same directions, computed again: the view stays
            self._repaint_all()
            self._settled.start()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers != new.layers:
            self._repaint_all()
            self._settled.start()

    def show_trajectory(self, points: tuple[Point, ...], reached: int, hand: str = "") -> None:
        """Shows the path of a diffusion tape through the latent space, with its current frame labelled; ()
        for none.
        """
        self._marking.show_trajectory(points, reached, hand)

    # What is in sight

    def show_all(self) -> None:
        """Fits the view to the points and to two sigmas of the prior."""
        self.look(self._fitted.fitted(self.camera, self._reach))

    @property
    def _reach(self) -> float:  # the outermost 0.1 % would make the rest small
        return max(reach_of(self.workspace.model), self.scatter.reach(0.999))

    def look_at(self, region: Region) -> None:
        """Shows all of a region of the plane (left, right, bottom, top)."""
        self.look(self.camera.fitted(region))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zooms by a factor, about a pixel or the centre of the view."""
        centre = about or QPointF(0.5 * self.width(), 0.5 * self.height())
        self.look(self.camera.zoomed(factor, centre.x(), centre.y()))

    def look(self, camera: Camera) -> None:
        """Shows the region of a camera."""
        self.camera = camera
        self._repaint_all()
        self._settled.start()
        self.workspace.do(LookAt(view=camera.region))

    @Slot()
    def _look_closely(self) -> None:
        for layer in (self.manifold, self.density, *self.maps):
            layer.look(self.camera)
        self.thumbnails.look(self.camera, self.cloud)
        self._points.complete()

    @Slot()
    def _points_changed(self) -> None:
        if self.workspace.following and self._fitted.is_outgrown(self.camera, self._reach):
            self.look(self._fitted.fitted(self.camera, self._reach, spreading=True))
        self.thumbnails.look(self.camera, self.cloud)
        self._layer_changed()

    @Slot()
    def _layer_changed(self) -> None:
        self._repaint_soon.start() if self._points.renews_itself else self._repaint_all()

    @Slot()
    def _repaint_all(self) -> None:
        self._base = None
        self.update()

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.double_click(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DeferredDelete:
            # Within this function Qt would wait with Python's lock held, which the other threads need.
            self._points.finish()
        if (
            isinstance(event, QHelpEvent)
            and event.type() == QEvent.Type.ToolTip
            and self.hand.hovered is None
        ):
            place = event.pos().toPointF()
            known = (layer.words_at(place, self.camera) for layer in (self.density, *self.maps))
            QToolTip.showText(event.globalPos(), next(filter(None, known), ""), self)
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hand.hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.hand.key(event):
            super().keyPressEvent(event)

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.note.fit()
        self.look(self._fitted.resized(self.camera, self.width(), self.height()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._points.facts.show_in(self.palette())
            self._repaint_all()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._base is None:
            self._base = painted_base(
                self.rect(),
                ratio,
                self.palette(),
                self.camera,
                self.workspace.state.layers,
                self._points_image(ratio),
                self.thumbnails,
                self.manifold.image,
                self.density,
                self.maps,
                axis_names(self.workspace.projection),
                self.prior_lines.lines,
            )
        painter = QPainter(self)
        draw_part(painter, self._base, event.rect(), ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Qt knows this position already, and would not send an event.
        painter.setClipRect(event.rect())
        self.gathering.paint(painter, self.camera, ratio)
        self.marks.paint(painter, self.camera, self.palette(), self.workspace.state)
        self._paint_card(painter)
        painter.end()

    def _points_image(self, ratio: float) -> QImage | None:
        layers = self.workspace.state.layers
        if not layers.points or self.cloud is None:
            return None
        return self._points.image(ratio, layers.density, self._settled.isActive())

    def _paint_card(self, painter: QPainter) -> None:
        hovered, model = self.hand.hovered, self.workspace.model
        if hovered is not None and model is not None:
            hovered_card(painter, self.rect(), self.palette(), self.hand.place, model, hovered)


SPEC = ViewSpec(
    "latent_plane",
    "Latent plane",
    lambda context: LatentPlane(context.workspace),
    needs=frozenset({Capability.DECODES}),
)
