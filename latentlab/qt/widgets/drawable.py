"""What a chart offers so that it can be taken away: a drawing of any size, and the numbers behind it.

An export needs no more of a view than this, and a view nothing of an export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from latentlab.qt.widgets.colours import Theme, has_dark_ground, palette_for

# Of SVG: pixels an inch, as web pages count them.
_DPI = 96


@runtime_checkable
class Drawable(Protocol):
    """A view that can be drawn elsewhere. Sizes are logical pixels."""

    def drawn_name(self) -> str:
        """What it shows, in a word or two: the proposed name of its file."""

    def drawn_size(self) -> QSize:
        """The size of the drawing; empty while there is nothing to draw."""

    def draw(self, painter: QPainter, ratio: float) -> None:
        """Draws all of it from (0, 0) on, without what belongs to mouse and keyboard.

        Args:
            ratio: device pixels to a logical one; 0 for lines and texts that any size may be made of.
        """

    def table(self) -> Mapping[str, Sequence[object]]:
        """The numbers behind it: columns of one length."""


class DrawnWidget(QWidget):
    """A chart that is drawn as it is painted, lines as lines and texts as texts."""

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        draw_widget(self, painter)


@contextmanager
def _on_white(chart: Drawable) -> Iterator[None]:
    """A widget has the colours of the light theme meanwhile: what is taken away is for paper and slides."""
    if not isinstance(chart, QWidget) or not has_dark_ground(chart.palette()):
        yield
        return
    own = QPalette(chart.palette()) if chart.testAttribute(Qt.WidgetAttribute.WA_SetPalette) else QPalette()
    chart.setPalette(palette_for(Theme.LIGHT))
    try:
        yield
    finally:
        chart.setPalette(own)


def draw_widget(widget: QWidget, painter: QPainter) -> None:
    """Draws a widget and all that it contains."""
    widget.render(painter, QPoint(), QRect(QPoint(), widget.size()))


def as_image(chart: Drawable, scale: float) -> QImage:
    """The drawing in pixels, `scale` times as many each way as it has on the screen."""
    size = chart.drawn_size()
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    with _on_white(chart):
        chart.draw(painter, scale)
    painter.end()
    return image


def as_svg(chart: Drawable, title: str, description: str) -> bytes:
    """The drawing as the bytes of an SVG file."""
    size = chart.drawn_size()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page = QSvgGenerator()
    page.setOutputDevice(buffer)
    page.setResolution(_DPI)
    page.setSize(size)
    page.setViewBox(QRect(QPoint(), size))
    page.setTitle(title)
    page.setDescription(description)
    painter = QPainter(page)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    with _on_white(chart):
        chart.draw(painter, 0.0)
    painter.end()
    return bytes(buffer.data().data())
