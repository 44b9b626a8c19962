"""The controls of the players: pause, a step of one player alone, its learning rate and its turns a round."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from latentlab.engine.training.playing import MOST_TURNS, PlayerSettings
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.clients.training_orders import Players
from latentlab.qt.widgets.number_field import RealNumber, WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button

_MOST_RATE, _RATE_STEP = 10.0, 1e-6
_PLACES = ("first player", "second player")
_NOTHING = (
    "Nothing is in training. Start one in Train: its losses are drawn here, and its players can be stepped."
)
_PAUSED = (
    "Paused: let one player step alone, or change its numbers, and look. What is shown now is made with the "
    "weights of this step, not with their average."
)
_RATE, _TURNS = 84, 60


class PlayerRow(QObject):
    """One player: a button for its step, and its two numbers. `edited` carries its new `PlayerSettings`."""

    edited = Signal(object)

    def __init__(self, number: int, parent: QObject) -> None:
        super().__init__(parent)
        self.settings: PlayerSettings | None = None
        self.rate_of_plan = 0.0
        self.step = text_button(f"stepPlayer{number}", "Step", "One step of this player alone.")
        self.rate = RealNumber(0.0, _MOST_RATE, 0.0, _RATE_STEP)
        self.rate.setObjectName(f"playerRate{number}")
        self.rate.setMaximumWidth(_RATE)
        self.turns = WholeNumber(1, MOST_TURNS)
        self.turns.setObjectName(f"playerTurns{number}")
        self.turns.setMaximumWidth(_TURNS)
        self.rate.valueChanged.connect(self._rate_edited)
        self.turns.valueChanged.connect(self._turns_edited)
        self.call(_PLACES[number % len(_PLACES)])

    @property
    def widgets(self) -> tuple[QWidget, QWidget, QWidget]:
        """What stands in the row, from left to right."""
        return self.step, self.rate, self.turns

    def call(self, name: str) -> None:
        """Names the player in all that is read and heard."""
        self.step.setText(f"Step {name}")
        self.step.setAccessibleName(f"Step {name}")
        self.rate.setAccessibleName(f"Learning rate of the {name}")
        self.rate.setToolTip(
            plain_tip(
                f"The highest learning rate of the {name}, from the next step on. The warm-up and the "
                "decay of the training go on as they were."
            )
        )
        self.turns.setAccessibleName(f"Turns of the {name} a round")
        self.turns.setToolTip(
            plain_tip(
                f"How often the {name} steps in a round, from the next step on. A round is as long "
                "as the most turns of any player."
            )
        )

    def show_settings(self, settings: PlayerSettings, learning_rate: float) -> None:
        """Shows settings, unless they are those shown: a number may just be typed."""
        if (settings, learning_rate) == (self.settings, self.rate_of_plan):
            return
        if self.settings is None or self.settings.name != settings.name:
            self.call(settings.name)
        self.settings, self.rate_of_plan = settings, learning_rate
        with QSignalBlocker(self.rate), QSignalBlocker(self.turns):
            self.rate.setValue(settings.factor * learning_rate)
            self.turns.setValue(settings.turns)

    @Slot()
    def _rate_edited(self) -> None:
        if self.settings is not None and self.rate_of_plan > 0.0:
            self._take(replace(self.settings, factor=self.rate.value() / self.rate_of_plan))

    @Slot()
    def _turns_edited(self) -> None:
        if self.settings is not None:
            self._take(replace(self.settings, turns=self.turns.value()))

    def _take(self, settings: PlayerSettings) -> None:
        if settings != self.settings:
            self.settings = settings
            self.edited.emit(settings)


class PlayerControls(QWidget):
    """`paused` asks to pause or to go on, `stepped` carries a player's name, `edited` its new settings."""

    paused = Signal()
    stepped = Signal(str)
    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("playerControls")
        self.pause = text_button("playersPause", "Pause", "Pause the training, or go on.")
        self.heads = (Label("Learning rate"), Label("Turns a round"))
        self.words = Label(_NOTHING)
        self.words.setObjectName("playersWords")
        self.words.setWordWrap(True)
        self.rows: list[PlayerRow] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(4)
        self._grid.addWidget(self.pause, 0, 0)
        for column, head in enumerate(self.heads, 1):
            head.setAlignment(Qt.AlignmentFlag.AlignBottom)
            self._grid.addWidget(head, 0, column)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(self._grid)
        rows.addWidget(self.words)
        rows.addStretch(1)
        self.pause.clicked.connect(self.paused)
        self._make_rows(len(_PLACES))

    def _make_rows(self, count: int) -> None:
        while len(self.rows) < count:
            number = len(self.rows)
            row = PlayerRow(number, self)
            row.step.clicked.connect(partial(self._step, row))
            row.edited.connect(self.edited)
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, number + 1, column)
            self.rows.append(row)

    def show_players(self, players: Players, stage: Stage, step: int | None) -> None:
        """Shows who is trained, and what can be done in this stage of a training, after so many steps."""
        settings, active = players.settings, stage in (Stage.RUNNING, Stage.PAUSED)
        self._make_rows(len(settings))
        for number, row in enumerate(self.rows):
            known = number < len(settings)
            row.step.setVisible(known or not settings)
            row.rate.setVisible(known)
            row.turns.setVisible(known)
            if known:
                row.show_settings(settings[number], players.learning_rate)
        why = why_no_step(players, stage)
        for row in self.rows:
            row.step.setEnabled(not why)
            row.step.setToolTip(plain_tip(why or _step_in_words(row)))
            row.rate.setEnabled(active)
            row.turns.setEnabled(active and len(settings) > 1)
        for head in self.heads:
            head.setVisible(bool(settings))
        self.pause.setEnabled(active)
        self.pause.setText("Go on" if stage is Stage.PAUSED else "Pause")
        self.pause.setToolTip(plain_tip("Pause the training, or go on." if active else _NOTHING))
        at = "" if step is None or not active else f"Step {step:,}. "
        said = why or _PAUSED
        # Else the curves would seem to have stopped for no reason.
        later = phase_in_words(players, step) if active else ""
        self.words.setText(later or at + said)

    def _step(self, row: PlayerRow) -> None:
        if row.settings is not None:
            self.stepped.emit(row.settings.name)


def why_no_step(players: Players, stage: Stage) -> str:
    """Why no player can step alone; "" if one can."""
    if stage is Stage.STARTING:
        return "The training begins."
    if stage not in (Stage.RUNNING, Stage.PAUSED):
        return _NOTHING
    names = [one.name for one in players.settings]
    if not names:
        return "This training has no players: it goes without gradients."
    if len(names) == 1:
        return f"Only the {names[0]} is trained now: there is nobody to take turns with."
    if stage is Stage.RUNNING:
        return "Pause to let one player step alone. The numbers count at once."
    return ""


def _step_in_words(row: PlayerRow) -> str:
    name = "player" if row.settings is None else row.settings.name
    return f"One step of the {name} alone, on the next batch; the training stays paused."


def phase_in_words(players: Players, step: int | None) -> str:
    """Who has ended and who learns now, and how far that is; "" in the first phase of a training."""
    if not players.ended:
        return ""
    done = min(max(0, (step or 0) - players.first_step), players.steps)
    have, are = ("have" if len(players.ended) > 1 else "has"), ("are" if len(players.who) > 1 else "is")
    ended, who = in_a_row(players.ended), in_a_row(players.who)
    share = 100 * done // max(1, players.steps)
    return (
        f"{ended[:1].upper()}{ended[1:]} {have} ended, and {who} {are} learning now: step {done:,} of "
        f"{players.steps:,} ({share} %). The curves are those of what has ended."
    )


def in_a_row(names: tuple[str, ...]) -> str:
    """Names with their articles, such as "the critic and the generator"."""
    *first, last = (f"the {name}" for name in names)
    return f"{', '.join(first)} and {last}" if first else last
