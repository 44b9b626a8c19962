"""The controls over the judge's table, and what it is doing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton

from latentlab.qt.views.judge.time_left import TimeLeft
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.run_bar import RunBar, choice_box, offer
from latentlab.session.known_data import title_of


class JudgeBar(RunBar):
    """`data_chosen` carries a spec, `models_wanted` is asked by a button, `columns_wanted` says whether all
    columns are to be shown; see also `RunBar`.

    Attributes:
        copy_menu: the menu of the button that copies and saves.
    """

    data_chosen = Signal(str)
    models_wanted = Signal()
    columns_wanted = Signal(bool)

    def __init__(self, pictures: int) -> None:
        run = text_button(
            "judgeButton", "&Judge", "Measures these models, in the background. What is measured is kept."
        )
        super().__init__("judge", "judging", run, "Stops; Judge goes on from there.")
        self.data = choice_box("judgeData", "Data set", "The pictures that all models are judged on.")
        self.data.activated.connect(self._data_chosen)
        self.models = text_button(
            "judgeChooseModels",
            "&Models …",
            "Choose which models are judged: those that ship, your own, or files.",
        )
        self.models.clicked.connect(self.models_wanted)
        self.pictures.setValue(pictures)
        self.pictures.setAccessibleName("Samples of each model")
        self.pictures.setToolTip(
            plain_tip(
                "How many samples each model draws. Figures of different numbers do not compare: the Fréchet "
                "distance falls with the number, by an amount that depends on the model."
            )
        )
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
        self.legend = Label("▲ better, ≈ alike, ▼ worse than the floor")
        self.legend.setObjectName("judgeLegend")
        self.legend.setToolTip(
            plain_tip(
                "Point at a heading to read what the floor of its figures is. 3/10 below a figure: third of "
                "ten models."
            )
        )
        self._left = TimeLeft()
        self._lay_out(
            [("Data:", self.data), self.models, ("Samples:", self.pictures)],
            [self.more, self.take],
            [self.legend],
        )

    def offer_data(self, specs: Sequence[str], chosen: str) -> None:
        """Offers data sets, and shows one as chosen."""
        offer(self.data, [(title_of(spec), spec) for spec in specs], chosen)

    def show_models(self, chosen: int, of: int) -> None:
        """Says how many models are chosen."""
        self.models.setText(f"&Models: {chosen} of {of} …")

    def show_running(self, running: bool, can: bool) -> None:
        """See `RunBar`."""
        if running:
            self._left = TimeLeft()
        super().show_running(running, can)
        self.legend.setVisible(not running)

    def show_progress(self, share: float, words: str) -> None:
        """Shows how far it is, and how long it will take."""
        self._left.note(share)
        left = self._left.words()
        super().show_progress(share, f"{words} · {left}" if left else words)

    @Slot(int)
    def _data_chosen(self, place: int) -> None:
        self.data_chosen.emit(self.data.itemData(place))
