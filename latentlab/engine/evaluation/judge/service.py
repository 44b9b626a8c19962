"""Serves the window's requests to the judge; driven like the renderer, a piece of work at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latentlab.engine.evaluation.judge.behind import pictures_behind
from latentlab.engine.evaluation.judge.requests import (
    BehindReply,
    BehindRequest,
    JudgeReply,
    JudgeRequest,
    KeptReply,
    KeptRequest,
)
from latentlab.engine.evaluation.judge.run import judge, known
from latentlab.engine.rendering.serving import Reply, Request, Server, handles


class JudgeService(Server):
    """Judges, and finds the pictures behind the cells. Not for use by two threads at once."""

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: for models or data that cannot be opened, or do not go together.
        """
        return self.answers(request)

    @handles(JudgeRequest)
    def _judge(self, request: JudgeRequest) -> Iterator[Reply | None]:
        if not request.models:
            return
        for event in judge(request.models, request.data, pictures=request.pictures, seed=request.seed):
            yield JudgeReply(request.generation, event)

    @handles(KeptRequest)
    def _kept(self, request: KeptRequest) -> Iterator[Reply | None]:
        yield None
        table = known(request.models, request.data, pictures=request.pictures)
        yield KeptReply(request.generation, table)

    @handles(BehindRequest)
    def _behind(self, request: BehindRequest) -> Iterator[Reply | None]:
        found = pictures_behind(request.model, request.data, request.table, request.cell)
        yield BehindReply(request.generation, found)
