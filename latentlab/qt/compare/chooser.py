"""The combo box that chooses the model of a column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy

from latentlab.engine.files.model_catalog import KnownModel
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.plain_text import listed, plain_tip

_FILE = "Open file …"


class ModelChooser(ElidedBox):
    """Emits `chosen`, a name or a path; it displays the model last given to `show_model`."""

    chosen = Signal(str)

    def __init__(self, catalogue: Sequence[KnownModel], folder: str) -> None:
        super().__init__()
        self.setObjectName("compareModel")
        self.setAccessibleName("Model of this column")
        self.setPlaceholderText("Choose a model …")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._folder, self._shown = folder, -1
        for one in catalogue:
            self._put(self.count(), one.title, one.model)
        if catalogue:
            self.insertSeparator(self.count())
        self.addItem(_FILE)
        self.show_model("")
        self.activated.connect(self._activated)

    def show_model(self, model: str) -> None:
        """Displays a model, which is added to the entries; "" is none."""
        row = self.findData(model) if model else -1
        if row < 0 and model:
            row = 0
            self._put(row, model.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors"), model)
        self._shown = row
        self.setCurrentIndex(row)
        self.setToolTip(
            plain_tip(f"The model of this column: {model}" if model else "The model of this column.")
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Ignores the wheel: stepping through models would open each of them.
        event.ignore()

    def _put(self, row: int, title: str, model: str) -> None:
        self.insertItem(row, listed(title), model)

    @Slot(int)
    def _activated(self, row: int) -> None:
        model, now = self.itemData(row), self.itemData(self._shown)
        self.setCurrentIndex(self._shown)
        if model is None:
            self._ask_for_file()
        elif model != now:
            self.chosen.emit(model)

    def _ask_for_file(self) -> None:
        page = QFileDialog(self.window(), "Open model", self._folder, "Models (*.safetensors)")
        page.setObjectName("compareOpenDialog")
        page.setFileMode(QFileDialog.FileMode.ExistingFile)
        page.fileSelected.connect(self.chosen)
        page.finished.connect(page.deleteLater)
        page.open()
