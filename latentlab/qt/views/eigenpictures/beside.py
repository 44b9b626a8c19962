"""The page of samples: those of the Gaussian beside those of other models of the same data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.files.model_catalog import KnownModel, comparable
from latentlab.engine.rendering.requests.eigenpictures import BesideReply, BesideRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.eigenpictures.proposals import proposed
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sight import Sight, in_sight

COUNT, OTHERS = 10, 3
_LARGEST = 1400
_NOTHING = "No model"
# What each row is for, where no model of the data is proposed.
_LACKING = (
    "No linear decoder of these data yet: train one",
    "No model without a prior of these data yet: train one",
    "No model with a prior of these data yet: train one",
)


class AngleBars(QWidget):
    """The principal angles between two planes, a bar each, from 0 to 90 degrees."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("principalAngles")
        self.setAccessibleName("Principal angles")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.angles: Point = ()

    def sizeHint(self) -> QSize:
        return QSize(170, 5 * self.fontMetrics().height())

    def show_angles(self, angles: Point) -> None:
        """Shows angles in degrees; none hides it."""
        self.angles = angles
        self.setVisible(bool(angles))
        tip = (
            "The principal angles between the plane of this model's pictures and that of as many "
            f"eigenpictures, in degrees: {', '.join(f'{angle:.1f}' for angle in angles)}. Where all are 0, "
            "both planes are the same."
        )
        self.setToolTip(plain_tip(tip))
        self.update()

    @property
    def words(self) -> str:
        """The smallest and the largest in words."""
        if not self.angles:
            return ""
        return f"{len(self.angles)} eigenpictures: {self.angles[0]:.1f}°–{self.angles[-1]:.1f}°"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, high = QPainter(self), self.fontMetrics().height()
        wide = self.fontMetrics().horizontalAdvance("90°") + 4
        area = QRectF(wide, 1.5 * high, self.width() - wide - 2, self.height() - 3.0 * high)
        painter.setPen(self.palette().windowText().color())
        for words, top in (("Angles to the first", 0.0), (self.words, self.height() - high)):
            painter.drawText(QRectF(0, top, self.width(), high), Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(self.palette().placeholderText().color())
        for words, y in (("90°", area.top()), ("0°", area.bottom())):
            painter.drawText(QRectF(0, y - high / 2, wide - 4, high), Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.0))
        painter.drawLine(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()))
        step = min(14.0, area.width() / max(1, len(self.angles)))
        for number, angle in enumerate(self.angles):
            tall = max(1.5, area.height() * angle / 90.0)
            bar = QRectF(area.left() + number * step, area.bottom() - tall, max(1.0, step - 2.0), tall)
            painter.fillRect(bar, self.palette().link().color())
        painter.end()


class SampleStrip(CrispPicture):
    """Samples side by side, as large as the row; it asks for little, so that all rows are in sight."""

    def __init__(self, row: int) -> None:
        super().__init__(f"besideSamples_{row}", "Samples", _LARGEST, "…")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return self.minimumSize()


class Beside(QWidget):
    """A row for the Gaussian, and one for each of three models that can be chosen.

    Args:
        folder: of the user's own models.
    """

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        super().__init__()
        self.setObjectName("eigenSamples")
        self.setAccessibleName("Samples beside those of other models")
        self._workspace, self._folder, self._seed = workspace, folder, 0
        self._asked: tuple[str, ...] = ()
        self._stale = True
        self.own = Label()
        self.own.setObjectName("besideOwn")
        self.boxes = [ElidedBox() for _ in range(OTHERS)]
        self.notes = [Label() for _ in range(1 + OTHERS)]
        self.bars = [AngleBars() for _ in range(OTHERS)]
        self.strips = [SampleStrip(row) for row in range(1 + OTHERS)]
        self.draw = tip_button("besideDraw", "&Draw others", f"Draw {COUNT} other samples of each model")
        for number, box in enumerate(self.boxes):
            box.setObjectName(f"besideModel_{number}")
            box.setAccessibleName(f"Model in row {number + 2}")
            box.setToolTip("A model of the same data, whose samples are shown in this row.")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(14)
            box.activated.connect(partial(self._chosen, number))
        self._lay_out()
        self._sight = Sight(self)
        self._sight.came.connect(self.seen)
        self.draw.clicked.connect(self._draw_others)
        workspace.on(BesideRequest).connect(self._answered)
        workspace.refused.connect(self._refused)

    def _lay_out(self) -> None:
        rows = QGridLayout()
        rows.setHorizontalSpacing(12)
        rows.setVerticalSpacing(6)
        rows.setColumnStretch(1, 1)
        rows.setColumnMinimumWidth(0, self.fontMetrics().horizontalAdvance("No prior: drawn from N(0, I)  "))
        for row, strip in enumerate(self.strips):
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addStretch(1)
            words.addWidget(self.own if not row else self.boxes[row - 1])
            words.addWidget(self.notes[row])
            words.addStretch(1)
            rows.addLayout(words, row, 0)
            rows.addWidget(strip, row, 1)
            rows.setRowStretch(row, 1)
            self.notes[row].setWordWrap(True)
            self.notes[row].setObjectName(f"besideNote_{row}")
            if row:
                rows.addWidget(self.bars[row - 1], row, 2)
                self.bars[row - 1].show_angles(())
        foot = QHBoxLayout()
        foot.addWidget(self.draw)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(rows, 1)
        layout.addLayout(foot)

    def show_model(self) -> None:
        """Another model has been opened."""
        self._stale = True
        if in_sight(self):
            self.seen()

    @Slot()
    def seen(self) -> None:
        """The page is shown: samples are drawn if they are not there yet."""
        model = self._workspace.model
        if model is None or not self._stale:
            return
        self._stale = False
        known = comparable(self._folder)
        mine = next((one for one in known if Path(one.model).name == Path(model.path).name), None)
        here = next((one for one in known if one.title == model.model), mine)
        data = here.data if here is not None else Path(model.data.partition("::")[0]).stem
        self._offer([one for one in known if one.data == data and one.title != model.model])
        self.own.setText(f"{model.model} (open)")
        self._ask()

    def _offer(self, others: Sequence[KnownModel]) -> None:
        chosen = proposed(others)
        for box, first in zip(self.boxes, chosen, strict=True):
            box.clear()
            box.addItem(_NOTHING, "")
            for one in others:
                box.addItem(listed(one.title), one.model)
            box.setCurrentIndex(max(0, box.findData(first)))
            box.setProperty("proposed", first)

    @Slot()
    def _draw_others(self) -> None:
        self._seed += 1
        self._ask()

    def _chosen(self, number: int, index: int) -> None:
        self._ask()

    def _ask(self) -> None:
        rows = [("", 0)] + [
            (str(box.currentData()), row) for row, box in enumerate(self.boxes, 1) if box.currentData()
        ]
        self._places = [row for _, row in rows]
        for row in range(1, 1 + OTHERS):
            if row not in self._places:
                self.strips[row].show_picture(None)
                self.strips[row].say("")
                box = self.boxes[row - 1]
                self.notes[row].setText("" if box.property("proposed") else _LACKING[row - 1])
                self.bars[row - 1].show_angles(())
        self._workspace.ask(BesideRequest, tuple(model for model, _ in rows), COUNT, self._seed)

    @Slot(object)
    def _answered(self, reply: BesideReply) -> None:
        row = self._places[reply.row]
        self.strips[row].show_picture(reply.pictures)
        self.notes[row].setText(reply.note)
        if row:
            self.bars[row - 1].show_angles(reply.angles)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(BesideRequest):
            self.notes[0].setText(refusal.message)
