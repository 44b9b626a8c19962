"""The mosaic of the manifold grid, with mouse and keyboard.

The cells of the probe and of the hovered point are outlined; only those outlines are repainted when they
move, and the mosaic is scaled once per reply and size.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import GridReply, GridRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.manifold_grid.cells import Cell, Cells
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.session.edits import MoveProbe, PointAt
from latentlab.session.state import SessionState

_OUTSIDE = 1.0
_MARGIN = 4.0  # for the outlines of the outermost cells
_OUTLINE = 5
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class GridPicture(QWidget):
    """The mosaic. Left: click or drag to move the probe. Arrow keys: one cell further.

    `hovered` carries the z of the cell under the mouse, or None.
    """

    hovered = Signal(object)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manifoldGrid")
        self.setAccessibleName("Manifold grid")
        self.setAccessibleDescription(
            "Pictures decoded on a grid over the plane. Arrow keys move the probe by a cell."
        )
        self.setToolTip("Click or drag to move the probe; arrow keys move it from picture to picture.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(140, 100)
        # It takes the height that the controls below leave it; it must not make the panel scroll.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.reply: GridReply | None = None
        self.cells: Cells | None = None
        self.probe_cell: Cell | None = None
        self.pointed_cell: Cell | None = None
        self._workspace = workspace
        self._message = "Opening the model …"
        self._scaled: QImage | None = None
        self._hovered: Cell | None = None
        self._mouse = QPointF()
        self._drag: int | None = None
        self._key_gesture = 0
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(GridRequest).connect(self._gridded)
        workspace.refused.connect(self._refused)

    def sizeHint(self) -> QSize:
        return QSize(380, 380)

    @property
    def projection(self) -> Projection:
        """The plane of the mosaic, which may be that of a moment ago."""
        return (self.reply and self.reply.projection) or self._workspace.projection

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if self.reply is not None and self.projection.latents != model.latents:
            self.reply = None
            self._lay_out()

    @Slot(object)
    def _gridded(self, reply: GridReply) -> None:
        if not reply.done and self.reply is not None and self._workspace.following:
            return  # the last one is finer, and nearly the same
        self.reply = reply
        self._lay_out()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(GridRequest):
            self.reply, self._message = None, refusal.message
            self._lay_out()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.probe, old.pointed) != (new.probe, new.pointed):
            self._mark()

    def _lay_out(self) -> None:
        """Scales the mosaic and places the cells for the size of the widget."""
        self._scaled = self.cells = None
        if self.reply is not None and min(self.width(), self.height()) > 2 * _MARGIN:
            ratio = self.devicePixelRatioF()
            image = to_qimage(self.reply.mosaic)
            frame = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            room = (frame.size() * ratio).toSize()
            if image.width() > room.width() or image.height() > room.height():
                # Averaged over areas, which QPainter does not do when scaling by half and less.
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                image = image.scaled(room, keep, smooth)
            self._scaled = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
            self._scaled.fill(Qt.GlobalColor.transparent)
            self._scaled.setDevicePixelRatio(ratio)
            painter = QPainter(self._scaled)
            box = draw_crisp(painter, frame, image)
            painter.end()
            self.cells = Cells(self.reply.across, self.reply.up, box)
        if self._hovered is not None:
            self._hover(self.cells.at(self._mouse) if self.cells else None)
        self._mark()
        self.update()

    def _mark(self) -> None:
        """Follows probe and pointer, repainting only the outlines that moved."""
        state, cells = self._workspace.state, self.cells
        probe = self._cell_of(state.probe)
        pointed = self._cell_of(state.pointed) if state.pointed else None
        if cells:
            moved = {self.probe_cell, probe} if probe != self.probe_cell else set()
            moved |= {self.pointed_cell, pointed} if pointed != self.pointed_cell else set()
            for cell in moved - {None}:
                assert cell is not None
                reach = _OUTLINE
                self.update(cells.box_of(cell).adjusted(-reach, -reach, reach, reach).toAlignedRect())
        self.probe_cell, self.pointed_cell = probe, pointed

    def _cell_of(self, z: Point) -> Cell | None:
        """The cell that holds z; None for a point of another model, which may still arrive."""
        if self.cells is None or len(z) != self.projection.latents:
            return None
        return self.cells.holding(self.projection.to_plane(z))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.cells:
            cell = self.cells.at(event.position())
            if cell is not None:
                self._hover(None)
                self._drag = new_gesture()
                self._send(cell, self._drag)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self.cells is None:
            return
        if self._drag is None:
            self._hover(self.cells.at(self._mouse))
        elif (cell := self.cells.closest(self._mouse)) != self.probe_cell:
            self._send(cell, self._drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or self.cells is None:
            super().keyPressEvent(event)
            return
        # An auto-repeating key is one gesture, and so one undo step.
        if not event.isAutoRepeat():
            self._key_gesture = new_gesture()
        column, row = self.cells.nearest(self.projection.to_plane(self._workspace.state.probe))
        self._send(self.cells.clamped(column + step[0], row + step[1]), self._key_gesture)

    def _send(self, cell: Cell, gesture: int) -> None:
        self._workspace.do(MoveProbe(gesture=gesture, z=self._z_of(cell)))

    def _hover(self, cell: Cell | None) -> None:
        if cell == self._hovered and cell is None:
            return
        self._hovered = cell
        z = None if cell is None else self._z_of(cell)
        self._workspace.do(PointAt(z=z))
        self.hovered.emit(z)

    def _z_of(self, cell: Cell) -> Point:
        assert self.cells is not None
        return self.projection.place(self._workspace.state.probe, *self.cells.place_of(cell))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:  # moved to another screen
            self._lay_out()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._scaled is None or self.cells is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self._message)
        else:
            painter.drawImage(QPointF(0, 0), self._scaled)
            accent = self.palette().highlight().color()
            if self.hasFocus():
                _outline(painter, self.cells.box, ((accent, 1.0),))
            black, white = QColor("black"), QColor("white")
            if self.pointed_cell is not None:
                _outline(painter, self.cells.box_of(self.pointed_cell), ((black, 3.0), (white, 1.4)))
            if self.probe_cell is not None:
                rims = ((black, 5.0), (white, 4.0), (accent, 2.0))
                _outline(painter, self.cells.box_of(self.probe_cell), rims)
        painter.end()


def _outline(painter: QPainter, box: QRectF, rims: Sequence[tuple[QColor, float]]) -> None:
    """A frame just outside a cell, visible on any picture."""
    box = box.adjusted(-_OUTSIDE, -_OUTSIDE, _OUTSIDE, _OUTSIDE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in rims:
        painter.setPen(QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(box)
