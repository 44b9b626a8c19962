"""The gallery's client: a thread that draws ten pictures with one model after the other, behind all else.

The thread starts with the first request, gives way to whatever is dragged, and draws nothing that is not
wanted any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.rendering.requests.drawn import DrawnReply, DrawnRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.render_thread import Serves

_DRAWER = ("latentlab.engine.rendering.drawn", "Drawer")


class DrawnClient(BackgroundClient):
    """`drawn` carries the `DrawnReply` of a model, `given_up` the name or path of one that draws nothing.

    Args:
        folder: where the pictures are kept; None takes the user's own cache folder.
        drawer: draws; None makes one in the thread.
    """

    drawn = Signal(object)
    given_up = Signal(str)

    def __init__(
        self, folder: Path | None = None, drawer: Serves | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__("galleryThread", _DRAWER, drawer, parent)
        self.folder = folder or default_folder()
        self._waiting: list[str] = []
        self._under_way = ""

    def want(self, models: Sequence[str]) -> None:
        """Draws with these models, in this order; with others, that waited, no more."""
        self._waiting = [model for model in models if model != self._under_way]
        self._next()

    def request_end(self) -> list[EndingThread]:
        """Tells the thread to end and sends no more requests; returns what is to be joined."""
        self._waiting.clear()
        return super().request_end()

    def _next(self) -> None:
        if self._waiting and not self._under_way and not self._stopped:
            self._under_way = self._waiting.pop(0)
            self.ask(DrawnRequest, self._under_way, str(self.folder))

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        model, self._under_way = self._under_way, ""
        if isinstance(reply, DrawnReply):
            self.drawn.emit(reply)
        elif isinstance(reply, Refusal):
            self.given_up.emit(model)
        self._next()


def default_folder() -> Path:
    """Where the pictures that models draw are kept for this user: they can always be drawn again."""
    return Path(platformdirs.user_cache_dir("LatentLab", appauthor=False)) / "drawn"
