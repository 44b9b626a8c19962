"""Serves the window's requests for density ratios; driven like the renderer, a piece of work at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latentlab.engine.evaluation.ratio.requests import RatioReply, RatioRequest
from latentlab.engine.evaluation.ratio.run import ratio
from latentlab.engine.rendering.serving import Reply, Request, Server, handles


class RatioService(Server):
    """Estimates density ratios. Not for use by two threads at once."""

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request.

        Raises:
            LabError: for sets that cannot be opened, or do not compare.
        """
        return self.answers(request)

    @handles(RatioRequest)
    def _ratio(self, request: RatioRequest) -> Iterator[Reply | None]:
        if not request.a:
            return
        for event in ratio(request.a, request.b, pictures=request.pictures, seed=request.seed):
            yield RatioReply(request.generation, event)
