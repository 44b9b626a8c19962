"""Chooses a tape's start picture: from the data, a file, the clipboard, or a drop; fitted to the denoiser."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_files import picture_dialog
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.diffusion.model_shape import Shape, in_shape, shape_in_words, shape_of
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.crop_frame import PictureFrame
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.incoming import incoming, on_clipboard
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.session.state import SessionState

_OWN, _DATA = "own", "data"


class PictureSource(QWidget):
    """The picture's name, and buttons for other sources. The `frame` that shows it uncropped belongs to this
    widget, and is placed by its parent.

    `changed` says that the picture has changed; `failed` carries a message and details.
    """

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, workspace: Workspace, pictures: OwnPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._pictures = workspace, pictures
        self._shape: Shape | None = None
        self._raw: Picture | None = None
        self._name, self._origin = "", _DATA
        self._reads = itertools.count(1)
        self._awaited = 0
        # The picture in the denoiser's shape; None if there is none, or it does not fit.
        self.picture: Picture | None = None
        self.frame = PictureFrame(GestureClock())
        self.frame.setObjectName("startPictureFrame")
        # As high as there is room.
        self.frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.frame.setMinimumHeight(self.frame.minimumSizeHint().height())
        self.words = Label()
        self.words.setObjectName("startPictureName")
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.selected = ChoiceButton("&Selected")
        self.selected.setObjectName("startPictureSelected")
        self.selected.setAccessibleName("The picture selected in the plane")
        self.selected.setToolTip("Use the picture selected in the plane, and follow the selection.")
        self.own = tip_button("startPictureOwn", "&Yours", "Use the picture of the Picture panel")
        self.open = tip_button("startPictureOpen", "&Open …", "Open a picture file")
        self.paste = tip_button("startPicturePaste", "&Paste", "Use the picture on the clipboard")
        self._lay_out()
        self.frame.fitted.connect(self._fitted)
        self.frame.dropped.connect(self.take)
        self.frame.wanted.connect(self.ask_for_file)
        self.selected.clicked.connect(self.take_selected)
        self.own.clicked.connect(self._take_own)
        self.open.clicked.connect(self.ask_for_file)
        self.paste.clicked.connect(self._paste)
        pictures.changed.connect(self._offer)
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._session_changed)
        self._offer()
        self.take_selected()

    def _lay_out(self) -> None:
        row = QWidget()
        flow = FlowLayout(row, gap=4)
        for button in (self.selected, self.own, self.open, self.paste):
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.words, row):
            layout.addWidget(widget)

    @property
    def is_fitted(self) -> bool:
        """Whether the fitted picture differs from the original."""
        return self._raw is not None and self.picture is not self._raw

    def set_shape(self, shape: Shape) -> None:
        """Sets the denoiser's picture shape (C, H, W)."""
        self._shape = shape
        self._fit(self.frame.fitting)

    # What is taken

    @Slot()
    def take_selected(self) -> None:
        """Takes the picture selected in the plane; if there is none, the first of the data."""
        self._awaited, self._origin = 0, _DATA
        data, selected = self._workspace.model, self._workspace.state.selected
        index = selected if selected is not None else 0
        if data is None or index >= len(data.images):
            self._become(None, "")
            return
        label = data.class_of(index)
        name = f"{label}, picture {index + 1:,} of {data.data}".lstrip(", ")
        name = name[0].upper() + name[1:]
        self._become(
            data_picture(data.images, index), name if selected is not None else f"{name} (none is selected)"
        )

    def take_picture(self, picture: Picture, name: str, fitting: Fitting | None = None) -> None:
        """Takes a picture of any size, from elsewhere."""
        self._awaited, self._origin = 0, _OWN
        self._become(picture, name, fitting)

    @Slot(object)
    def take(self, data: QMimeData) -> None:
        """Takes a picture, or a file, that was dropped or pasted."""
        try:
            found = incoming(data)
        except LabError as error:
            self.failed.emit(f"The picture cannot be used: {error}.", "")
            return
        self._read(found)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Takes a picture file."""
        self._read(Path(path))

    @Slot()
    def ask_for_file(self) -> None:
        """Shows a dialog for a picture file."""
        page = picture_dialog(self, "openStartPictureDialog", "Open a picture to start from")
        page.fileSelected.connect(self.open_path)
        page.open()

    @Slot()
    def _paste(self) -> None:
        self.take(on_clipboard())

    @Slot()
    def _take_own(self) -> None:
        own, pixels = self._pictures.own, self._pictures.pixels
        if own is not None and pixels is not None:
            self.take_picture(pixels, own.name, own.fitting)

    def _read(self, source: Path | QImage) -> None:
        name = source.name if isinstance(source, Path) else "Your picture"
        number = self._awaited = next(self._reads)
        self.words.setText(f"Reading {name} …")
        self._pictures.read(source, partial(self._came, number, name), partial(self._broke, number))

    def _came(self, number: int, name: str, picture: Picture) -> None:
        if number == self._awaited:
            self.take_picture(picture, name)

    def _broke(self, number: int) -> None:
        if number == self._awaited:
            self._awaited = 0
            self._fit(self.frame.fitting)

    # What comes from elsewhere

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if self._origin == _DATA:
            self.take_selected()

    @Slot(object, object)
    def _session_changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected and self._origin == _DATA:
            self.take_selected()

    @Slot()
    def _offer(self) -> None:
        self.own.setVisible(self._pictures.own is not None)

    # What is shown

    @Slot(object, int)
    def _fitted(self, fitting: Fitting, gesture: int) -> None:
        self._fit(fitting)

    def _become(self, raw: Picture | None, name: str, fitting: Fitting | None = None) -> None:
        self._raw, self._name = raw, name
        self.selected.setChecked(self._origin == _DATA)
        self._fit(fitting or Fitting())

    def _fit(self, fitting: Fitting) -> None:
        """Changes the crop, or fits the picture to another shape."""
        shape, raw, words = self._shape, self._raw, self._name
        aspect = 1.0 if shape is None else shape[2] / shape[1]
        self.frame.show_picture(raw, fitting, aspect)
        self.picture = None
        if raw is not None and shape is not None:
            try:
                self.picture = in_shape(raw, shape, fitting)
            except LabError as error:
                words = f"{words}: {error}"
            else:
                if shape_of(raw) != shape:
                    words = f"{words}, {shape_in_words(shape_of(raw))}; resized to {shape_in_words(shape)}"
        self.words.setText(words or "No picture yet: open one, paste one, or drop one here.")
        self.changed.emit()
