"""The client of the thread that says where made pictures come from.

It starts with the first request, holds the training pictures of one data set, and gives way to all else.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.engine.evaluation.origin_requests import OriginRequest
from latentlab.engine.types import Picture
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

_SERVICE = ("latentlab.engine.evaluation.origin_service", "OriginService")


class OriginClient(BackgroundClient):
    """Its replies are heard by `on(OriginRequest)`, refusals by `refused`.

    Args:
        service: serves the requests; None makes one in the thread.
    """

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("originThread", _SERVICE, service, parent)

    def where_from(self, picture: Picture, model: str, instead: str) -> None:
        """Requests where a picture comes from, in place of an earlier one; see `OriginRequest`."""
        self.ask(OriginRequest, picture, model, instead)
