"""The controls over the judge's table, and what it is doing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QProgressBar, QToolButton, QVBoxLayout, QWidget

from latentlab.qt.views.judge.time_left import TimeLeft
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.text_line import Line
from latentlab.session.known_data import title_of

_LEAST, _MOST, _STEP = 100, 10_000, 500
_GAP = 8


class JudgeBar(QWidget):
    """Signals: `data_chosen` carries a spec; `models_wanted`, `judge_wanted` and `stop_wanted` are asked by
    buttons; `columns_wanted` says whether all columns are to be shown.

    Attributes:
        copy_menu: the menu of the button that copies and saves.
    """

    data_chosen = Signal(str)
    models_wanted = Signal()
    judge_wanted = Signal()
    stop_wanted = Signal()
    columns_wanted = Signal(bool)

    def __init__(self, pictures: int) -> None:
        super().__init__()
        self.data = ElidedBox()
        self.data.setObjectName("judgeData")
        self.data.setAccessibleName("Data set")
        self.data.setToolTip(plain_tip("The pictures that all models are judged on."))
        self.data.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.data.activated.connect(self._data_chosen)
        self.models = text_button(
            "judgeChooseModels",
            "&Models …",
            "Choose which models are judged: those that ship, your own, or files.",
        )
        self.models.clicked.connect(self.models_wanted)
        self.pictures = WholeNumber(_LEAST, _MOST, pictures)
        self.pictures.setObjectName("judgePictures")
        self.pictures.setAccessibleName("Samples of each model")
        self.pictures.setSingleStep(_STEP)
        self.pictures.setToolTip(
            plain_tip(
                "How many samples each model draws. Figures of different numbers do not compare: the Fréchet "
                "distance falls with the number, by an amount that depends on the model."
            )
        )
        self.judge = text_button(
            "judgeButton", "&Judge", "Measures these models, in the background. What is measured is kept."
        )
        self.judge.clicked.connect(self.judge_wanted)
        self.stop = text_button("judgeStop", "&Stop", "Stops; Judge goes on from there.")
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_wanted)
        self.more = CheckBox("More &columns")
        self.more.setObjectName("judgeMoreColumns")
        self.more.setAccessibleName("More columns")
        self.more.setToolTip(
            plain_tip("Show the figures of the other feature spaces, too, and others for a closer look.")
        )
        self.more.toggled.connect(self.columns_wanted)
        self.copy_menu = QMenu(self)
        self.copy_menu.setObjectName("judgeTakeMenu")
        self.take = QToolButton()
        self.take.setObjectName("judgeTake")
        self.take.setText("Copy or save")
        self.take.setAccessibleName("Copy or save the table")
        self.take.setToolTip(plain_tip("Copy the table as text, or save it."))
        self.take.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.take.setMenu(self.copy_menu)
        self.status = Line("judgeStatus", "What the judge is doing.")
        self.legend = Label("▲ better, ≈ alike, ▼ worse than the floor")
        self.legend.setObjectName("judgeLegend")
        self.legend.setToolTip(
            plain_tip(
                "Point at a heading to read what the floor of its figures is. 3/10 below a figure: third of "
                "ten models."
            )
        )
        self.progress = QProgressBar()
        self.progress.setObjectName("judgeProgress")
        self.progress.setAccessibleName("Progress of judging")
        self.progress.setToolTip(plain_tip("How much of all work is done."))
        self.progress.setRange(0, 1000)
        self.progress.setMaximumWidth(220)
        self.progress.hide()
        self._left = TimeLeft()
        self._lay_out()

    def _lay_out(self) -> None:
        controls = FlowLayout(gap=_GAP)
        for words, field in (("Data:", self.data), ("Samples:", self.pictures)):
            label = Label(words)
            label.setBuddy(field)
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label)
            row.addWidget(field)
            controls.addWidget(pair)
            if field is self.data:
                controls.addWidget(self.models)
        for widget in (self.judge, self.stop, self.more, self.take):
            controls.addWidget(widget)
        below = QHBoxLayout()
        below.addWidget(self.status, 1)
        below.addWidget(self.legend)
        below.addWidget(self.progress)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(controls)
        rows.addLayout(below)

    def offer_data(self, specs: Sequence[str], chosen: str) -> None:
        """Offers data sets, and shows one as chosen."""
        with QSignalBlocker(self.data):
            self.data.clear()
            for spec in specs:
                self.data.addItem(listed(title_of(spec)), spec)
            self.data.setCurrentIndex(max(0, self.data.findData(chosen)))

    def show_models(self, chosen: int, of: int) -> None:
        """Says how many models are chosen."""
        self.models.setText(f"&Models: {chosen} of {of} …")

    def show_running(self, running: bool, can: bool) -> None:
        """While it judges, nothing else can be chosen; `can` says whether it could begin."""
        for widget in (self.data, self.models, self.pictures):
            widget.setEnabled(not running)
        self.judge.setEnabled(can and not running)
        self.stop.setEnabled(running)
        if running:
            self._left = TimeLeft()
            self.progress.setValue(0)
        self.progress.setVisible(running)
        self.legend.setVisible(not running)

    def show_progress(self, share: float, words: str) -> None:
        """Shows how far it is, and how long it will take."""
        self._left.note(share)
        self.progress.setValue(round(1000.0 * share))
        left = self._left.words()
        self.status.setText(f"{words} · {left}" if left else words)

    @Slot(int)
    def _data_chosen(self, place: int) -> None:
        self.data_chosen.emit(self.data.itemData(place))
