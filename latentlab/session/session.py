"""The session: holds the state, applies edits, tells those who listen, and can take an edit back."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from latentlab.errors import LabError
from latentlab.session.bounds import excess
from latentlab.session.edits import Edit
from latentlab.session.state import TRANSIENT, SessionState

Listener = Callable[[SessionState, SessionState], None]


class Session:
    """One person's work on one model. Listeners hear (old, new) after each change, in the order they came."""

    def __init__(self, state: SessionState | None = None) -> None:
        self._state = state or SessionState()
        self._listeners: list[Listener] = []

    @property
    def state(self) -> SessionState:
        """The state now. Frozen: it can be kept and compared."""
        return self._state

    def listen(self, listener: Listener) -> None:
        """Calls `listener(old, new)` after every change from now on."""
        self._listeners.append(listener)

    def apply(self, edit: Edit) -> dict[str, Any]:
        """Makes an edit; what it changed, as the old values of the undoable fields, to `restore` later.

        Raises:
            LabError: if the edit would put a number that is not finite into the state, or more of
                something than a session holds.
        """
        old = self._state
        new = edit.apply(old)
        points = (
            new.probe,
            new.condition,
            new.view,
            new.pointed or (),
            tuple(amount for _, amount in new.amounts),
            *(() if new.pins is old.pins else new.pins),
            *(point for point in new.analogy if point is not None),
        )
        if not all(map(math.isfinite, itertools.chain.from_iterable(points))):
            raise LabError("a coordinate is not a finite number")
        if too_many := excess(new, old):
            raise LabError(too_many)
        self._become(new)
        return {
            name: getattr(old, name)
            for name in _FIELDS
            if name not in TRANSIENT and getattr(old, name) != getattr(new, name)
        }

    def restore(self, values: Mapping[str, Any]) -> None:
        """Puts the given fields back to the given values."""
        self._become(dataclasses.replace(self._state, **values))

    def reset(self, state: SessionState) -> None:
        """Starts over with another state, as when another model is opened."""
        self._become(state)

    def _become(self, new: SessionState) -> None:
        old, self._state = self._state, new
        if new != old:
            for listener in tuple(self._listeners):
                listener(old, new)


_FIELDS = tuple(field.name for field in dataclasses.fields(SessionState))
