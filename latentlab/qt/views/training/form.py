"""The form of the training panel: pictures, kind of model, main options, name, and the buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.training.presets import presets
from latentlab.models.registry import faults
from latentlab.qt.views.training.beta_slider import BetaSlider
from latentlab.qt.views.training.inline_options import InlineOptions
from latentlab.qt.views.training.kind_cards import KindCards
from latentlab.qt.views.training.name_field import NameField
from latentlab.qt.views.training.report_box import INVITATION, ReportBox
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button

__all__ = ["INVITATION", "TrainingForm"]


class TrainingForm(QWidget):
    """Widgets only; their behaviour is the panel's.

    Where there is room it has a card for each kind of model and the main options; else lists alone. The name
    and the buttons are below what scrolls, so that they are always in sight.
    """

    def __init__(self, free: Callable[[str], str] = str) -> None:
        super().__init__()
        self.setObjectName("trainingForm")
        self.setMinimumHeight(80)
        self.data = ElidedBox(Qt.TextElideMode.ElideRight)
        self.data.setObjectName("dataSetChooser")
        self.data.setAccessibleName("Pictures to learn from")
        self.data.setToolTip("The pictures to learn from. Drop a folder or a file of your own on the window.")
        self.own = text_button(
            "trainOwnPictures", "Open …", "Choose a folder of your own pictures to learn from."
        )
        self.facts = _words("trainingData")
        self.cards = KindCards()
        self.model = ElidedBox()
        self.model.setObjectName("modelChooser")
        self.model.setAccessibleName("Model to train")
        self.model.setToolTip("The model to train. Options … changes its settings.")
        for preset in presets():
            self.model.addItem(preset.title, preset)
        self.when = _words("modelAdvice")
        self.inline = InlineOptions()
        self.estimate = _words("trainingEstimate")
        self.beta = BetaSlider()
        self.name = NameField(free)
        self.start = text_button("trainStart", "Train", "Start training this model on these pictures.")
        self.pause = text_button(
            "trainPause", "&Pause", "Pause with everything saved; press again to continue."
        )
        self.stop = text_button(
            "trainStop", "&Stop and keep", "Stop now, save the model as it is and open it."
        )
        self.options = text_button("trainOptions", "&Options …", "All settings of the training.")
        self.report = ReportBox()
        self.status, self.alarm, self.note = self.report.status, self.report.alarm, self.report.note
        self.left_out = _words("kindsLeftOut", "\n".join(faults()))
        self.left_out.setVisible(bool(faults()))
        self._roomy = True
        self._lay_out()
        self.show_roomy(False)

    def minimumSizeHint(self) -> QSize:
        # It scrolls up and down alone.
        least = super().minimumSizeHint()
        inner: QWidget | None = self._scroll.widget()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        wide = 0 if inner is None else inner.minimumSizeHint().width() + bar
        return QSize(max(least.width(), wide), least.height())

    def show_note(self, words: str) -> None:
        """Shows a note on these pictures or on this training; "" for none."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def show_facts(self, words: str) -> None:
        """Shows how many pictures there are, and of how many classes; "" for nothing."""
        self.facts.setText(words)
        self.facts.setVisible(bool(words) and self._roomy)

    def show_estimate(self, words: str) -> None:
        """Shows how long the training may take; "" for nothing."""
        self.estimate.setText(words)
        self.estimate.setVisible(bool(words))

    def show_roomy(self, roomy: bool) -> None:
        """Shows the cards and the main options, or leaves them out where there is little room."""
        if roomy == self._roomy:
            return
        self._roomy = roomy
        for widget in (self.cards, self.inline):
            widget.setVisible(roomy)
        self.show_facts(self.facts.text())
        self._scroll.setMinimumHeight(60)

    @property
    def roomy(self) -> bool:
        """Whether there is room for everything."""
        return self._roomy

    def show_stage(self, idle: bool, pausable: bool, paused: bool) -> None:
        """Shows what can be done at a stage of a training; what cannot leaves its room."""
        for widget in (
            self.data,
            self.own,
            self.model,
            self.cards,
            self.inline,
            self.options,
            self.start,
            self.name,
        ):
            widget.setEnabled(idle)
        # Controls that cannot be used now leave their room to the report.
        for shown in (self.start, self.options):
            shown.setVisible(idle)
        self.when.setVisible(idle or self._roomy)
        self.naming.setRowVisible(0, idle or self._roomy)
        for widget in (self.pause, self.stop):
            widget.setVisible(not idle)
            widget.setEnabled(pausable)
        self.pause.setText("&Go on" if paused else "&Pause")

    def take_report(self) -> None:
        """Places the report on the training below the choices, above what is left out where it is low."""
        self._rows.insertWidget(self._rows.indexOf(self.when), self.report)
        self.report.show()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(4)
        pictures = QHBoxLayout()
        pictures.addWidget(self.data, 1)
        pictures.addWidget(self.own)
        called = Label("Pict&ures")
        called.setBuddy(self.data)
        form.addRow(called, pictures)
        presets_row = QFormLayout()
        presets_row.setContentsMargins(0, 0, 0, 0)
        presets_row.addRow("&Model", self.model)
        for chooser in (self.data, self.model):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(6)
        within = QWidget()
        self._rows = QVBoxLayout(within)
        self._rows.setContentsMargins(8, 6, 8, 4)
        self._rows.setSpacing(6)
        self._rows.addLayout(form)
        self._rows.addWidget(self.facts)
        self._rows.addWidget(self.cards)
        self._rows.addLayout(presets_row)
        for widget in (self.when, self.inline, self.estimate, self.beta, self.left_out):
            self._rows.addWidget(widget)
        self._rows.addStretch()
        self._scroll = _Scroll()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(within)
        self.naming = QFormLayout()
        self.naming.setContentsMargins(8, 0, 8, 0)
        self.naming.addRow("Na&me", self.name)
        buttons = FlowLayout(gap=4)
        buttons.setContentsMargins(8, 0, 8, 6)
        for button in (self.start, self.pause, self.stop, self.options):
            buttons.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self._scroll, 1)
        whole.addLayout(self.naming)
        whole.addLayout(buttons)


class _Scroll(QScrollArea):
    """It scrolls up and down alone: it is never narrower than what is in it."""

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        inner = self.widget()
        within = 0 if inner is None else inner.minimumSizeHint().width()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(least.width(), within + bar), least.height())


def _words(name: str, text: str = "") -> Label:
    label = Label(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
