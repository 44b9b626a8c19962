"""Under the stage: what is drawn besides the points, and the buttons that train."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from latentlab.engine.stage.recipe import FIELDS
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button


class StageBars(QWidget):
    """`played` asks to train or to pause, `stepped` for a round ("") or one turn of a player, `begun_anew` to
    begin again; `looked` says that something else is to be drawn behind, `layers` that other layers are.

    Attributes:
        players: whose turns can be had one by one.
    """

    played = Signal()
    stepped = Signal(str)
    begun_anew = Signal()
    looked = Signal()
    layers = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageBars")
        self.players: tuple[str, ...] = ()
        self.play = text_button("stagePlay", "Play", "Start the training, or pause it.")
        self.step = text_button("stageStep", "One round", "Train for one round: each player takes its turns.")
        self.anew = text_button("stageAgain", "Begin again", "Begin the training again, with the same seed.")
        self.turns = [
            text_button(name, "Turn", "Train this player alone for one turn.")
            for name in ("stageTurnOne", "stageTurnOther")
        ]
        self.field = QComboBox()
        self.field.setObjectName("stageField")
        self.field.setAccessibleName("What is drawn behind the points")
        self.field.setToolTip(plain_tip("Choose what is drawn behind the points."))
        for key, title in FIELDS.items():
            self.field.addItem(title, key)
        self.mesh = _box(
            "stageMesh", "Grid", "Show where the model takes a regular grid of noise: how it bends it.", True
        )
        self.plan = _box(
            "stagePlan",
            "Transport",
            "Show the optimal transport: the made points are moved to the data by the shortest ways. W1 is "
            "the mean length of these lines.",
            False,
        )
        self.rounds = Label()
        self.rounds.setObjectName("stageRounds")
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for widget in (Label("Background"), self.field, self.mesh, self.plan):
            upper.addWidget(widget)
        upper.addStretch(1)
        upper.addWidget(self.anew)
        for button in (self.play, self.step, *self.turns):
            lower.addWidget(button)
        lower.addStretch(1)
        lower.addWidget(self.rounds)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(upper)
        rows.addLayout(lower)
        self.play.clicked.connect(self.played)
        self.anew.clicked.connect(self.begun_anew)
        self.step.clicked.connect(self._round)
        self.turns[0].clicked.connect(self._first)
        self.turns[1].clicked.connect(self._second)
        self.field.currentIndexChanged.connect(self.looked)
        self.mesh.toggled.connect(self.layers)
        self.plan.toggled.connect(self.layers)
        self.offer(())

    @property
    def shown(self) -> str:
        """The field, of `latentlab.engine.stage.recipe.FIELDS`."""
        return str(self.field.currentData())

    def offer(self, players: tuple[str, ...]) -> None:
        """Offers turns of these two players, or of none."""
        self.players = players
        for button, player in zip(self.turns, players or ("", ""), strict=True):
            button.setVisible(bool(players))
            if player:
                button.setText(player.capitalize())
                button.setAccessibleName(f"One turn of the {player}")
                button.setToolTip(plain_tip(f"Train the {player} alone for one turn."))

    def enable(self, begun: bool, playing: bool) -> None:
        """What can be pressed."""
        self.play.setText("Pause" if playing else "Play")
        for button in (self.play, self.anew):
            button.setEnabled(begun)
        for button in (self.step, *self.turns):
            button.setEnabled(begun and not playing)

    def say_rounds(self, rounds: int) -> None:
        """How many have been made."""
        self.rounds.setText(f"{rounds:,} rounds" if rounds != 1 else "1 round")

    @Slot()
    def _round(self) -> None:
        self.stepped.emit("")

    @Slot()
    def _first(self) -> None:
        self.stepped.emit(self.players[0])

    @Slot()
    def _second(self) -> None:
        self.stepped.emit(self.players[1])


def _box(name: str, text: str, tip: str, on: bool) -> CheckBox:
    box = CheckBox(text)
    box.setObjectName(name)
    box.setAccessibleName(text)
    box.setToolTip(plain_tip(tip))
    box.setChecked(on)
    return box
