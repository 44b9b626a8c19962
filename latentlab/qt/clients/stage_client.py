"""The client of the thread that trains the models of the 2-D stage, behind all else.

The thread starts with the first request: it costs nothing until the stage is looked at.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

_SERVICE = ("latentlab.engine.stage.service", "StageService")


class StageClient(BackgroundClient):
    """Sends the requests of `latentlab.engine.stage.events`."""

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("stageThread", _SERVICE, service, parent)
