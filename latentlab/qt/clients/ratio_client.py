"""The window's client of density ratios: a thread of its own, which starts with the first request.

A ratio takes a minute or two, in pieces of a fraction of a second: between two of them it stops, or gives
way to a drag. Samples that were drawn are kept, so that the next ratio of the same model begins with them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.engine.evaluation.ratio.events import RatioDone
from latentlab.engine.evaluation.ratio.requests import RatioRequest
from latentlab.qt.clients.render_thread import Serves
from latentlab.qt.clients.running_client import RunningClient

_SERVICE = ("latentlab.engine.evaluation.ratio.service", "RatioService")


class RatioClient(RunningClient):
    """Estimates one ratio at a time."""

    work, last = RatioRequest, RatioDone

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("ratioThread", _SERVICE, service, parent)

    def estimate(self, a: str, b: str, pictures: int, seed: int = 0) -> None:
        """Estimates the ratio of two sets, in place of what it estimates now; see `RatioRequest`."""
        self._begin(a, b, pictures, seed)

    def stop_estimating(self) -> None:
        """Stops after the current piece of work; nothing more is told of it."""
        self._end()
