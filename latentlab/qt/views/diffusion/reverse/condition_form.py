"""The form for the conditions of a tape: one class or each in turn, or a value for each attribute."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from latentlab.engine.types import Point
from latentlab.plain import spaced
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.flow_layout import FlowLayout, laid_out_once
from latentlab.qt.widgets.plain_text import listed, on_button, plain_tip, without_mnemonic
from latentlab.session.conditions import one_of

_ANY, _WITH, _WITHOUT = Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked, Qt.CheckState.Unchecked
# The network's input is -1 for without, 1 for with; in the middle, 0 means unspecified.
_VALUES = {_ANY: 0.5, _WITH: 1.0, _WITHOUT: 0.0}
_NOTHING, _TURNS = -2, -1
# Of very many classes no tape shows all, and a recipe with all their conditions would take megabytes.
_MOST_TURNS = 64


class TraitBox(CheckBox):
    """An attribute: with, without, or unspecified."""

    def __init__(self, name: str) -> None:
        super().__init__(on_button(spaced(name)))
        self.name = name
        self.setTristate(True)
        self.setObjectName(f"told_{name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.checkStateChanged.connect(self._named)
        self.setCheckState(_ANY)

    def nextCheckState(self) -> None:
        """From unspecified to with, to without, and back."""
        self.setCheckState({_ANY: _WITH, _WITH: _WITHOUT, _WITHOUT: _ANY}[self.checkState()])

    @Slot()
    def _named(self) -> None:
        name = listed(spaced(self.name))
        words = {_ANY: f"{name} or not", _WITH: f"with {name}", _WITHOUT: f"without {name}"}
        self.setText(without_mnemonic(words[self.checkState()]))
        self.setAccessibleName(f"Condition: {words[self.checkState()]}")
        self.setToolTip(
            plain_tip(f"Condition: {words[self.checkState()]}. Click to cycle: with, without, not specified.")
        )


class ToldForm(QWidget):
    """`changed`: the user has set other conditions. Empty for an unconditional model."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.exclusive = True
        # Conditions of a recipe that no control can show: kept until the user changes one.
        self._other: tuple[Point, ...] | None = None
        self._turns_again = False
        self.classes = QComboBox()
        self.classes.setObjectName("toldChooser")
        self.classes.setAccessibleName("Class of the pictures")
        self.classes.setToolTip("The class to draw.")
        self.classes.setPlaceholderText("as on the tape")
        self.boxes: dict[str, TraitBox] = {}
        self._traits = QWidget()
        self._flow = FlowLayout(self._traits, gap=6)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.classes)
        rows.addWidget(self._traits)
        self.classes.currentIndexChanged.connect(self._said)

    def offer(self, names: tuple[str, ...], exclusive: bool) -> None:
        """Sets the conditions of another model."""
        if (names, exclusive) == (self.names, self.exclusive):
            return
        self.names, self.exclusive, self._other = names, exclusive, None
        with QSignalBlocker(self.classes):
            self.classes.clear()
            if exclusive and names:
                turns = "each class" if len(names) <= _MOST_TURNS else f"the first {_MOST_TURNS} classes"
                self.classes.addItem(f"{turns} in turn", _TURNS)
                for number, name in enumerate(names):
                    self.classes.addItem(listed(name if not name.isdigit() else f"class {name}"), number)
                self.classes.addItem("no condition", _NOTHING)
                self.classes.setCurrentIndex(0)
        with laid_out_once(self._traits):
            for box in self.boxes.values():
                box.hide()
                box.deleteLater()
            self.boxes = {} if exclusive else {name: TraitBox(name) for name in names}
            for box in self.boxes.values():
                box.checkStateChanged.connect(self._said)
                self._flow.addWidget(box)
        self.classes.setVisible(exclusive and bool(names))
        self._traits.setVisible(bool(self.boxes))

    @property
    def conditions(self) -> tuple[Point, ...]:
        """The conditions as a recipe holds them; () for none."""
        if self._other is not None:
            return self._other
        count = len(self.names)
        if self.boxes:
            values = tuple(_VALUES[self.boxes[name].checkState()] for name in self.names)
            return () if set(values) == {_VALUES[_ANY]} else (values,)
        chosen = self.classes.currentData()
        if chosen is None or chosen == _NOTHING:
            return ()
        if chosen == _TURNS:
            return tuple(one_of(number, count) for number in range(min(count, _MOST_TURNS)))
        return (one_of(chosen, count),)

    def show_conditions(self, conditions: Sequence[Point]) -> None:
        """Sets the controls from a recipe."""
        wanted = tuple(map(tuple, conditions))
        self._other = None
        if self.boxes:
            values = wanted[0] if wanted else (0.5,) * len(self.names)
            for name, value in zip(self.names, values, strict=False):
                box = self.boxes[name]
                with QSignalBlocker(self):
                    box.setCheckState(_WITH if value > 0.5 else _WITHOUT if value < 0.5 else _ANY)
        else:
            with QSignalBlocker(self.classes):
                self.classes.setCurrentIndex(self.classes.findData(self._said_by(wanted)))
        if self.conditions != wanted:
            with QSignalBlocker(self.classes):
                self.classes.setCurrentIndex(-1)
            self._other = wanted

    def _said_by(self, wanted: tuple[Point, ...]) -> int:
        """The data of the item for these conditions."""
        if not wanted:
            return _NOTHING
        return wanted[0].index(1.0) if len(wanted) == 1 and 1.0 in wanted[0] else _TURNS

    def tell_in_turn(self, wanted: bool) -> None:
        """Sets whether classes may be used in turn: while chosen but not allowed, sampling is unconditional
        until it is allowed again, or the user changes it.
        """
        turns, nothing = self.classes.findData(_TURNS), self.classes.findData(_NOTHING)
        if turns < 0 or self._other is not None:
            return
        now = self.classes.currentIndex()
        if not wanted and now == turns:
            self._turns_again = True
        elif not (wanted and now == nothing and self._turns_again):
            return
        with QSignalBlocker(self.classes):
            self.classes.setCurrentIndex(turns if wanted else nothing)
        self._turns_again = not wanted

    @Slot()
    def _said(self) -> None:
        self._other, self._turns_again = None, False
        self.changed.emit()
