"""The widgets of `OpenDataDialog`, from top to bottom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from latentlab.data.report import ReadingReport
from latentlab.data.spec import ReadingOptions
from latentlab.plain import printable
from latentlab.qt.open_data.choices import Choices
from latentlab.qt.open_data.strip import PreviewStrip
from latentlab.qt.widgets.plain_text import Label, plain_tip


class Page:
    """Lays itself out in a widget. It knows nothing of files and threads.

    Args:
        path: the path of the pictures.
        options: the initial options.
        home: the empty parent widget.
    """

    def __init__(self, path: str, options: ReadingOptions, home: QWidget) -> None:
        self.path = _label("dataPath", "Path", "Path of the pictures.")
        self.path.setText(path)
        font = self.path.font()
        font.setBold(True)
        self.path.setFont(font)
        self.found = _label("dataFound", "What was found", "What kind of data it is, and how many pictures.")
        self.found.setText("Looking …")
        self.strip = PreviewStrip()
        self.choices = Choices(options)
        self.sign = Label()
        self.sign.hide()
        self.note = _label("dataNote", "Note", "Errors and notes. The text can be selected.")
        self.note.hide()
        self.details = QPlainTextEdit()
        self.details.setObjectName("dataDetails")
        self.details.setAccessibleName("What was left out")
        self.details.setToolTip("Which files were left out, and why.")
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.hide()
        self.progress = QProgressBar()
        self.progress.setObjectName("dataProgress")
        self.progress.setAccessibleName("Progress")
        self.progress.setToolTip("Number of pictures have been read.")
        self.progress.hide()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Open | kinds.Cancel)
        self.train = self.buttons.addButton("Open and train …", QDialogButtonBox.ButtonRole.ActionRole)
        self._lay_out(home)

    def _lay_out(self, home: QWidget) -> None:
        said = QHBoxLayout()
        said.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.note, 1)
        rows = QVBoxLayout(home)
        for part in (self.path, self.found):
            rows.addWidget(part)
        rows.addWidget(self.strip, 1)
        rows.addWidget(self.choices)
        rows.addLayout(said)
        rows.addWidget(self.details)
        # Beside the buttons: above them it would make the preview shrink when it appears.
        last = QHBoxLayout()
        last.addWidget(self.progress, 1)
        last.addStretch()
        last.addWidget(self.buttons)
        rows.addLayout(last)

    def say(self, text: str, *, fault: bool = False) -> None:
        """Shows a message under the options, with a warning sign if it is an error; "" for none."""
        style, side = self.note.style(), QStyle.PixelMetric.PM_SmallIconSize
        warning = style.standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.sign.setPixmap(warning.pixmap(style.pixelMetric(side), style.pixelMetric(side)))
        self.sign.setVisible(fault)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_progress(self, done: int, total: int) -> None:
        """Shows the progress of the reading; a total of 0 means unknown."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.setFormat(f"{done:,} of {total:,} pictures")

    def show_report(self, report: ReadingReport) -> None:
        """Replaces the options by the report of the reading."""
        self.strip.hide()
        self.choices.hide()
        self.found.setText(f"{report.read:,} pictures read ({report.kind}).")
        notes = [f"{note}." for note in report.notes]
        were = "was" if report.skipped_count == 1 else "were"
        self.say("\n".join([*notes, f"{report.skipped_count:,} {were} left out:"]), fault=True)
        self.details.setPlainText(printable("\n".join(report.details())))
        self.details.show()


def _label(name: str, title: str, tip: str) -> QLabel:
    label = Label()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setToolTip(plain_tip(tip))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
