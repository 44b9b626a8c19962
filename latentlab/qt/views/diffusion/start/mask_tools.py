"""The tools for painting a mask."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.start.mask import HALVES
from latentlab.qt.views.diffusion.start.mask_canvas import MaskCanvas
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sliders import CalmSlider

_MOST_REPEATS, _REPEATS = 50, 5


class MaskTools(QWidget):
    """Brush, clear, invert, undo, halves, and how often each step is repeated (RePaint).

    The `canvas` that they work on belongs to this widget, and is placed by its parent.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MaskCanvas()
        self.brush = CalmSlider(Qt.Orientation.Horizontal)
        self.brush.setObjectName("maskBrush")
        self.brush.setAccessibleName("Width of the brush")
        self.brush.setToolTip("Width of the brush in pixels of the picture; [ and ] change it too.")
        self.brush_value = Label()
        self.undo = _button("maskUndo", "Undo", "Undo the last stroke (Ctrl+Z on the picture)")
        self.redo = _button("maskRedo", "Redo", "Redo the stroke")
        self.clear = _button("maskClear", "&Clear", "Clear the mask")
        self.invert = _button("maskInvert", "&Invert", "Invert the mask")
        self.halves = {
            half: _button(f"maskHalf_{half}", half.capitalize(), f"Mask the {half} half, keep the other")
            for half in HALVES
        }
        self.repeats = WholeNumber(minimum=1, maximum=_MOST_REPEATS, value=_REPEATS)
        self.repeats.setObjectName("repeatsSpin")
        self.repeats.setAccessibleName("Repeats of each step")
        self.repeats.setToolTip(
            "How often each step is repeated (RePaint): more repeats match the filling to its "
            "surroundings, and take proportionally longer."
        )
        self.share = Label()
        self.share.setObjectName("maskShare")
        self._lay_out()
        self.canvas.masked.connect(self._show_mask)
        self.canvas.brushed.connect(self._show_brush)
        self.brush.valueChanged.connect(self.canvas.set_brush)
        self.undo.clicked.connect(self.canvas.undo)
        self.redo.clicked.connect(self.canvas.redo)
        self.clear.clicked.connect(self.canvas.clear)
        self.invert.clicked.connect(self.canvas.invert)
        for half, button in self.halves.items():
            button.clicked.connect(partial(self.canvas.open_half, half))
        self._show_mask()

    def _lay_out(self) -> None:
        tools, halves = QWidget(), QWidget()
        flow = FlowLayout(tools, gap=4)
        for button in (self.undo, self.redo, self.clear, self.invert):
            flow.addWidget(button)
        flow = FlowLayout(halves, gap=4)
        label = Label("Mask half:")
        label.setMinimumHeight(self.undo.sizeHint().height())
        flow.addWidget(label)
        for quick in self.halves.values():
            flow.addWidget(quick)
        brush = QHBoxLayout()
        label = Label("&Brush")
        label.setBuddy(self.brush)
        brush.addWidget(label)
        brush.addWidget(self.brush, 1)
        brush.addWidget(self.brush_value)
        repeats = QHBoxLayout()
        label = Label("Re&peats")
        label.setBuddy(self.repeats)
        repeats.addWidget(label)
        repeats.addWidget(self.repeats)
        repeats.addStretch(1)
        repeats.addWidget(self.share)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(brush)
        rows.addWidget(tools)
        rows.addWidget(halves)
        rows.addLayout(repeats)

    @Slot()
    def _show_mask(self) -> None:
        self.undo.setEnabled(self.canvas.can_undo)
        self.redo.setEnabled(self.canvas.can_redo)
        self.clear.setEnabled(self.canvas.share > 0.0)
        self.share.setText(f"{self.canvas.share:.0%} masked")
        with QSignalBlocker(self.brush):
            self.brush.setRange(1, self.canvas.most_brush)
        self._show_brush(self.canvas.brush)

    @Slot(int)
    def _show_brush(self, size: int) -> None:
        with QSignalBlocker(self.brush):
            self.brush.setValue(size)
        self.brush_value.setText(f"{size} px")


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = tip_button(name, text, tip)
    button.setMaximumWidth(button.fontMetrics().horizontalAdvance(text) + 20)
    return button
