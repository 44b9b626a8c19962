"""What the renderer without a model says of a picture: log p(x) is -100 less its number, the gap 2 nats."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from latentlab.engine.inference.ladder import Estimate, Ladder
from latentlab.engine.rendering.requests.theory import (
    LadderReply,
    LadderRequest,
    LikeThisReply,
    LikeThisRequest,
    PosteriorReply,
    PosteriorRequest,
    Subject,
)

GAP = 2.0


def evidence_of(subject: Subject) -> float:
    """Of a picture of one's own, -50."""
    return -50.0 if subject.index is None else -100.0 - subject.index


def posterior(request: PosteriorRequest, means: np.ndarray) -> PosteriorReply:
    """A square of a tenth about the mean; beyond two latents 20 points at the mean."""
    subject, latents = request.subject, means.shape[1]
    at = np.zeros(latents, np.float32) if subject.index is None else means[subject.index]
    mean, log_p = tuple(map(float, at)), evidence_of(subject)
    flat = latents <= 2
    return PosteriorReply(
        request.generation,
        subject,
        mean,
        (0.1,) * latents,
        log_p - GAP,
        log_p + 3.0,
        5.0,
        log_p,
        None,
        request.quick,
        tuple(value - 0.05 for value in mean) if flat else (),
        tuple(value + 0.05 for value in mean) if flat else (),
        np.zeros((4 if latents > 1 else 1, 4), np.float32) if flat else None,
        None if flat else np.tile(at, (20, 1)),
        0.0 if flat else 12.0,
        0 if flat else 5000,
    )


def climbed(request: LadderRequest) -> Iterator[LadderReply]:
    """Half of the ladder, and then all of it."""
    if request.subject is None:
        return
    log_p = evidence_of(request.subject)
    half = Ladder(Estimate(log_p - GAP, 0.1, 500), Estimate(log_p + 3.0), 5.0, quadrature=log_p)
    yield LadderReply(request.generation, request.subject, half, None, 0.3, "Drawing from q")
    whole = Ladder(
        Estimate(log_p - GAP, 0.1, 5000),
        Estimate(log_p + 3.0, 0.1, 5000),
        5.0,
        Estimate(log_p - 400.0, 1.0, 4096),
        Estimate(log_p - 3.0, 0.5, 4096),
        tuple(log_p - 3.0 - step for step in range(10)),
        {1: Estimate(log_p - GAP), 10: Estimate(log_p - 1.0), 5000: Estimate(log_p - 0.5, 0.1, 5000)},
        Estimate(log_p + 1.0),
        1200.0,
        Estimate(log_p - 0.01, 0.01, 5000),
        2000.0,
        log_p,
    )
    refined = Estimate(log_p - 0.5, 0.01, 5000)
    yield LadderReply(request.generation, request.subject, whole, refined, 1.0, "", done=True)


def like_this(request: LikeThisRequest, side: int) -> LikeThisReply:
    """Rows of three greys, other ones for each seed."""
    rows = [(np.full((side, side), grey + request.seed, np.uint8),) * request.count for grey in (40, 80, 120)]
    return LikeThisReply(request.generation, request.subject, *rows, effective=float("inf"))
