"""Judges models in pieces: a generator of events that can be stopped between any two, and taken up again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from latentlab.core.judgement import JudgeEvent

# How many samples a model draws, unless asked otherwise.
PICTURES = 2000
# Raised with every change that changes a figure.
VERSION = 1


def judge(
    models: Sequence[str | Path],
    data: str,
    *,
    pictures: int = PICTURES,
    seed: int = 0,
    store: Path | None = None,
    device: str = "cpu",
) -> Iterator[JudgeEvent]:
    """Measures models one after another: `JudgeBegan` first, `JudgeDone` last.

    Each piece of work between two events takes a second or a few; whoever does not ask for the next event has
    stopped it. What was measured is kept in `store` and found there again by the model's hash, the pictures'
    fingerprint, N, the seed and `VERSION`.

    Args:
        models: names of shipped models, or paths.
        data: the spec of the data set that they are judged on, such as "mnist".
        pictures: N, how many samples each model draws.
        seed: of all draws.
        store: the folder of what is kept; None: a folder in this user's cache.
        device: where the models compute.

    Raises:
        LabError: for a model or data that cannot be opened, or do not go together.
    """
    raise NotImplementedError
