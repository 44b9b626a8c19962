"""The dialog with a sheet of many pictures before and after: a row for each, a column for each strength."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.export import sheet
from latentlab.engine.rendering.requests.points import SheetRequest, WalkReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.addable import Offer, moved
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed
from latentlab.qt.widgets.term import explain_by_f1
from latentlab.session.state import SessionState

MOST_ROWS = 24
_ROWS, _GAP = 8, 2
_STRENGTHS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("\N{MINUS SIGN}1 to +1", (-1.0, -0.5, 0.0, 0.5, 1.0)),
    ("0 to +1", (0.0, 0.25, 0.5, 0.75, 1.0)),
    ("0 to \N{MINUS SIGN}1", (0.0, -0.25, -0.5, -0.75, -1.0)),
    ("\N{MINUS SIGN}2 to +2", (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)),
)
_ORIGINAL, _SEEDS = "Image", 100_000
# Pixels; and the size of a window's title bar and borders.
_LEAST_LETTERS, _TITLE = 7, 40


class SheetView(QWidget):
    """The sheet with its strengths above, scaled by the largest whole number that fits."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attributeSheet")
        self.setAccessibleName("Pictures before and after")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._image: QImage | None = None
        self._heads: tuple[str, ...] = ()
        self._words = ""

    def show_sheet(self, page: Picture | None, heads: tuple[str, ...], words: str = "") -> None:
        """Shows a sheet of pictures in columns with these headings, or the text `words` where there is
        none.
        """
        self._image = None if page is None else to_qimage(page)
        self._heads, self._words = heads, words
        self.update()

    def sizeHint(self) -> QSize:
        # Eight rows of pictures of 32 pixels, twice as large.
        return QSize(640, 560 + self._head)

    @property
    def _head(self) -> int:
        return self.fontMetrics().height() + 4

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        else:
            high = self._head
            drawn = draw_crisp(painter, self.rect().adjusted(0, high, 0, 0).toRectF(), self._image)
            wide = drawn.width() / len(self._heads)
            painter.setPen(self.palette().windowText().color())
            painter.setFont(narrowed(self.font(), self._heads, wide - _GAP))
            for number, head in enumerate(self._heads):
                left, top = round(drawn.left() + number * wide), round(drawn.top())
                place = QRect(left, top - high, round(wide), high)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, head)
        painter.end()


class SheetDialog(QDialog):
    """Adds one attribute, or the amounts of the sliders, to many pictures of the data at once.

    `drawn` (page, description by name) is emitted for each new sheet, `save_wanted` requests to save the
    last.
    """

    drawn = Signal(object, object)
    save_wanted = Signal()

    def __init__(self, workspace: Workspace, offers: Mapping[str, Offer], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheetDialog")
        self.setWindowTitle("Many pictures, before and after")
        explain_by_f1(self, "attribute_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace, self._offers = workspace, dict(offers)
        self._seed = 0
        self._indices: tuple[int, ...] = ()
        self.change = QComboBox()
        self.change.setObjectName("sheetChange")
        self.change.setAccessibleName("What is added")
        self.change.setToolTip("What is added in each row, increasing from left to right.")
        amounts = {key: amount for key, amount in workspace.state.amounts if key in self._offers}
        if amounts:
            words = ", ".join(f"{amount:+.2f} {listed(offers[key].name)}" for key, amount in amounts.items())
            self.change.addItem(f"As set by the sliders: {words}".replace("-", "\N{MINUS SIGN}"), amounts)
        for key, offer in self._offers.items():
            self.change.addItem(listed(offer.name), {key: 1.0})
        self.strengths = QComboBox()
        self.strengths.setObjectName("sheetStrengths")
        self.strengths.setAccessibleName("Amounts")
        self.strengths.setToolTip("The amounts in the first and in the last column.")
        for words, values in _STRENGTHS:
            self.strengths.addItem(words, values)
        self.rows = WholeNumber(1, MOST_ROWS, _ROWS)
        self.rows.setObjectName("sheetRows")
        self.rows.setAccessibleName("Number of pictures")
        self.others = QPushButton("&Other pictures")
        self.others.setObjectName("sheetOthers")
        self.others.setToolTip("Draw other pictures of the data. A selected one stays in the first row.")
        self.view = SheetView()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save = buttons.addButton("&Save …", QDialogButtonBox.ButtonRole.ActionRole)
        self.save.setObjectName("sheetSave")
        self.save.setToolTip("Save the sheet with a description of what it shows.")
        form = QFormLayout()
        form.addRow("&Add", self.change)
        form.addRow("St&rength", self.strengths)
        row = QHBoxLayout()
        row.addWidget(self.rows)
        row.addWidget(self.others)
        row.addStretch(1)
        label = Label("&Pictures")
        label.setBuddy(self.rows)
        form.addRow(label, row)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.view, 1)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.save.clicked.connect(self.save_wanted)
        self.others.clicked.connect(self._draw_others)
        self.change.currentIndexChanged.connect(self._ask)
        self.strengths.currentIndexChanged.connect(self._ask)
        self.rows.valueChanged.connect(self._ask)
        workspace.on(SheetRequest).connect(self._drawn)
        workspace.refused.connect(self._refused)
        workspace.loaded.connect(self.reject)
        workspace.changed.connect(self._changed)
        self._show(None, "Drawing …")
        self._ask()
        # Qt alone would limit it to two thirds of the screen.
        room = self.screen().availableSize()
        self.resize(self.sizeHint().boundedTo(QSize(room.width() - 20, room.height() - _TITLE)))

    @property
    def _values(self) -> tuple[float, ...]:
        return tuple(self.strengths.currentData())

    @Slot()
    def _draw_others(self) -> None:
        self._seed = (self._seed + 1) % _SEEDS
        self._ask()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        """Requests the pictures, row by row."""
        encodings = self._workspace.encodings
        if encodings is None or not encodings.done or not self.change.count():
            self._show(None, "The pictures are not all encoded yet.")
            return
        self._indices = self._chosen(len(encodings.mean))
        change, points = self.change.currentData(), []
        values = self._values
        for index in self._indices:
            z = tuple(map(float, encodings.mean[index]))
            for value in values:
                points.append(moved(z, {key: value * amount for key, amount in change.items()}, self._offers))
        pictures = tuple(index for index in self._indices for _ in values)
        self._workspace.ask(SheetRequest, tuple(points), pictures)

    def _chosen(self, total: int) -> tuple[int, ...]:
        """The selected picture first, then random others."""
        selected, count = self._workspace.state.selected, min(self.rows.value(), total)
        drawn = random.Random(self._seed).sample(range(total), min(total, count + 1))
        first = [] if selected is None else [selected]
        return tuple((first + [index for index in drawn if index != selected])[:count])

    @Slot(object)
    def _drawn(self, reply: WalkReply) -> None:
        model, values = self._workspace.model, self._values
        if model is None or len(reply.pictures) != len(self._indices) * len(values):
            return
        pictures: list[Picture] = []
        for row, index in enumerate(self._indices):
            original = np.ascontiguousarray(model.images[index].transpose(1, 2, 0))
            pictures.append(original[..., 0] if original.shape[-1] == 1 else original)
            pictures.extend(reply.pictures[row * len(values) : (row + 1) * len(values)])
        page = sheet(pictures, len(values) + 1, _GAP)
        change = self.change.currentData().items()
        amounts = ",".join(f"{self._offers[key].name}={amount!r}" for key, amount in change)
        extra = {
            "add": amounts,
            "strengths": ",".join(map(repr, values)),
            "data": model.data,
            "split": model.split,
            "pictures": ",".join(map(str, self._indices)),
        }
        self._show(page)
        self.drawn.emit(page, extra)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(SheetRequest):
            self._show(None, refusal.message)

    def _show(self, page: Picture | None, words: str = "") -> None:
        heads = (_ORIGINAL, *(_signed(value) for value in self._values))
        self.view.show_sheet(page, heads, words)
        self.save.setEnabled(page is not None)


def narrowed(font: QFont, words: Iterable[str], room: float) -> QFont:
    """The font, smaller if the longest of these words would not fit into so many pixels."""
    longest = max(QFontMetricsF(font).horizontalAdvance(word) for word in words)
    smaller = QFont(font)
    if longest > room > 0:
        smaller.setPixelSize(max(_LEAST_LETTERS, int(QFontInfo(font).pixelSize() * room / longest)))
    return smaller


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "\N{MINUS SIGN}") if value else "0"
