"""The view of textures: one picture becomes a texture of any size, by its spectrum alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.texture import (
    TexturePartsReply,
    TexturePartsRequest,
    TextureReply,
    TextureRequest,
    TextureSavedReply,
    TextureSaveRequest,
    TextureSource,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.qt.controllers.picture_files import PictureFiles
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.views.texture.controls import TextureControls
from latentlab.qt.views.texture.parts import PartsRow
from latentlab.qt.views.texture.sources import Sources
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight

_LARGEST = 4096
_SIDE_WIDTH = 216
_FIRST = "wood"
# A slider moves faster than a screen: what comes within this time is asked for once.
_SOON_MS = 15


class TextureView(QWidget):
    """Pictures at the left, the texture large in the middle, settings at the right, parts below."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("textureView")
        self.setAccessibleName("Texture")
        self._workspace, self._pictures = context.workspace, context.pictures
        self.files = PictureFiles(self, context.pictures, "Texture")
        self.sources, self.controls, self.parts = Sources(), TextureControls(), PartsRow()
        self.drawn = CrispPicture("texturePicture", "The texture", _LARGEST, "Drawing …")
        # As high as there is room for: the page is not scrolled to see the whole of it.
        policy = self.drawn.sizePolicy()
        policy.setHeightForWidth(False)
        policy.setVerticalPolicy(QSizePolicy.Policy.Expanding)
        self.drawn.setSizePolicy(policy)
        self.tiled = CheckBox("&Tiled")
        self.tiled.setObjectName("textureTiled")
        self.tiled.setAccessibleName("Show four tiles")
        self.tiled.setToolTip("Show four copies side by side: there is no seam between them.")
        self.open = tip_button("textureOpen", "&Open …", "Take a texture from a picture of your own")
        self.own = tip_button(
            "textureOwn", "My picture", "Take a texture from the picture of your own that is open"
        )
        self.save = tip_button(
            "textureSave", "&Save …", "Save the texture: a tile that fits itself on all sides"
        )
        self.status = Label()
        self.status.setObjectName("textureStatus")
        self.status.setWordWrap(True)
        self.picture: Picture | None = None
        # The size for which the parts have been asked for.
        self._apart_at: tuple[int, int] | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._lay_out()
        for source in self.sources.all:
            self.controls.offer(source)
        self._soon.timeout.connect(self._ask)
        self._sight = Sight(self)
        self._sight.came.connect(self._seen)
        self.sources.chosen.connect(self._chosen)
        self.sources.added.connect(self.controls.offer)
        self.controls.changed.connect(self._soon.start)
        self.tiled.toggled.connect(self._show)
        self.open.clicked.connect(self._ask_for_file)
        self.files.read.connect(self.sources.add)
        self.files.save_wanted.connect(self._save_to)
        self.files.said.connect(self.status.setText)
        self.own.clicked.connect(self._take_own)
        self.save.clicked.connect(self._ask_where)
        self._pictures.changed.connect(self._offer_own)
        self._workspace.on(TextureRequest).connect(self._came)
        self._workspace.on(TexturePartsRequest).connect(self._apart)
        self._workspace.on(TextureSaveRequest).connect(self._saved)
        self._workspace.refused.connect(self._refused)
        self._offer_own()
        names = [source.name for source in self.sources.all]
        self.sources.setCurrentRow(names.index(_FIRST) if _FIRST in names else 0)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(Label("Texture of"))
        left.addWidget(self.sources, 1)
        files = QHBoxLayout()
        files.addWidget(self.open)
        files.addWidget(self.own)
        left.addLayout(files)
        middle = QVBoxLayout()
        middle.addWidget(self.drawn, 1)
        under = QHBoxLayout()
        under.addWidget(self.tiled)
        under.addWidget(self.status, 1)
        under.addWidget(self.save)
        middle.addLayout(under)
        middle.addWidget(self.parts)
        form = QScrollArea()
        form.setObjectName("textureForm")
        form.setFrameShape(QScrollArea.Shape.NoFrame)
        form.setWidgetResizable(True)
        form.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self.controls)
        column.addStretch(1)
        form.setWidget(inner)
        form.setFixedWidth(_SIDE_WIDTH + 24)
        inside = QWidget()
        inside.setObjectName("texturePage")
        whole = QHBoxLayout(inside)
        side = QWidget()
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(_SIDE_WIDTH)
        whole.addWidget(side)
        whole.addLayout(middle, 1)
        whole.addWidget(form)
        place = QVBoxLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(scrolled(inside))

    def take_focus(self) -> None:
        """Takes the keyboard focus: to the pictures."""
        self.sources.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _seen(self) -> None:
        if self.picture is None:
            self._soon.start()

    # What is drawn

    @Slot(object)
    def _chosen(self, source: TextureSource) -> None:
        self.parts.show_parts({})
        self._apart_at = None
        self._soon.start()

    @Slot()
    def _ask(self) -> None:
        source = self.sources.source
        if source is None:
            return
        recipe = self.controls.recipe
        self._workspace.ask(TextureRequest, source, self.controls.second, recipe)
        if self._apart_at != recipe.size:
            self._apart_at = recipe.size
            self._workspace.ask(TexturePartsRequest, source, recipe.size)

    @Slot(object)
    def _came(self, reply: TextureReply) -> None:
        self.picture = reply.picture
        rows, columns = reply.recipe.size
        self.status.setText(f"{columns} × {rows} pixels, seed {reply.recipe.seed}")
        self.save.setEnabled(True)
        self._show()

    @Slot()
    def _show(self) -> None:
        picture = self.picture
        if picture is not None and self.tiled.isChecked():
            picture = np.tile(picture, (2, 2, *(1,) * (picture.ndim - 2)))
        self.drawn.show_picture(picture)

    @Slot(object)
    def _apart(self, reply: TexturePartsReply) -> None:
        self.parts.show_parts(reply.parts)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if not refusal.of(TextureRequest, TexturePartsRequest, TextureSaveRequest):
            return
        self.status.setText(refusal.message)
        if refusal.of(TextureRequest):
            self.picture = None
            self.drawn.say("")
            self.save.setEnabled(False)
            self._show()

    # Pictures of one's own

    @Slot()
    def _offer_own(self) -> None:
        self.own.setVisible(self._pictures.pixels is not None)

    @Slot()
    def _take_own(self) -> None:
        pixels, own = self._pictures.pixels, self._pictures.own
        if pixels is not None and own is not None:
            self.sources.add(own.name, pixels)

    @Slot()
    def _ask_for_file(self) -> None:
        self.files.ask_for_one("Take a texture from a picture")

    # Saving

    @Slot()
    def _ask_where(self) -> None:
        source = self.sources.source
        if source is not None:
            self.files.ask_where("Save the texture", f"{Path(source.name).stem} texture.png")

    @Slot(str)
    def _save_to(self, path: str) -> None:
        """Draws the texture once more, and writes it to a picture file."""
        source = self.sources.source
        if source is not None:
            self._workspace.ask(
                TextureSaveRequest, Path(path), source, self.controls.second, self.controls.recipe
            )

    @Slot(object)
    def _saved(self, reply: TextureSavedReply) -> None:
        self.files.saved(reply.path)
