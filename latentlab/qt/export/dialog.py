"""The export dialog: where, in which format and how large to save something, with a preview."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.destination import check_destination
from latentlab.errors import LabError
from latentlab.qt.export import exportables
from latentlab.qt.export.exportables import Exportable
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.number_field import WholeNumber, numbers_stand
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import explain_by_f1

MOST = 16


@dataclass(frozen=True)
class Format:
    """A file format. `animated` matters for walks alone."""

    title: str
    suffix: str
    animated: bool = False


_STILLS = (Format("PNG", ".png"), Format("WebP, lossless", ".webp"), Format("JPEG", ".jpg"))
_MOVING = (
    Format("WebP animation", ".webp", True),
    Format("GIF animation", ".gif", True),
    Format("APNG animation", ".apng", True),
    Format("MP4 film", ".mp4", True),
    Format("PNG strip", ".png"),
    Format("JPEG strip", ".jpg"),
)
_TABLES = (Format("NumPy arrays (.npz)", ".npz"), Format("Table (.csv)", ".csv"))


def formats_for(what: str) -> tuple[Format, ...]:
    """The formats in which a kind of thing can be saved, the default first."""
    return _TABLES if what == exportables.ENCODINGS else _MOVING if what in exportables.MOVING else _STILLS


@dataclass(frozen=True)
class Wish:
    """The user's choices."""

    what: str
    path: Path
    scale: int
    overwrite: bool
    animated: bool


class Preview(QWidget):
    """A picture, as large as there is room for."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self.setObjectName("exportPreview")
        self.setAccessibleName("Preview")
        self.setToolTip("What will be saved.")
        self.setMinimumSize(QSize(420, 190))

    def show_image(self, image: QImage) -> None:
        """Shows another image."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        draw_crisp(painter, QRectF(self.rect()).adjusted(6, 6, -6, -6), self._image)
        painter.end()


class ExportDialog(QDialog):
    """`wished` carries the `Wish`. An existing file is replaced only by a button that says so."""

    wished = Signal(object)

    def __init__(
        self, what: str, thing: Exportable | None, words: str, scale: int, folder: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle(f"Save {what}")
        explain_by_f1(self, "export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._what, self._thing = what, thing
        self._formats = self.formats()
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        home = Path(folder or QStandardPaths.writableLocation(pictures))
        if not home.is_dir():
            home = Path.home()
        self.path = QLineEdit(str(home / f"{what}{self._formats[0].suffix}"))
        self.path.setMinimumWidth(320)
        self.browse = QPushButton("Browse …")
        self.format = QComboBox()
        self.format.addItems([known.title for known in self._formats])
        self.scale = WholeNumber(
            minimum=1, maximum=MOST, value=scale if thing is not None else 1, suffix=" ×"
        )
        self.size_label, self.note = Label(), Label()
        self._target: Path | None = None
        self._exists = False
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self._name_controls()
        self._lay_out(words)
        self.path.textChanged.connect(self._look)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.scale.valueChanged.connect(self._look)
        # The size is updated while the number is being typed.
        self.scale.lineEdit().textEdited.connect(self._look)
        self.browse.clicked.connect(self._browse)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._look()
        self.path.setFocus()
        self.path.setSelection(len(str(home)) + 1, len(what))

    def _name_controls(self) -> None:
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        for control, name, title, tip in (
            (self.path, "exportPath", "File", "Path of the file."),
            (self.browse, "exportBrowse", "Browse", "Choose a folder and name."),
            (self.format, "exportFormat", "Format", "Format of the file."),
            (self.scale, "exportScale", "Scale", "Enlarge each pixel by this factor, without smoothing."),
            (self.note, "exportNote", "Note", "Notes before saving."),
            (self.size_label, "exportSize", "Size", "Width and height of the saved picture."),
            (save, "exportSave", "Save", "Write the file."),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(plain_tip(tip))

    def formats(self) -> tuple[Format, ...]:
        """The formats offered."""
        return formats_for(self._what)

    def add_rows(self, form: QFormLayout) -> None:
        """Adds rows, for subclasses with more options."""

    def wish(self, path: Path, overwrite: bool) -> object:
        """The value of `wished`."""
        return Wish(self._what, path, self.scale.value(), overwrite, self.chosen.animated)

    def refuse(self, path: Path) -> None:
        """Refuses with a LabError what cannot be written."""

    def show_size(self, thing: Exportable) -> None:
        """Shows the size of the result."""
        moving = self.chosen.animated and len(thing.pictures) > 1
        shown = thing.pictures[0] if moving else thing.still
        height, width = (side * self.scale.value() for side in shown.shape[:2])
        frames = f", {len(thing.pictures)} frames" if moving else ""
        self.size_label.setText(f"{width} × {height} pixels{frames}")

    def _lay_out(self, words: str) -> None:
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        size = QHBoxLayout()
        size.addWidget(self.scale)
        size.addWidget(self.size_label, 1)
        form = QFormLayout()
        form.addRow("File", row)
        form.addRow("Format", self.format)
        layout = QVBoxLayout(self)
        if self._thing is not None:
            self.preview = Preview(to_qimage(self._thing.still))
            layout.addWidget(self.preview)
            form.addRow("Scale", size)
            self.size_row = size
        self.add_rows(form)
        if words:
            told = Label(words)
            told.setWordWrap(True)
            layout.addWidget(told)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)

    @property
    def chosen(self) -> Format:
        """The format that will be written."""
        return self._formats[self.format.currentIndex()]

    @Slot()
    def _format_chosen(self) -> None:
        path = self.path.text()
        known = {one.suffix for one in self._formats}
        stem = path[: -len(Path(path).suffix)] if Path(path).suffix.lower() in known else path
        self.path.setText(stem + self.chosen.suffix)

    @Slot()
    def _look(self) -> None:
        """Follows the path: its ending chooses the format, and an existing file is reported."""
        path = Path(self.path.text().strip())
        if path.suffix.lower() != self.chosen.suffix:
            for index, known in enumerate(self._formats):
                if known.suffix == path.suffix.lower():
                    self.format.setCurrentIndex(index)
                    break
        if self._thing is not None:
            self.show_size(self._thing)
        self._aim()
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setText("Replace" if self._exists else "Save")
        save.setEnabled(self._target is not None)

    def _aim(self) -> None:
        """Resolves the text to a file, or shows why none can be written there."""
        self._target, self._exists = None, False
        text = self.path.text().strip()
        self.note.setText("")
        if not text:
            return
        try:
            path = Path(text).expanduser()
            if not path.suffix and path.name:
                path = path.with_name(path.name + self.chosen.suffix)
            check_destination(path, overwrite=True, suffixes=[known.suffix for known in self._formats])
            self.refuse(path)
        except (LabError, RuntimeError, ValueError) as error:
            self.note.setText(str(error))
            return
        self._target, self._exists = path, path.exists()
        if self._exists:
            self.note.setText(f"{path.name} exists already and would be replaced.")

    @Slot()
    def _browse(self) -> None:
        filters = ";;".join(f"{known.title} (*{known.suffix})" for known in self._formats)
        # The file dialog asks before replacing, and so does our own button: once is enough.
        options = QFileDialog.Option.DontConfirmOverwrite
        place, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), self.path.text(), filters, "", options
        )
        if place:
            name = Path(place)
            self.path.setText(place if name.suffix else place + self.chosen.suffix)

    def accept(self) -> None:
        if not numbers_stand(self):
            return
        self._aim()  # again: the folder may have changed since the last keystroke
        if self._target is None:
            self._look()
            return
        self.wished.emit(self.wish(self._target, self._exists))
        super().accept()
