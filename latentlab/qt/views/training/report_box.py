"""How a training stands, and how it ended: a bar, a line, notes, and what can be done with the model."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button

INVITATION = (
    "Choose pictures and a model, then Train. Its curves, held-out pictures and new samples appear beside "
    "this form as it learns."
)
_STEPS = 1000
_BAR = 6


class ReportBox(QWidget):
    """Widgets only; `Report` and `Ending` fill them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trainReport")
        self.bar = QProgressBar()
        self.bar.setObjectName("trainProgress")
        self.bar.setAccessibleName("Progress of the training")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(_BAR)
        self.bar.setRange(0, _STEPS)
        self.bar.hide()
        self.status = _line("trainStatus", INVITATION)
        self.alarm = _line("trainAlarm")
        self.alarm.setForegroundRole(QPalette.ColorRole.BrightText)
        self.alarm.hide()
        self.note = _line("trainNote")
        self.note.hide()
        self.open = text_button("trainOpen", "&Open", "Show this model in place of the one that is open.")
        self.reveal = text_button("trainReveal", "Show in f&older", "Show the folder that the model is in.")
        self.rename = text_button("trainRename", "Re&name …", "Give the model another name.")
        self.further = text_button(
            "trainFurther",
            "Train f&urther …",
            "Go on from this model for some epochs more. It is saved as another; this one stays as it is.",
        )
        self.endings = QWidget()
        flow = FlowLayout(self.endings, gap=4)
        for button in (self.open, self.reveal, self.rename, self.further):
            flow.addWidget(button)
        self.endings.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        for widget in (self.bar, self.status, self.endings, self.alarm, self.note):
            rows.addWidget(widget)
        rows.addStretch()

    def show_share(self, share: float | None) -> None:
        """Shows the share of the training that is done; None hides the bar."""
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(_STEPS * share))


def _line(name: str, text: str = "") -> Label:
    label = Label(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
