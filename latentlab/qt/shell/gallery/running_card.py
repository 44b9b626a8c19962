"""The card of the training that runs: what it makes of which pictures, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from latentlab.models.registry import KINDS
from latentlab.qt.clients.training_orders import Begin, GoOn
from latentlab.qt.shell.gallery.picture_card import CardText, PictureCard
from latentlab.session.known_data import title_of

_WHERE = "Click to see its curves, or to stop and keep it."


class RunningCard(PictureCard):
    """`clicked` shows the training. It has no menu: there is no file yet."""

    def __init__(self, beginning: Begin | GoOn, so_far: str) -> None:
        super().__init__(_text(beginning), b"", False)
        self.more.hide()
        self.show_progress(so_far)

    def show_progress(self, so_far: str) -> None:
        """Says how far it is."""
        self.words = replace(self.words, second=so_far or "It begins …")
        self.setAccessibleDescription(f"{self.words.first}. {self.words.second}")
        self.update()


class RunningCommands:
    """What a click, a key and the menu of the card do: the first shows the training."""

    def __init__(self, show: Callable[[], None]) -> None:
        self._show = show

    def open(self, card: RunningCard) -> None:
        """Shows the training."""
        self._show()

    def press(self, card: RunningCard, key: int) -> None:
        """Nothing: what a model's file can be given, this has none for yet."""

    def open_menu(self, card: RunningCard, parent: QWidget | None, place: QPoint) -> None:
        """Nothing, for the same reason."""


def _text(beginning: Begin | GoOn) -> CardText:
    new = isinstance(beginning, Begin)
    path = beginning.out if isinstance(beginning, Begin) else beginning.path
    kind = KINDS.get(beginning.kind) if isinstance(beginning, Begin) else None
    data = title_of(beginning.data) if isinstance(beginning, Begin) else ""
    about = " · ".join(filter(None, (kind.label if kind else "", data))) if new else "Resumed"
    return CardText(path.name.partition(".")[0], path, about, "", _WHERE, (about, _WHERE), "")
