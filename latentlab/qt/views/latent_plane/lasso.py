"""Gathers points of the plane into group A or B: by a lasso drawn around them, or by clicking them.

Shift gathers into A, Ctrl+Shift into B; or, in the session's mode `gathering`, the plain mouse does. The
points are added to the group when the button is released: one undo step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QBrush, QColor, QImage, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud
from latentlab.qt.views.latent_plane.group_marks import GroupMarks
from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.session import groups
from latentlab.session.own_edits import Gather
from latentlab.session.state import SessionState

# Shorter than this is a click with a little movement.
_CLICK = 5.0
_SAID_MS = 2500
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def inside(path: QPolygonF, cloud: Cloud, camera: Camera) -> NDArray[np.intp]:
    """The numbers of the visible points inside a closed path, in pixels of the view.

    The path is filled into an image of the view, where each point looks up its pixel: fast for any number.
    """
    area = QImage(camera.width, camera.height, QImage.Format.Format_Grayscale8)
    area.fill(0)
    painter = QPainter(area)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(Qt.GlobalColor.white))
    painter.drawPolygon(path, Qt.FillRule.WindingFill)
    painter.end()
    flat = np.frombuffer(area.constBits(), np.uint8).reshape(camera.height, area.bytesPerLine())
    left = np.floor((cloud.x - camera.x) * camera.scale + 0.5 * camera.width)
    top = np.floor((camera.y - cloud.y) * camera.scale + 0.5 * camera.height)
    seen = (left >= 0) & (left < camera.width) & (top >= 0) & (top < camera.height)
    rows = cloud.row[seen]
    taken: NDArray[np.intp] = rows[flat[top[seen].astype(np.intp), left[seen].astype(np.intp)] > 0]
    return taken


class Gathering(QObject):
    """Adds a lasso to the plane. `hit` finds the picture under a pixel."""

    def __init__(self, plane: QWidget, workspace: Workspace, hit: Callable[[QPointF], int | None]) -> None:
        super().__init__(plane)
        self._plane, self._workspace, self._hit = plane, workspace, hit
        self.marks = GroupMarks()
        self.path = QPolygonF()
        self._group = ""
        self._said = ""
        self._hush = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._hush.timeout.connect(self._be_quiet)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._place)
        workspace.encoded.connect(self._place)
        workspace.turned.connect(self._place)
        self._place()

    # What comes from the workspace

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.group_a, old.group_b) != (new.group_a, new.group_b):
            self._place()
        if old.gathering != new.gathering:
            self.point()
            self._plane.update()

    @Slot()
    def _place(self) -> None:
        self.marks.place(self._workspace.state, self._workspace.encodings, self._workspace.projection)
        self._plane.update()

    def point(self) -> None:
        """Sets the cursor for the current mode."""
        if self._workspace.state.gathering or self._group:
            self._plane.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._plane.unsetCursor()

    # The hand

    def takes(self, event: QMouseEvent) -> bool:
        """Whether the mouse gathers now, and does nothing else."""
        return event.button() == Qt.MouseButton.LeftButton and bool(self._group_of(event))

    def _group_of(self, event: QMouseEvent) -> str:
        if event.modifiers() & _SHIFT:
            return groups.B if event.modifiers() & _CTRL else groups.A
        return self._workspace.state.gathering

    def press(self, event: QMouseEvent) -> bool:
        """Starts a lasso; returns whether it did."""
        if not self.takes(event):
            return False
        self._group = self._group_of(event)
        self.path = QPolygonF([event.position()])
        self.point()
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Extends the lasso; returns whether there is one."""
        if not self._group:
            return False
        self.path.append(event.position())
        self._plane.update(self.path.boundingRect().toAlignedRect().adjusted(-4, -4, 4, 4))
        return True

    def release(self, event: QMouseEvent, camera: Camera, cloud: Cloud | None) -> bool:
        """Adds what is inside to the group; a click toggles the point there."""
        if not self._group or event.button() != Qt.MouseButton.LeftButton:
            return False
        group, path, state = self._group, self.path, self._workspace.state
        self._drop()
        box = path.boundingRect()
        if max(box.width(), box.height()) < _CLICK:
            row = self._hit(path.first())
            if row is None:
                self._say("There is no point here.")
            else:
                self._workspace.do(groups.toggled(state, group, row))
        else:
            shown = cloud is not None and state.layers.points
            rows = inside(path, cloud, camera).tolist() if cloud is not None and shown else []
            if rows:
                self._workspace.do(groups.with_added(state, group, rows))
            else:
                hidden = "The points are hidden; Alt+1 shows them."
                self._say("There are no points inside." if shown else hidden)
        return True

    def end(self) -> bool:
        """Drops the lasso, or ends gathering; returns whether there was anything to end."""
        if self._group:
            self._drop()
        elif self._workspace.state.gathering:
            self._workspace.do(Gather())
        else:
            return False
        return True

    def _drop(self) -> None:
        self._group, self.path = "", QPolygonF()
        self.point()
        self._plane.update()

    def _say(self, words: str) -> None:
        self._said = words
        self._hush.start()
        self._plane.update()

    @Slot()
    def _be_quiet(self) -> None:
        self._said = ""
        self._plane.update()

    # Painting

    @property
    def words(self) -> str:
        """The text shown over the plane."""
        group, state = self._workspace.state.gathering, self._workspace.state
        if not group or self._said:
            return self._said
        count = len(groups.members(state, group))
        who = f"Group {group.upper()}, {count:,} picture{'' if count == 1 else 's'}"
        return f"{who}: draw around points, or click them. Esc ends."

    def paint(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        """Paints the groups' marks, the lasso, and the text."""
        self.marks.paint(painter, camera, ratio, self._plane.palette())
        if self._group and self.path.size() > 1:
            colour = QColor(GROUP_COLOURS[self._group])
            fill = QColor(colour)
            fill.setAlphaF(0.15)
            painter.setPen(QPen(colour, 1.6))
            painter.setBrush(fill)
            painter.drawPolygon(self.path, Qt.FillRule.WindingFill)
        if self.words:
            self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        palette, group = self._plane.palette(), self._workspace.state.gathering
        metrics = painter.fontMetrics()
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = QRectF(self._plane.rect()).adjusted(60, 8, -60, -8)
        box = QRectF(metrics.boundingRect(room.toRect(), flags, self.words)).adjusted(-10, -4, 10, 4)
        box.moveCenter(QPointF(room.center().x(), 8 + 0.5 * box.height()))
        painter.setPen(QPen(QColor(GROUP_COLOURS[group]) if group else palette.mid().color(), 1.6))
        painter.setBrush(palette.toolTipBase())
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(palette.toolTipText().color())
        painter.drawText(box, flags, self.words)
