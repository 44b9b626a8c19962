"""The probe: the decoded picture under the hand, large and crisp, with its coordinates and density."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.requests import LoadedReply, Picture, Point, PointReply
from latentlab.qt.desk import Desk
from latentlab.qt.pixels import draw_crisp, to_qimage
from latentlab.session.edits import MoveProbe
from latentlab.session.state import SessionState


class ProbeImage(QWidget):
    """One picture, as large as whole-number pixels allow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probeImage")
        self.setAccessibleName("Decoded picture at the probe")
        self.setToolTip("What the model decodes at the probe. Drag the ring in the plane to change it.")
        self.setMinimumSize(112, 112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture: Picture | None = None
        self._image: QImage | None = None

    def show_picture(self, picture: Picture) -> None:
        """Shows a uint8 (H, W) or (H, W, 3) picture from now on."""
        self.picture = picture
        self._image = to_qimage(picture)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(308, 308)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Opening the model …")
        else:
            draw_crisp(painter, QRectF(self.rect()), self._image)
        painter.end()


class ProbePanel(QWidget):
    """The picture at the probe, z as text that can be typed over, and the prior's word on it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.image = ProbeImage()
        self.z = QLineEdit()
        self.z.setObjectName("probeZ")
        self.z.setAccessibleName("Coordinates of the probe")
        self.z.setToolTip("The place z of the probe. Type numbers with commas between, then Enter.")
        self.z.editingFinished.connect(self._typed)
        self.density = QLabel("–")
        self.density.setObjectName("probeDensity")
        self.density.setToolTip(
            "How likely the prior N(0, I) finds this place, in nats; "
            "the radius is the distance from the origin in standard deviations."
        )
        self.fault = QLabel()
        self.fault.setObjectName("probeZFault")
        self.fault.setWordWrap(True)
        self.fault.hide()
        form = QFormLayout()
        form.addRow("z", self.z)
        form.addRow("log p(z)", self.density)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.image, 1)
        layout.addLayout(form)
        layout.addWidget(self.fault)
        desk.changed.connect(self._changed)
        desk.loaded.connect(self._loaded)
        desk.pointed.connect(self._pointed)

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self.image.show_picture(reply.picture)
        radius = math.hypot(*reply.z)
        self.density.setText(f"{reply.log_prior:.2f} nats   (radius {radius:.2f})")

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._show_z(self._desk.state.probe)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self._show_z(new.probe)

    def _show_z(self, z: Point) -> None:
        self.z.setText(", ".join(f"{value:.3f}" for value in z))
        self.z.setModified(False)
        self.fault.hide()

    def _typed(self) -> None:
        if not self.z.isModified():
            return
        expected = len(self._desk.state.probe)
        try:
            z = parse_point(self.z.text(), expected)
        except ValueError as error:
            self.fault.setText(f"{error}. For example: {', '.join(['0.5'] * expected)}")
            self.fault.show()
            return
        self.z.setModified(False)
        self.fault.hide()
        self._desk.do(MoveProbe(z=z))


def parse_point(text: str, count: int) -> Point:
    """`count` finite numbers with commas, semicolons or spaces between.

    Raises:
        ValueError: saying what was found instead.
    """
    words = text.replace(",", " ").replace(";", " ").replace("\N{MINUS SIGN}", "-").split()
    if len(words) != count:
        raise ValueError(f"{len(words)} numbers found, {count} expected")
    values = []
    for word in words:
        try:
            value = float(word)
        except ValueError:
            raise ValueError(f"“{word}” is not a number") from None
        if not math.isfinite(value):
            raise ValueError(f"“{word}” is not a finite number")
        values.append(value)
    return tuple(values)
