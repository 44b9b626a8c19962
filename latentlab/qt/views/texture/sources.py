"""The pictures that a texture can be taken from: those that ship, the user's own, and opened files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from latentlab.engine.rendering.requests.texture import TextureSource
from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import listed, plain_tip
from latentlab.shipped import texture_files

_SIDE = 72
_SOURCE = Qt.ItemDataRole.UserRole


class Sources(QListWidget):
    """A list of pictures. `chosen` carries the `TextureSource` that became the current one."""

    chosen = Signal(object)
    # There is another picture to choose from.
    added = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("textureSources")
        self.setAccessibleName("Pictures to take a texture from")
        self.setToolTip("The picture whose texture is drawn.")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setGridSize(QSize(_SIDE + 18, _SIDE + self.fontMetrics().height() + 14))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name, path in texture_files().items():
            self._append(TextureSource(name, path), QPixmap(str(path)))
        self.currentItemChanged.connect(self._changed)

    @property
    def source(self) -> TextureSource | None:
        """The current picture."""
        item = self.currentItem()
        found: TextureSource | None = None if item is None else item.data(_SOURCE)
        return found

    @property
    def all(self) -> list[TextureSource]:
        """All pictures, in their order."""
        return [self.item(row).data(_SOURCE) for row in range(self.count())]

    def add(self, name: str, pixels: Picture) -> None:
        """Adds a picture that has been read, and makes it the current one."""
        source = TextureSource(name, Path(), pixels)
        item = self._append(source, QPixmap.fromImage(to_qimage(pixels)))
        self.added.emit(source)
        self.setCurrentItem(item)
        self.scrollToItem(item)

    def _append(self, source: TextureSource, pixmap: QPixmap) -> QListWidgetItem:
        shown = pixmap.scaled(
            _SIDE,
            _SIDE,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        ).copy(0, 0, _SIDE, _SIDE)
        icon = QIcon(shown)
        # In its own colours, too, where it is the chosen one.
        icon.addPixmap(shown, QIcon.Mode.Selected)
        item = QListWidgetItem(icon, listed(source.name, 12))
        item.setData(_SOURCE, source)
        item.setToolTip(plain_tip(listed(source.name)))
        self.addItem(item)
        return item

    def _changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_SOURCE))
