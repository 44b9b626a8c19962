"""The images whose codes lie nearest to the probe: what the encoder takes this place for.

The search waits for a timer, never for the mouse: however fast the probe moves, it runs some 15 times a
second, and not at all while nobody sees it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QImage, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.requests import EncodingsReply, LoadedReply, Point
from latentlab.qt.desk import Desk
from latentlab.qt.flow_layout import TileLayout
from latentlab.qt.palette import class_colour
from latentlab.qt.pixels import data_picture, draw_crisp, to_qimage
from latentlab.session.edits import PointAt, SelectImage
from latentlab.session.neighbours import nearest, squared_lengths
from latentlab.session.state import SessionState

COUNT = 8
_FRAME = 3


class NeighbourButton(QAbstractButton):
    """One image in a frame of its class's colour. `pointed` tells whether mouse or keyboard is on it."""

    pointed = Signal(bool)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName(f"neighbour_{number}")
        self.setAccessibleName(f"Neighbour {number + 1}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(36, 36)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.row: int | None = None
        self.z: Point = ()
        self._label = -1
        self._image: QImage | None = None
        self.hide()

    def show_image(self, row: int, z: Point, label: int, image: QImage) -> None:
        """Stands for another image of the data from now on."""
        self.row, self.z, self._label, self._image = row, z, label, image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(62, 62)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        inside = QRectF(self.rect()).adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        picture = draw_crisp(painter, inside, self._image)
        half = 0.5 * _FRAME
        pen = QPen(class_colour(self._label), _FRAME)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(picture.adjusted(-half, -half, half, half))
        if self.hasFocus() or self.underMouse():
            # Inside the frame, light on dark: seen on any picture and beside any class colour.
            for inset, ink in ((0.5, self.palette().windowText()), (1.5, self.palette().window())):
                painter.setPen(QPen(ink, 1))
                painter.drawRect(picture.adjusted(inset, inset, -inset, -inset))
        painter.end()


class Neighbours(QWidget):
    """The eight nearest images of the classes in sight. Click selects one; hovering marks where it lies."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neighbours")
        self.setAccessibleName("Images nearest to the probe")
        self._desk = desk
        self._pointing: NeighbourButton | None = None
        self._lengths: tuple[EncodingsReply, NDArray[np.float32] | None] | None = None
        self.heading = QLabel("<b>Nearest images</b>")
        self.note = QLabel("The images are not encoded yet.")
        self.note.setObjectName("neighboursNote")
        self.note.setWordWrap(True)
        self.buttons = [NeighbourButton(number) for number in range(COUNT)]
        tiles = TileLayout(gap=2, least=2 * 28 + 2 * _FRAME)
        for button in self.buttons:
            button.clicked.connect(self._clicked)
            button.pointed.connect(self._button_pointed)
            tiles.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.note)
        layout.addLayout(tiles)
        layout.addStretch()
        self._due = QTimer(self, singleShot=True, interval=60)
        self._due.timeout.connect(self._find)
        desk.changed.connect(self._changed)
        desk.probed.connect(self._changed)
        desk.loaded.connect(self._loaded)
        desk.encoded.connect(self._encoded)
        self._due.start()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.probe, old.hidden) != (new.probe, new.hidden) and not self._due.isActive():
            self._due.start()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._find()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if not self._due.isActive():
            self._due.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._due.start()

    @Slot()
    def _find(self) -> None:
        """Shows the images that are nearest now."""
        if not self.isVisible():
            return
        model, encodings = self._desk.model, self._desk.encodings
        rows: list[int] = []
        if model is not None and encodings is not None:
            rows = self._nearest(model, encodings)
            for row, button in zip(rows, self.buttons, strict=False):
                self._fill(button, row, model, encodings)
        for number, button in enumerate(self.buttons):
            if button.isHidden() == (number < len(rows)):
                button.setVisible(number < len(rows))
        waiting = encodings is None or not len(encodings.mean)
        self.note.setText("The images are not encoded yet." if waiting else "All classes are hidden.")
        self.note.setVisible(not rows)

    def _nearest(self, model: LoadedReply, encodings: EncodingsReply) -> list[int]:
        points, state = encodings.mean, self._desk.state
        if points.shape[1] != len(state.probe):
            return []  # another model's, on its way out
        if self._lengths is None or self._lengths[0] is not encodings:
            self._lengths = (encodings, squared_lengths(points))
        lengths = self._lengths[1]
        if not state.hidden or model.labels is None:
            return nearest(points, state.probe, COUNT, lengths=lengths)
        # One more than there are classes: the last is for -1, an image without a class.
        shown = np.ones(len(model.classes) + 1, dtype=np.bool_)
        shown[list(state.hidden)] = False
        return nearest(points, state.probe, COUNT, shown[model.labels[: len(points)]], lengths)

    def _fill(self, button: NeighbourButton, row: int, model: LoadedReply, encodings: EncodingsReply) -> None:
        z = tuple(map(float, encodings.mean[row]))
        if (row, z) != (button.row, button.z):
            label = -1 if model.labels is None else int(model.labels[row])
            button.show_image(row, z, label, to_qimage(data_picture(model.images, row)))
            name = "" if label < 0 else f", class {model.classes[label]}"
            button.setAccessibleName(f"Image {row:,}{name}")
            if button is self._pointing:
                self._desk.do(PointAt(z=z))
        gap = float(np.linalg.norm(encodings.mean[row] - np.asarray(self._desk.state.probe, np.float32)))
        button.setToolTip(
            f"{button.accessibleName()}, at distance {gap:.3f} from the probe. Click to select."
        )

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, NeighbourButton) and button.row is not None:
            self._desk.do(SelectImage(index=button.row, z=button.z))

    @Slot(bool)
    def _button_pointed(self, on: bool) -> None:
        button = self.sender()
        if on and isinstance(button, NeighbourButton):
            self._pointing = button
            self._desk.do(PointAt(z=button.z))
        elif button is self._pointing:
            self._pointing = None
            self._desk.do(PointAt(z=None))
