"""The card beside the pointer: the picture of the point under it, its class and number."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter, QPalette

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.widgets.images import data_picture, to_qimage
from latentlab.qt.widgets.plain_text import listed


def hovered_card(
    painter: QPainter, rect: QRect, palette: QPalette, place: QPointF, model: LoadedReply, hovered: int
) -> None:
    """Paints the picture with the number `hovered` at a place in the view; nothing if there is none."""
    if hovered < len(model.images):
        name, picture = listed(model.class_of(hovered)), to_qimage(data_picture(model.images, hovered))
        paint.card(painter, rect, palette, place, picture, name, hovered)
