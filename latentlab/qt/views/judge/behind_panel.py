"""The pictures behind a figure: drawn or held-out ones, alone or in pairs, with a caption under each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.core.judgement import Cell, Column, Row
from latentlab.engine.types import Picture
from latentlab.qt.views.judge.words import about_cell, full_title
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import text_button

if TYPE_CHECKING:
    from latentlab.engine.evaluation.judge.behind import BehindPictures

_SIDE, _BETWEEN, _GAP = 84, 2, 8
_HINT = "Click a figure of the table, or press Enter on it: the pictures that it is made of are shown here."
_WAITING = "Looking for the pictures …"


class BehindPanel(QWidget):
    """`open_wanted` asks to open the model of the shown cell."""

    open_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("judgeBehind")
        self.setAccessibleName("Pictures behind the figure")
        self.title = Label("Pictures behind a figure")
        self.title.setObjectName("judgeBehindTitle")
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.open = text_button("judgeOpenModel", "Open model", "Open this model in the window.")
        self.open.clicked.connect(self.open_wanted)
        self.open.hide()
        self.words = Label(_HINT)
        self.words.setObjectName("judgeBehindWords")
        self.words.setWordWrap(True)
        self.pictures = QListWidget()
        self.pictures.setObjectName("judgeBehindPictures")
        self.pictures.setAccessibleName("The pictures")
        self.pictures.setToolTip(plain_tip("The most telling pictures come first."))
        self.pictures.setFrameShape(QFrame.Shape.NoFrame)
        self.pictures.setViewMode(QListView.ViewMode.IconMode)
        self.pictures.setMovement(QListView.Movement.Static)
        self.pictures.setResizeMode(QListView.ResizeMode.Adjust)
        self.pictures.setSpacing(_GAP // 2)
        self.pictures.setWordWrap(True)
        self.pictures.hide()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.open)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 2, 6, 4)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self.words)
        rows.addWidget(self.pictures, 1)
        rows.addStretch(0)

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 90)

    def clear(self) -> None:
        """Nothing is chosen."""
        self.title.setText("Pictures behind a figure")
        self.words.setText(_HINT)
        self.open.hide()
        self._show_none()

    def show_chosen(self, row: Row, column: Column, cell: Cell | None, *, waits: bool) -> None:
        """A cell is chosen; `waits` says whether its pictures will come."""
        self.title.setText(f"{listed(row.name)}: {full_title(column)}")
        self.open.show()
        self._show_none()
        about = about_cell(row, column, cell, None)
        nothing = about if cell is None else f"{about} No pictures stand behind it."
        self.words.setText(_WAITING if waits else nothing)

    def complain(self, message: str) -> None:
        """Says why there are no pictures."""
        self.words.setText(f"The pictures cannot be shown: {message}")

    def show_pictures(self, found: BehindPictures) -> None:
        """Shows them."""
        self._show_none()
        self.words.setText(found.words[:1].upper() + found.words[1:])
        beside = found.beside if found.beside is not None else [None] * len(found.pictures)
        widest = 0
        for picture, other, caption in zip(found.pictures, beside, found.captions, strict=False):
            image = _pair(picture, other)
            widest = max(widest, image.width())
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), listed(caption))
            item.setToolTip(plain_tip(caption))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, caption)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.pictures.addItem(item)
        height = _SIDE + 2 * self.fontMetrics().height() + _GAP
        self.pictures.setIconSize(QSize(max(1, widest), _SIDE))
        self.pictures.setGridSize(QSize(widest + 2 * _GAP, height))
        self.pictures.setVisible(self.pictures.count() > 0)

    def _show_none(self) -> None:
        self.pictures.clear()
        self.pictures.hide()


def _pair(picture: Picture, other: Picture | None) -> QImage:
    """One picture, or two side by side, each as large as whole pixels fit the side."""
    images = [to_qimage(one) for one in (picture, other) if one is not None]
    scale = max(1, _SIDE // max(1, images[0].height()))
    sizes = [image.size() * scale for image in images]
    if sizes[0].height() > _SIDE:
        sizes = [size.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio) for size in sizes]
    width = sum(size.width() for size in sizes) + _BETWEEN * (len(sizes) - 1)
    page = QImage(width, max(size.height() for size in sizes), QImage.Format.Format_ARGB32_Premultiplied)
    page.fill(Qt.GlobalColor.transparent)
    painter, left = QPainter(page), 0
    for image, size in zip(images, sizes, strict=True):
        painter.drawImage(left, 0, image.scaled(size))
        left += size.width() + _BETWEEN
    painter.end()
    return page
