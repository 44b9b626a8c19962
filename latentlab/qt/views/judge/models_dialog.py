"""The dialog that chooses which models are judged: those that ship, own trainings, and files."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.model_catalog import KnownModel, known
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import text_button

_MODEL = Qt.ItemDataRole.UserRole


class ModelsDialog(QDialog):
    """`chosen` carries the names or paths of the models that are checked, in order, at OK.

    Args:
        offered: all models to choose from.
        checked: the names or paths of those that are checked at first.
        folder: where the dialog for files begins.
    """

    chosen = Signal(object)

    def __init__(
        self, offered: Sequence[KnownModel], checked: Sequence[str], folder: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("judgeModelsDialog")
        self.setWindowTitle("Models to judge")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder = folder
        words = Label(
            "Models that were trained on these data. Others can be added if their pictures are as large."
        )
        words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setObjectName("judgeModelsList")
        self.list.setAccessibleName("Models to judge")
        self.list.setToolTip(plain_tip("Space checks a model or leaves it out."))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for one in offered:
            self._put(one, one.model in checked)
        self.list.setCurrentRow(0)
        every = text_button("judgeAllModels", "&All", "Checks all models.")
        none = text_button("judgeNoModels", "&None", "Leaves all models out.")
        file = text_button("judgeAddModel", "Add &file …", "Add a model from a file.")
        every.clicked.connect(lambda: self._check_all(True))
        none.clicked.connect(lambda: self._check_all(False))
        file.clicked.connect(self._ask_for_file)
        row = QHBoxLayout()
        for button in (every, none, file):
            row.addWidget(button)
        row.addStretch(1)
        box = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.addWidget(words)
        rows.addWidget(self.list, 1)
        rows.addLayout(row)
        rows.addWidget(self._buttons)
        self.list.itemChanged.connect(self._look)
        self.resize(380, 420)
        self._look()

    def models(self) -> tuple[str, ...]:
        """Those that are checked."""
        items = (self.list.item(place) for place in range(self.list.count()))
        return tuple(item.data(_MODEL) for item in items if item.checkState() is Qt.CheckState.Checked)

    def accept(self) -> None:
        self.chosen.emit(self.models())
        super().accept()

    def add(self, path: str) -> None:
        """Adds a model from a file, checked."""
        self._put(known(path), True)
        self.list.setCurrentRow(self.list.count() - 1)
        self._look()

    @Slot("QStringList")
    def _add_all(self, paths: list[str]) -> None:
        for path in paths:
            self.add(path)

    def _put(self, one: KnownModel, checked: bool) -> None:
        item = QListWidgetItem(listed(one.title))
        item.setToolTip(plain_tip(one.model))
        item.setData(_MODEL, one.model)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    def _check_all(self, on: bool) -> None:
        for place in range(self.list.count()):
            self.list.item(place).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    @Slot()
    def _look(self) -> None:
        """Nothing can be judged without a model."""
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.models()))

    @Slot()
    def _ask_for_file(self) -> None:
        page = QFileDialog(self, "Add models", self._folder, "Models (*.safetensors)")
        page.setObjectName("judgeAddDialog")
        page.setFileMode(QFileDialog.FileMode.ExistingFiles)
        page.filesSelected.connect(self._add_all)
        page.finished.connect(page.deleteLater)
        page.open()
