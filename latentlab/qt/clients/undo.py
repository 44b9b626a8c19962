"""Edits of the session as commands on Qt's undo stack; one gesture is one command."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand

from latentlab.qt.clients.hand import GESTURE_PAUSE_S, Hand
from latentlab.session.edits import Edit
from latentlab.session.memories import own_after
from latentlab.session.session import Session

_gestures = itertools.count(1)


def new_gesture() -> int:
    """A number for the edits of one drag, one held key, one double-click."""
    return next(_gestures)


class GestureClock(QObject):
    """Groups rapid changes of a slider or spin box into gestures, so that each undoes as one step.

    A QObject, because sliders that come and go are connected to it: a connection to a method of a plain
    object leaks when the slider is deleted.

    Args:
        pause_s: changes that follow each other within so many seconds are one gesture.
        clock: tells the time in seconds.
    """

    def __init__(self, pause_s: float = GESTURE_PAUSE_S, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._hand = Hand(pause_s, clock)
        self._gesture = 0

    def gesture(self, held: bool = False) -> int:
        """The number for a change made now; it stays the same while the handle is `held`, however slowly it
        moves.
        """
        if not self._gesture or not (held or self._hand.moves):
            self._gesture = new_gesture()
        self._hand.moved()
        return self._gesture

    @Slot()
    def end(self) -> None:
        """Ends the gesture: the next change starts another."""
        self._gesture = 0


class EditCommand(QUndoCommand):
    """One edit, stored as the fields it changed: their values before and after."""

    def __init__(self, session: Session, edit: Edit) -> None:
        super().__init__(edit.label)
        self._session = session
        self._edit: Edit | None = edit
        self.gesture = edit.gesture
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}

    def redo(self) -> None:
        """Makes the edit; the first time by applying it, later by restoring its result."""
        if self._edit is None:
            self._restore(self.after)
            return
        self.before = self._session.apply(self._edit)
        self.after = {name: getattr(self._session.kept, name) for name in self.before}
        self._edit = None
        self.setObsolete(not self.before)

    def undo(self) -> None:
        """Restores the values before it."""
        self._restore(self.before)

    def _restore(self, values: dict[str, Any]) -> None:
        """Restores fields. The directions of other models, made since, stay."""
        if "own" in values:
            now = self._session.kept
            values = {**values, "own": own_after(now, values["own"], now.model_hash)}
        self._session.restore(values)

    def id(self) -> int:
        """Qt merges only commands of equal id; -1 is never merged."""
        return -1 if self.gesture is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merges a later edit of the same gesture into this command."""
        if not isinstance(other, EditCommand) or other.gesture != self.gesture:
            return False
        self.before = {**other.before, **self.before}
        self.after = {**self.after, **other.after}
        self.setText(other.text())
        return True
