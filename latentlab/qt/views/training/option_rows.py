"""Rows of a form for the options of models, each with a description; those that do not apply are hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLabel, QWidget

from latentlab.models.spec import KindSpec, Option
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import plain_tip, spoken
from latentlab.qt.widgets.term import named


class Rows(QGroupBox):
    """Options under one title, a row each."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._form = QFormLayout(self)
        self._rows: dict[str, int] = {}

    def add(self, key: str, label: str, tip: str, widget: QWidget) -> None:
        """Another row at the end."""
        self._rows[key] = self._form.rowCount()
        widget.setToolTip(plain_tip(tip))
        widget.setAccessibleName(label.replace("&", ""))
        self._form.addRow(named(label, widget), widget)
        self._form.labelForField(widget).setToolTip(plain_tip(tip))

    def rename(self, key: str, label: str) -> None:
        """Gives a row another label."""
        item = self._form.itemAt(self._rows[key], QFormLayout.ItemRole.LabelRole)
        words = None if item is None else item.widget()
        assert isinstance(words, QLabel)
        words.setText(label)
        if (field := words.buddy()) is not None:
            field.setAccessibleName(spoken(label))

    def show_row(self, key: str, shown: bool) -> None:
        """Shows or hides a row."""
        self._form.setRowVisible(self._rows[key], shown)


class OptionRows(Rows):
    """The options of several kinds of model; those of one of them are visible.

    An option that two kinds describe alike is one row, and keeps its value between them.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._options: dict[str, Option] = {}

    def add_options(self, kind: KindSpec, chosen: Mapping[Option, Any]) -> None:
        """Adds rows for the options of a kind that are not there yet, with the values chosen."""
        for option in kind.choices:
            if option in self._options.values():
                continue
            name = "training" + "".join(part.capitalize() for part in option.name.split("_"))
            # The same name for another option: its range or choices differ.
            name += kind.name.capitalize() if name in self._options else ""
            self._options[name] = option
            self.add(name, option.label, option.tip, field_of(name, option, chosen.get(option)))

    def show_options(self, kind: KindSpec) -> None:
        """Shows the options that apply to this kind, and no others."""
        for name, option in self._options.items():
            self.show_row(name, option in kind.choices)

    def values(self, kind: KindSpec) -> dict[str, Any]:
        """The values chosen for this kind, by the names of its options."""
        return {
            option.name: value_of(self.findChild(QWidget, name))
            for name, option in self._options.items()
            if option in kind.choices
        }


def combo(name: str, choices: dict[str, Any], chosen: Any) -> QComboBox:
    """A combo box of labels, each for a value."""
    box = QComboBox()
    box.setObjectName(name)
    for words, value in choices.items():
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def whole_number(name: str, low: int, high: int, value: int) -> WholeNumber:
    """A field for a whole number."""
    box = WholeNumber(low, high, value)
    box.setObjectName(name)
    return box


def real_number(name: str, low: float, high: float, value: float, step: float) -> RealNumber:
    """A field for a number whose arrows move by `step`; more decimal places can be typed."""
    box = RealNumber(low, high, value, step)
    box.setObjectName(name)
    return box


def field_of(name: str, option: Option, chosen: Any) -> QWidget:
    """A field for an option, with the value chosen, or its default where that is None."""
    value = option.default if chosen is None else chosen
    if option.choices:
        return combo(name, dict(option.choices), value)
    if option.whole:
        return whole_number(name, int(option.low), int(option.high), value)
    return real_number(name, option.low, option.high, value, option.step)


def value_of(field: QWidget | None) -> Any:
    """The value in such a field."""
    if isinstance(field, QComboBox):
        return field.currentData()
    assert isinstance(field, WholeNumber | RealNumber)
    return field.value()
