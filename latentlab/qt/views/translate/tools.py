"""The tools beside the canvas: pen and eraser, inks, brush, undo, and what to begin from."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.views.translate.canvas import BLACK, MOST_BRUSH, WHITE, Ink, TranslateCanvas
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sliders import CalmSlider

_INKS, _SWATCH = 10, 16
# From an edge between black and white to one that is hardly seen.
_PENCILS = (BLACK, (70, 70, 70), (130, 130, 130), (180, 180, 180), (220, 220, 220))


class InkBar(QWidget):
    """A button for each ink; `chosen` carries the ink. Hidden while there is one ink alone."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("translateInks")
        self.setAccessibleName("Ink")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._group = QButtonGroup(self)
        self.inks: tuple[Ink, ...] = ()

    def offer(self, inks: tuple[Ink, ...]) -> None:
        """Offers these inks, the first of them chosen; the same as before change nothing."""
        if inks == self.inks:
            return
        self.inks = inks
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        for number, ink in enumerate(inks):
            self._row.addWidget(self._button(number, ink))
        self.setVisible(len(inks) > 1)
        self.chosen.emit(inks[0])

    def _button(self, number: int, ink: Ink) -> QToolButton:
        swatch = QPixmap(_SWATCH, _SWATCH)
        swatch.fill(QColor(*ink))
        button = QToolButton()
        button.setObjectName(f"translateInk_{number}")
        button.setIcon(QIcon(swatch))
        button.setIconSize(QSize(_SWATCH, _SWATCH))
        button.setCheckable(True)
        button.setChecked(number == 0)
        button.setAccessibleName(f"Ink {QColor(*ink).name()}")
        button.setToolTip(
            plain_tip(f"Draw in {QColor(*ink).name()}: in an outline, darker is a stronger edge.")
        )
        button.clicked.connect(partial(self.chosen.emit, ink))
        self._group.addButton(button)
        return button


def inks_of(picture: Picture, name: str) -> tuple[Ink, ...]:
    """The inks of a source: pencils for an outline; else black, white and its most frequent levels."""
    if name == "outline":
        return _PENCILS
    colours = picture.reshape(-1, 1 if picture.ndim == 2 else 3)
    found, counts = np.unique(colours, axis=0, return_counts=True)
    often = found[np.argsort(-counts, kind="stable")][:_INKS]
    rows = np.broadcast_to(often, (len(often), 3)).tolist()
    own = [(int(red), int(green), int(blue)) for red, green, blue in rows]
    return tuple(dict.fromkeys((BLACK, *own, WHITE)))


class CanvasTools(QWidget):
    """Works on a canvas. `wanted` carries the number of the picture whose source is to be taken."""

    wanted = Signal(int)

    def __init__(self, canvas: TranslateCanvas) -> None:
        super().__init__()
        self.setObjectName("translateTools")
        self.canvas = canvas
        self.pen = tip_button("translatePen", "&Pen", "Draw with the left button")
        self.eraser = tip_button(
            "translateEraser", "E&raser", "Erase with the left button; the right one always does"
        )
        for button in (self.pen, self.eraser):
            button.setCheckable(True)
            button.setAutoExclusive(True)
        self.pen.setChecked(True)
        self.inks = InkBar()
        self.brush = CalmSlider(Qt.Orientation.Horizontal)
        self.brush.setObjectName("translateBrush")
        self.brush.setAccessibleName("Width of the brush")
        self.brush.setToolTip("Width of the brush; [ and ] change it too.")
        self.brush.setRange(1, MOST_BRUSH)
        self.brush.setMinimumWidth(60)
        self.undo = tip_button("translateUndo", "Undo", "Undo the last stroke (Ctrl+Z on the drawing)")
        self.redo = tip_button("translateRedo", "Redo", "Redo the stroke")
        self.clear = tip_button("translateClear", "&Clear", "Begin on blank paper")
        self.index = WholeNumber(minimum=0, maximum=0, value=0)
        self.index.setObjectName("translateIndex")
        self.index.setAccessibleName("Number of the picture to begin from")
        self.index.setToolTip("Begin from this picture of the data.")
        self.next = tip_button("translateNext", "&Next picture", "Begin from the next picture of the data")
        self.open = tip_button("translateOpen", "&Open …", "Begin from a picture of your own")
        self.begin = Label("&Begin from picture")
        self.begin.setBuddy(self.index)
        self._lay_out()
        canvas.stroked.connect(self._show)
        canvas.brushed.connect(self._show_brush)
        self.brush.valueChanged.connect(canvas.set_brush)
        self.eraser.toggled.connect(self._erase)
        self.inks.chosen.connect(self._take_ink)
        self.undo.clicked.connect(canvas.undo)
        self.redo.clicked.connect(canvas.redo)
        self.clear.clicked.connect(canvas.clear)
        self.index.valueChanged.connect(self.wanted)
        self.next.clicked.connect(self._to_next)
        self._show()

    def _lay_out(self) -> None:
        drawing, beginning = QWidget(), QWidget()
        flow = FlowLayout(drawing, gap=4)
        brush = QWidget()
        row = QHBoxLayout(brush)
        row.setContentsMargins(0, 0, 0, 0)
        words = Label("Brush")
        row.addWidget(words)
        row.addWidget(self.brush)
        for widget in (self.pen, self.eraser, brush, self.inks, self.undo, self.redo, self.clear):
            flow.addWidget(widget)
        flow = FlowLayout(beginning, gap=4)
        self.begin.setMinimumHeight(self.next.sizeHint().height())
        for widget in (self.begin, self.index, self.next, self.open):
            flow.addWidget(widget)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(drawing)
        rows.addWidget(beginning)

    def offer_pictures(self, count: int, first: int = 0) -> None:
        """There are so many pictures to begin from."""
        with QSignalBlocker(self.index):
            self.index.setRange(0, max(0, count - 1))
            self.index.setValue(first)
        for widget in (self.begin, self.index, self.next):
            widget.setEnabled(count > 0)

    @Slot()
    def _to_next(self) -> None:
        count = self.index.maximum() + 1
        self.index.setValue((self.index.value() + 1) % count)

    @Slot(bool)
    def _erase(self, on: bool) -> None:
        self.canvas.erasing = on

    @Slot(object)
    def _take_ink(self, ink: Ink) -> None:
        self.canvas.ink = ink
        self.pen.setChecked(True)

    @Slot()
    def _show(self) -> None:
        sketch = self.canvas.sketch
        self.undo.setEnabled(sketch is not None and sketch.can_undo)
        self.redo.setEnabled(sketch is not None and sketch.can_redo)
        self.clear.setEnabled(sketch is not None)

    @Slot(int)
    def _show_brush(self, size: int) -> None:
        with QSignalBlocker(self.brush):
            self.brush.setValue(size)
