"""The fields of the stage's form, each with its name, its spoken name and its tip."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox, QSizePolicy

from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import plain_tip

_MOST_RATE, _LEAST_RATE, _RATE_STEP = 0.1, 1e-5, 1e-4


def combo(name: str, spoken: str, tip: str, choices: Iterable[tuple[str, str]]) -> QComboBox:
    """A choice among (key, title)."""
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setToolTip(plain_tip(tip))
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    for key, title in choices:
        made.addItem(title, key)
    return made


def whole(name: str, spoken: str, tip: str, low: int, high: int, value: int) -> WholeNumber:
    """A whole number between two others."""
    field = WholeNumber(low, high, value)
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setToolTip(plain_tip(tip))
    return field


def real(
    name: str, spoken: str, tip: str, low: float = _LEAST_RATE, high: float = _MOST_RATE, value: float = 1e-3
) -> RealNumber:
    """A number between two others; without any, a learning rate."""
    field = RealNumber(low, high, value, _RATE_STEP)
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setToolTip(plain_tip(tip))
    return field
