"""The session: holds the state, applies edits, notifies listeners, and can restore earlier values.

The result of all edits is `kept`; `state` is what of it fits the open model and its pictures. They differ
while other pictures are being loaded: their numbers have no meaning among the open ones.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import MAX_COORDINATE, is_coordinate
from latentlab.errors import LabError
from latentlab.session.bounds import excess
from latentlab.session.edits import Edit
from latentlab.session.fitting import fitted_since, fitted_to, with_pictures_of
from latentlab.session.state import TRANSIENT, SessionState

Listener = Callable[[SessionState, SessionState], None]


class Session:
    """The user's work on one model. Listeners are called with (old, new) after each change, in order."""

    def __init__(self, state: SessionState | None = None) -> None:
        self._state = self._kept = state or SessionState()
        self._model: LoadedReply | None = None
        self._listeners: list[Listener] = []

    @property
    def state(self) -> SessionState:
        """The current state, fitted to what is open. Frozen: it can be stored and compared."""
        return self._state

    @property
    def kept(self) -> SessionState:
        """The current state as edited: for the data that it names, which may still be loading."""
        return self._kept

    def listen(self, listener: Listener) -> None:
        """Calls `listener(old, new)` after every change from now on."""
        self._listeners.append(listener)

    def apply(self, edit: Edit) -> dict[str, Any]:
        """Applies an edit; returns the old values of the changed undoable fields, to `restore` later.

        While other pictures are being loaded, pictures picked among the open ones are ignored.

        Raises:
            LabError: if the edit would put a number that no model can reckon with into the state, or
                more of something than a session holds.
        """
        old = self._kept
        new = edit.apply(old)
        if self._model is not None and (new.data, new.split) == (old.data, old.split):
            new = with_pictures_of(new, old, self._model)
        points = (
            new.probe,
            new.condition,
            new.view,
            new.pointed or (),
            tuple(amount for _, amount in new.amounts),
            *(() if new.pins is old.pins else new.pins),
            *(() if new.places is old.places else (place.z for place in new.places)),
            *(point for point in new.analogy if point is not None),
        )
        if not all(map(is_coordinate, itertools.chain.from_iterable(points))):
            raise LabError(f"a coordinate is not a number from {-MAX_COORDINATE:g} to {MAX_COORDINATE:g}")
        if too_many := excess(new, old):
            raise LabError(too_many)
        self._become(new)
        return {
            name: getattr(old, name)
            for name in _FIELDS
            if name not in TRANSIENT and getattr(old, name) != getattr(new, name)
        }

    def restore(self, values: Mapping[str, Any]) -> None:
        """Restores the given values of fields."""
        self._become(dataclasses.replace(self._kept, **values))

    def reset(self, state: SessionState) -> None:
        """Starts over with another state."""
        self._become(state)

    def open(self, model: LoadedReply, state: SessionState) -> None:
        """Adopts a model and its pictures that have been opened, and what of a state fits them."""
        self._model = model
        fitted = fitted_to(state, model)
        self._tell(fitted, fitted)

    def _become(self, kept: SessionState) -> None:
        model = self._model
        self._tell(kept, kept if model is None else fitted_since(kept, model, self._kept, self._state))

    def _tell(self, kept: SessionState, new: SessionState) -> None:
        self._kept = kept
        old, self._state = self._state, new
        if new != old:
            for listener in tuple(self._listeners):
                listener(old, new)


_FIELDS = tuple(field.name for field in dataclasses.fields(SessionState))
