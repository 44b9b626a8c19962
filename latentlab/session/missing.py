"""When a model may be opened although its pictures are not to be found."""

from __future__ import annotations

from collections.abc import Collection

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.state import SessionState


def may_be_alone(
    wanted: SessionState, shown: SessionState, model: LoadedReply | None, lacked: Collection[str]
) -> bool:
    """Whether a model may be opened without pictures.

    Not if it is open, and only other pictures are wanted for it: then those that are shown stay. Unless it
    has been open without these: undo leads back there.
    """
    return model is None or wanted.model != shown.model or wanted.data in lacked
