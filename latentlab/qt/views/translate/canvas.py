"""The canvas of the drawing that a picture is made of."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter

from latentlab.engine.types import Picture
from latentlab.qt.views.translate.sketch import Sketch
from latentlab.qt.widgets.brush_canvas import BrushCanvas
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.strokes import Strokes

Ink = tuple[int, int, int]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
MOST_BRUSH = 8
_LEAST = 140


class TranslateCanvas(BrushCanvas):
    """`drawn` comes with every change of the drawing, also within a stroke; `stroked` after each stroke."""

    drawn = Signal()
    stroked = Signal()

    def __init__(self) -> None:
        super().__init__(
            "translateCanvas",
            "The drawing",
            "Draw here. Left button: draw; right button, or Alt: erase. [ and ]: smaller and larger brush. "
            "Keys: arrows move the brush, Space draws, Delete erases, Ctrl+Z undoes a stroke.",
            "Taking a picture …",
            _LEAST,
        )
        self.sketch: Sketch | None = None
        self.ink, self.paper, self.erasing = BLACK, WHITE, False

    @property
    def strokes(self) -> Strokes[Any] | None:
        return self.sketch

    @property
    def most_brush(self) -> int:
        return MOST_BRUSH

    def ink_of(self, erases: bool) -> Any:
        ink = self.paper if erases or self.erasing else self.ink
        # Inks are in three colours, a drawing may be grey.
        return ink[0] if self.sketch is not None and self.sketch.array.ndim == 2 else ink

    def show_sketch(self, picture: Picture, pixel: int) -> None:
        """Another drawing, uint8 (H, W) or (H, W, 3): a stroke if it is as large as the one before, or the
        first of a new sketch.
        """
        before = self.sketch
        self.leave_stroke()
        if before is not None and (before.pixel, before.picture.shape) == (pixel, picture.shape):
            self.adopt(before.show(picture))
        else:
            self.sketch, self._spot = Sketch(picture, pixel), None
            self.adopt(True)

    def forget(self) -> None:
        """There is nothing to draw on."""
        self.leave_stroke()
        self.sketch = self._spot = None
        self.update()

    def clear(self) -> None:
        """Blank paper, as one stroke."""
        self.adopt(self.sketch is not None and self.sketch.clear())

    def repainted(self) -> None:
        self.drawn.emit()

    def changed(self) -> None:
        self.stroked.emit()

    def draw(self, painter: QPainter, box: QRectF) -> QRectF:
        assert self.sketch is not None
        return draw_crisp(painter, box, to_qimage(self.sketch.array))
