"""The form of the training panel: data, model, buttons, and messages."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.training.presets import presets
from latentlab.models.registry import faults
from latentlab.qt.views.training.beta_slider import BetaSlider
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label, plain_tip

INVITATION = "Choose pictures and a model, then Train."


class TrainingForm(QScrollArea):
    """Widgets only; their behaviour is the panel's."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trainingForm")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(210, 80)
        self.data = QComboBox()
        self.data.setObjectName("dataSetChooser")
        self.data.setAccessibleName("Pictures to learn from")
        self.data.setToolTip("The pictures to learn from. Drop a folder or a file of your own on the window.")
        self.model = QComboBox()
        self.model.setObjectName("modelChooser")
        self.model.setAccessibleName("Model to train")
        self.model.setToolTip("The model to train. Options … changes its settings.")
        for preset in presets():
            self.model.addItem(preset.title, preset)
        self.when = Label()
        self.when.setObjectName("modelAdvice")
        self.when.setWordWrap(True)
        self.start = _button("trainStart", "Train", "Start training this model on these pictures.")
        self.pause = _button("trainPause", "&Pause", "Pause with everything saved; press again to continue.")
        self.stop = _button("trainStop", "&Stop and keep", "Stop now, save the model as it is and open it.")
        self.options = _button("trainOptions", "&Options …", "All settings of the training.")
        self.beta = BetaSlider()
        self.status = Label(INVITATION)
        self.status.setObjectName("trainStatus")
        self.status.setWordWrap(True)
        self.alarm = Label()
        self.alarm.setObjectName("trainAlarm")
        self.alarm.setForegroundRole(QPalette.ColorRole.BrightText)
        self.alarm.setWordWrap(True)
        self.alarm.hide()
        self.note = Label()
        self.note.setObjectName("trainNote")
        self.note.setWordWrap(True)
        self.note.hide()
        self.left_out = Label("\n".join(faults()))
        self.left_out.setObjectName("kindsLeftOut")
        self.left_out.setWordWrap(True)
        self.left_out.setVisible(bool(faults()))
        self._lay_out()

    def show_note(self, words: str) -> None:
        """Shows a note on these pictures or on this training; "" for none."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(4)
        form.addRow("Pict&ures", self.data)
        form.addRow("&Model", self.model)
        for chooser in (self.data, self.model):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(12)
        buttons = FlowLayout(gap=4)
        for button in (self.start, self.pause, self.stop, self.options):
            buttons.addWidget(button)
        within = QWidget()
        rows = QVBoxLayout(within)
        rows.setContentsMargins(8, 6, 8, 6)
        rows.setSpacing(4)
        rows.addLayout(form)
        rows.addWidget(self.when)
        rows.addLayout(buttons)
        for widget in (self.beta, self.status, self.alarm, self.note, self.left_out):
            rows.addWidget(widget)
        rows.addStretch()
        self.setWidget(within)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(plain_tip(tip))
    button.setAccessibleName(text.replace("&", "").replace(" …", ""))
    return button
