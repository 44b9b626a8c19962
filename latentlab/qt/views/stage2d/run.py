"""The training on the stage: what is asked of the service for it, and which replies are of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.stage.events import BeginRequest, FrameReply, RunRequest
from latentlab.engine.stage.recipe import Recipe, Tuning
from latentlab.qt.clients.stage_client import StageClient


class StageRun(QObject):
    """Begins trainings, and goes on with the last one.

    `begun` and `came` carry the frames of that one, its first and all others; `changed` says that another has
    begun, or that it plays or pauses.

    Args:
        tuning: tells the settings that may change meanwhile.
        shown: tells which field is to be drawn behind the points.

    Attributes:
        playing: whether rounds are made, while it is seen.
        number: of the request that began it; 0 while none has.
    """

    begun = Signal(object)
    came = Signal(object)
    changed = Signal()

    def __init__(
        self, client: StageClient, tuning: Callable[[], Tuning], shown: Callable[[], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._client, self._tuning, self._shown = client, tuning, shown
        self.playing, self.number = False, 0
        client.on(BeginRequest).connect(self._begun)
        client.on(RunRequest).connect(self._came)

    def begin(self, recipe: Recipe) -> None:
        """Begins another training in place of the last one."""
        self.number = self._client.ask(BeginRequest, recipe, self._shown())
        self.changed.emit()

    def leave(self) -> None:
        """Leaves the last one, in place of which another is to begin or has been refused."""
        self._client.forget(RunRequest)
        self.number = 0

    def end(self) -> None:
        """Leaves it without another: no rounds are made any more, and a wish to begin is taken back."""
        self.leave()
        self._client.forget(BeginRequest)
        # Replies that are not heard any more stop nobody.
        self._client.ask(RunRequest, self._tuning(), 0)
        self._client.forget(RunRequest)

    def go_on(self, rounds: int | None = None, player: str = "") -> None:
        """Makes so many rounds, None for as many as there are until it is told otherwise; of a player's turn
        alone if one is named.
        """
        if self.number:
            self._client.ask(RunRequest, self._tuning(), rounds, player, self._shown())

    @Slot()
    def look(self) -> None:
        """Goes on if it plays; else only the stage as it is comes again."""
        self.go_on(None if self.playing else 0)

    def rest(self) -> None:
        """Makes no rounds while nobody sees them; it goes on playing afterwards."""
        if self.number:
            self._client.ask(RunRequest, self._tuning(), 0)
            self._client.forget(RunRequest)

    def play(self, on: bool) -> None:
        """Sets whether it plays, without asking for anything yet."""
        self.playing = on
        self.changed.emit()

    @Slot(object)
    def _begun(self, reply: FrameReply) -> None:
        self.begun.emit(reply)

    @Slot(object)
    def _came(self, reply: FrameReply) -> None:
        if reply.training == self.number:
            self.came.emit(reply)
