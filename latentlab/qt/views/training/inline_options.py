"""The main options of the chosen kind of model, inline in the form; all others are in the options dialog."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from latentlab.engine.training.plan import TrainingPlan, means_something, round_of
from latentlab.engine.training.presets import Choice
from latentlab.models.registry import find_kind
from latentlab.qt.views.training.option_rows import field_of, value_of, whole_number
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import plain_tip, spoken
from latentlab.qt.widgets.term import named

# More rows than these would hide the button that starts the training.
_MOST_ROWS = 4


class InlineOptions(QWidget):
    """`edited` carries the choice and the plan as the person has changed them."""

    edited = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trainingMainOptions")
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self._choice, self._plan = Choice(""), TrainingPlan()
        self._fields: dict[str, QWidget] = {}
        self._shown: tuple[object, ...] = ()

    def show_choice(self, choice: Choice, plan: TrainingPlan) -> None:
        """Shows a choice and a plan, without a signal."""
        self._choice, self._plan = choice, plan
        shown = (choice, plan.epochs)
        if shown == self._shown:
            return
        self._shown = shown
        while self._rows.rowCount():
            taken = self._rows.takeRow(0)
            for item in (taken.labelItem, taken.fieldItem):
                gone = item.widget()
                if gone is not None:
                    gone.setObjectName("")  # its successor has the name now
                    gone.hide()
                    gone.deleteLater()
        self._fields = {}
        for option in find_kind(choice.kind).choices[:_MOST_ROWS]:
            name = "form" + "".join(part.capitalize() for part in option.name.split("_"))
            field = field_of(name, option, choice.values.get(option.name))
            # The dialog has these letters; here they would be taken twice.
            self._add(option.name, option.label.replace("&", ""), option.tip, field)
        if means_something("epochs", choice.kind):
            title = f"{round_of(choice.kind).capitalize()}{'es' if round_of(choice.kind) == 'pass' else 's'}"
            tip = f"{title} over the pictures. You can stop at any time and keep what there is."
            self._add("", title, tip, whole_number("formEpochs", 1, 100_000, plan.epochs))

    def _add(self, key: str, label: str, tip: str, field: QWidget) -> None:
        field.setToolTip(plain_tip(tip))
        field.setAccessibleName(spoken(label))
        if isinstance(field, QComboBox):
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(8)
            field.currentIndexChanged.connect(self._edited)
        elif isinstance(field, WholeNumber | RealNumber):
            field.valueChanged.connect(self._edited)
        self._rows.addRow(named(label, field), field)
        self._fields[key] = field

    @Slot()
    def _edited(self) -> None:
        values = {key: value_of(field) for key, field in self._fields.items() if key}
        self._choice = replace(self._choice, values={**self._choice.values, **values})
        if "" in self._fields:
            self._plan = replace(self._plan, epochs=value_of(self._fields[""]))
        self._shown = (self._choice, self._plan.epochs)
        self.edited.emit(self._choice, self._plan)
