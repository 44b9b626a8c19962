"""The controls over the grid: what is looked for, order, captions and size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from latentlab.qt.views.data_browser.find_line import FindLine
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.picture_columns import Fact

_NO_CAPTION = ""


class Bar(QWidget):
    """`ordered` when another order is chosen, `captioned` when another caption is, `sized` (a place among the
    sizes), `save_wanted` when the pictures are to be saved.
    """

    ordered = Signal()
    captioned = Signal()
    sized = Signal(int)
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sort = _box(
            "dataBrowserSort",
            "Sort by",
            "The order of the pictures. A picture's number is its place in the data set, counted from 0.",
        )
        self.caption = _box("dataBrowserCaption", "Caption", "What is written under each picture.")
        self.down = QToolButton()
        self.down.setObjectName("dataBrowserDescending")
        self.down.setAccessibleName("From the highest to the lowest")
        self.down.setToolTip("From the highest to the lowest.")
        self.down.setCheckable(True)
        self.larger = CalmSlider(Qt.Orientation.Horizontal)
        self.larger.setObjectName("dataBrowserSize")
        self.larger.setAccessibleName("Size of the pictures")
        self.larger.setToolTip(plain_tip("Size of the pictures. Ctrl and the wheel, + and − do the same."))
        self.larger.setFixedWidth(72)
        self.larger.setPageStep(1)
        self.save = QToolButton()
        self.save.setObjectName("dataBrowserSave")
        self.save.setText("Save …")
        self.save.setAccessibleName("Save the selection")
        self.save.setToolTip("Save the names or the files of these pictures, or of those selected.")
        self.line = FindLine()
        self.heading = Label()
        self.heading.setObjectName("dataBrowserHeading")
        self.heading.setAccessibleName("What is shown")
        self.note = Label()
        self.note.setObjectName("dataBrowserNote")
        self.note.setAccessibleName("What is wrong with the expression")
        self.note.setWordWrap(True)
        self.note.hide()
        controls_of_all = QWidget()
        flow = FlowLayout(controls_of_all, gap=6)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 2)
        rows.setSpacing(2)
        rows.addWidget(controls_of_all)
        rows.addWidget(self.note)
        height = self.sort.sizeHint().height()
        self.heading.setMinimumHeight(height)
        flow.addWidget(self.heading)
        for words, *controls in (
            ("Find", self.line), ("Sort", self.sort, self.down), ("Caption", self.caption),
            ("Size", self.larger),
        ):  # fmt: skip
            group = _group(words, controls)
            group.setMinimumHeight(height)
            flow.addWidget(group)
        self.save.setMinimumHeight(height)
        flow.addWidget(self.save)
        # Whether the person chose what is written under the pictures.
        self._by_hand = False
        self.caption.activated.connect(self._caption_chosen)
        self.sort.currentIndexChanged.connect(self.ordered)
        self.down.toggled.connect(self._turned)
        self.caption.currentIndexChanged.connect(self.captioned)
        self.larger.valueChanged.connect(self.sized)
        self.save.clicked.connect(self.save_wanted)
        self._turned(False)

    def complain(self, why: str) -> None:
        """Says what is wrong with the expression; "" for nothing."""
        self.note.setText(why)
        self.note.setVisible(bool(why))

    @property
    def sorted_by(self) -> str:
        """The name of the column that is sorted by."""
        return str(self.sort.currentData() or "")

    @property
    def captioned_by(self) -> str:
        """The name of the column that is written under the pictures; "" for none."""
        return str(self.caption.currentData() or _NO_CAPTION)

    def offer(self, facts: Sequence[Fact], more: Sequence[tuple[str, str]], caption: str) -> None:
        """Offers these columns, and `more`, names and titles of those that can be computed. The chosen ones
        stay if they are there too; else the first is sorted by, and `caption` is written.
        """
        blockers = [QSignalBlocker(box) for box in (self.sort, self.caption)]
        sort, before = self.sorted_by, self.captioned_by if self._by_hand else caption
        self.sort.clear()
        self.caption.clear()
        self.caption.addItem("None", _NO_CAPTION)
        known = {fact.name: fact.title for fact in facts}
        for name, title in {**known, **dict(more)}.items():
            for box in (self.sort, self.caption):
                box.addItem(listed(title), name)
        self.sort.setCurrentIndex(max(0, self.sort.findData(sort)))
        found = self.caption.findData(before)
        self.caption.setCurrentIndex(found if found >= 0 else max(0, self.caption.findData(caption)))
        del blockers

    def show_size(self, place: int, of: int) -> None:
        """Puts the slider at a size."""
        blocker = QSignalBlocker(self.larger)
        self.larger.setRange(0, max(0, of - 1))
        self.larger.setValue(place)
        del blocker

    @Slot()
    def _caption_chosen(self) -> None:
        self._by_hand = True

    @Slot(bool)
    def _turned(self, down: bool) -> None:
        self.down.setArrowType(Qt.ArrowType.DownArrow if down else Qt.ArrowType.UpArrow)
        self.ordered.emit()


def _group(words: str, controls: Sequence[QWidget]) -> QWidget:
    """A label with its controls, which stay on one line."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    label = Label(words)
    label.setBuddy(controls[0])
    row.addWidget(label)
    for control in controls:
        row.addWidget(control)
    return group


def _box(name: str, title: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(plain_tip(tip))
    # Long names of attributes must not widen the panel.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(9)
    return box
