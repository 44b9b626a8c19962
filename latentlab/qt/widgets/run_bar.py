"""The controls over what takes minutes: what is asked, run and stop, what is being done and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.text_line import Line

_LEAST, _MOST, _STEP = 100, 10_000, 500
_GAP, _PROGRESS = 8, 220


class RunBar(QWidget):
    """`run_wanted` and `stop_wanted` are asked by buttons. A subclass makes its fields, and lays them out.

    Attributes:
        pictures: the field for how many pictures.
        run, stop, status, progress: the other parts.

    Args:
        name: the objectNames of its parts begin with it.
        doing: what runs, in words.
        run: the button that runs it.
        stop_tip: what stopping keeps.
    """

    run_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, name: str, doing: str, run: QPushButton, stop_tip: str) -> None:
        super().__init__()
        self.run = run
        run.clicked.connect(self.run_wanted)
        self.stop = text_button(f"{name}Stop", "&Stop", stop_tip)
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_wanted)
        self.pictures = WholeNumber(_LEAST, _MOST, _LEAST)
        self.pictures.setObjectName(f"{name}Pictures")
        self.pictures.setSingleStep(_STEP)
        self.status = Line(f"{name}Status", "What is being done.")
        self.progress = QProgressBar()
        self.progress.setObjectName(f"{name}Progress")
        self.progress.setAccessibleName(f"Progress of {doing}")
        self.progress.setToolTip(plain_tip("How much of all work is done."))
        self.progress.setRange(0, 1000)
        self.progress.setMaximumWidth(_PROGRESS)
        self.progress.hide()
        # What is below stays where it is when the bar comes.
        self.status.setMinimumHeight(self.progress.sizeHint().height())
        self._asked: list[QWidget] = []

    def _lay_out(
        self,
        asked: Sequence[QWidget | tuple[str, QWidget]],
        others: Sequence[QWidget] = (),
        beside: Sequence[QWidget] = (),
    ) -> None:
        """Places everything.

        Args:
            asked: what cannot be changed while it runs, in its order, with the words before a field.
            others: what stands behind the buttons.
            beside: what stands beside the status.
        """
        controls = FlowLayout(gap=_GAP)
        for one in asked:
            words, field = one if isinstance(one, tuple) else ("", one)
            self._asked.append(field)
            controls.addWidget(_with_label(words, field) if words else field)
        for widget in (self.run, self.stop, *others):
            controls.addWidget(widget)
        below = QHBoxLayout()
        below.addWidget(self.status, 1)
        for widget in (*beside, self.progress):
            below.addWidget(widget)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(controls)
        rows.addLayout(below)

    def show_running(self, running: bool, can: bool) -> None:
        """While it runs, nothing else can be asked; `can` says whether it could begin."""
        for widget in self._asked:
            widget.setEnabled(not running)
        self.run.setEnabled(can and not running)
        self.stop.setEnabled(running)
        if running:
            self.progress.setValue(0)
        self.progress.setVisible(running)

    def show_progress(self, share: float, words: str) -> None:
        """Shows the share of the work that is done, 0 to 1, and what it does."""
        self.progress.setValue(round(1000.0 * share))
        self.status.setText(words)


def choice_box(name: str, what: str, tip: str, widest: int | None = None) -> ElidedBox:
    """A box as wide as its longest entry, up to so many pixels."""
    box = ElidedBox()
    box.setObjectName(name)
    box.setAccessibleName(what)
    box.setToolTip(plain_tip(tip))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    if widest is not None:
        box.setMaximumWidth(widest)
    return box


def offer(box: QComboBox, entries: Sequence[tuple[str, str]], chosen: str) -> None:
    """Offers entries, title and data each, and shows that with these data as chosen, else the first."""
    with QSignalBlocker(box):
        box.clear()
        for title, data in entries:
            box.addItem(listed(title), data)
        box.setCurrentIndex(max(0, box.findData(chosen)) if entries else -1)


def _with_label(words: str, field: QWidget) -> QWidget:
    label = Label(words)
    label.setBuddy(field)
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label)
    row.addWidget(field)
    return pair
