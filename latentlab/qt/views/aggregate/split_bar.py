"""A bar of two parts that add up, such as the two parts of a mean KL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_HEIGHT = 22
_LEAST = 2.0


class SplitBar(DrawnWidget):
    """Two parts side by side, the first filled, the second hatched.

    Args:
        names: of the two, for the table and the screen reader.
    """

    def __init__(self, name: str, names: tuple[str, str], tip: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(" and ".join(names))
        self.setToolTip(plain_tip(tip))
        self.names, self.parts = names, (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, first: float, second: float) -> None:
        """Shows two numbers; what is below 0 by chance is drawn as 0."""
        self.parts = first, second
        self.setAccessibleDescription(
            ", ".join(f"{name} {part:.2f}" for name, part in zip(self.names, self.parts, strict=True))
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return " and ".join(self.names)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {"part": list(self.names), "nats": list(self.parts)}

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette, box = self.palette(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        first, second = (max(0.0, part) for part in self.parts)
        total = first + second
        if total > 0.0:
            width = max(_LEAST, box.width() * first / total) if first else 0.0
            left = QRectF(box.left(), box.top(), min(width, box.width()), box.height())
            painter.fillRect(left, palette.highlight())
            right = QRectF(left.right(), box.top(), box.right() - left.right(), box.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            brush = painter.brush()
            brush.setColor(palette.highlight().color())
            painter.fillRect(right, brush)
        painter.setPen(palette.mid().color())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.end()
