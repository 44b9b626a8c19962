"""The layout of the attribute board: pictures, method, sliders, buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.attributes.trust import STEERED
from latentlab.qt.views.attributes.before_after import Arrangement, BeforeAfter
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import TermButton

_METHODS = (
    (
        "Difference of means",
        "means",
        "The mean encoding of pictures with it minus the mean of those without.",
    ),
    (
        "Others regressed out",
        "regressed",
        "What it adds when the other attributes stay as they are: a hat without short hair, say.",
    ),
    (
        "Linear discriminant",
        "discriminant",
        "The direction that best separates pictures with it from those without (Fisher), scaled "
        "to the distance between the two groups.",
    ),
    (
        "Steered",
        STEERED,
        "Trained through the decoder until a classifier recognises the attribute in its pictures "
        "and nothing else has changed. Takes a minute or more where it is not shipped.",
    ),
)
# Below this height the pictures are small; from this size on they are large, at the left of the sliders.
_LOW, _WIDE, _HIGH = 440, 640, 500
# Their share of the width, and the height of their captions.
_SHARE, _CAPTIONS = 0.42, 96


class BoardForm(QWidget):
    """Pictures on top, the method, messages; the sliders; buttons below.

    Args:
        sliders: the rows of sliders, in a list that scrolls.
        warning: below the sliders: above them, it would move them during a drag.
    """

    def __init__(self, sliders: QWidget, warning: QWidget) -> None:
        super().__init__()
        self.pictures = BeforeAfter()
        self.method = QComboBox()
        self.method.setObjectName("directionMethod")
        self.method.setAccessibleName("How directions are found")
        for number, (title, name, tip) in enumerate(_METHODS):
            self.method.addItem(title, name)
            self.method.setItemData(number, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        self.method.setToolTip(plain_tip("\n".join(f"{title}: {tip}" for title, _, tip in _METHODS)))
        self.method.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.status = Label()
        self.status.setObjectName("attributeStatus")
        self.status.setWordWrap(True)
        self.zero_all = QPushButton("&Zero all")
        self.zero_all.setObjectName("attributeZeroAll")
        self.zero_all.setAccessibleName("Zero all attributes")
        self.zero_all.setToolTip("Set all attributes back to 0.")
        self.trust = QPushButton("Reli&ability …")
        self.trust.setObjectName("attributeTrust")
        self.trust.setAccessibleName("Reliability of the directions")
        self.trust.setToolTip(
            "How well each direction separates held-out pictures, and which directions are similar."
        )
        self.sheet = QPushButton("&Sheet …")
        self.sheet.setObjectName("attributeSheetOpen")
        self.sheet.setAccessibleName("Many pictures, before and after")
        self.sheet.setToolTip(
            "Add attributes to many pictures at once: a row for each picture, a column for each amount."
        )
        self.key_frame = QPushButton("&Key frame")
        self.key_frame.setObjectName("attributeKeyFrame")
        self.key_frame.setAccessibleName("Make this a key frame of the walk")
        self.key_frame.setToolTip(
            "Pin the picture as the next key frame. The walk goes from one to the next: play "
            "it, or save it as WebP, GIF, APNG or MP4."
        )
        self._lay_out(sliders, warning)

    def _lay_out(self, sliders: QWidget, warning: QWidget) -> None:
        form = QFormLayout()
        form.setContentsMargins(8, 0, 8, 0)
        label = Label("Directions b&y")
        label.setBuddy(self.method)
        choice = QHBoxLayout()
        choice.addWidget(self.method, 1)
        choice.addWidget(TermButton("directionMethodHelp", self.method.currentText))
        form.addRow(label, choice)
        feet = QWidget()
        foot = FlowLayout(feet, gap=6)
        for button in (self.zero_all, self.key_frame, self.sheet, self.trust):
            foot.addWidget(button)
        below = QHBoxLayout()
        below.setContentsMargins(8, 0, 8, 0)
        below.addWidget(self.status)
        self._whole = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._whole.setContentsMargins(0, 8, 0, 0)
        self._whole.addWidget(self.pictures)
        self._column = layout = QVBoxLayout()
        layout.setSpacing(6)
        self._whole.addLayout(layout, 1)
        layout.addLayout(form)
        layout.addLayout(below)
        layout.addWidget(sliders, 1)
        layout.addWidget(warning)
        below_all = QHBoxLayout()
        below_all.setContentsMargins(8, 0, 8, 8)
        below_all.addWidget(feet)
        layout.addLayout(below_all)

    def fit(self, width: int, height: int) -> None:
        """Where there is room the pictures are large; where the board is low, the sliders matter more."""
        large, tight = width >= _WIDE and height >= _HIGH, height < _LOW
        wanted = Arrangement.LARGE if large else Arrangement.SMALL if tight else Arrangement.BESIDE
        self.pictures.arrange(wanted, round(min(_SHARE * width, (height - _CAPTIONS) / 2)))
        direction = QBoxLayout.Direction.LeftToRight if large else QBoxLayout.Direction.TopToBottom
        self._whole.setDirection(direction)
        self._whole.setContentsMargins(0, 2 if tight else 8, 0, 0)
        self._whole.setSpacing(3 if tight else 6)
        self._column.setSpacing(3 if tight else 6)

    def say(self, words: str) -> None:
        """Shows a message; "" takes no room."""
        self.status.setText(words)
        self.status.setVisible(bool(words))
