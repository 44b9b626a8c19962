"""An undo command that makes edits in several sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from latentlab.qt.clients.undo import EditCommand
from latentlab.session.edits import Edit
from latentlab.session.session import Session


class Keeper(Protocol):
    """Knows which sessions a step still fits."""

    def mark_of(self, session: Session) -> object:
        """Another one whenever the steps so far do not fit a session any more."""

    def at_work(self) -> AbstractContextManager[None]:
        """Entered while all are being changed together."""

    def bring_others(self, done: Collection[Session]) -> None:
        """Brings the rest to where these are by now."""


class SharedStep(QUndoCommand):
    """An edit of each of some sessions, made and undone together. Those of one gesture merge.

    Args:
        keeper: sessions that it does not fit any more are left alone; None if it always fits all.
    """

    def __init__(self, edits: Iterable[tuple[Session, Edit]], keeper: Keeper | None = None) -> None:
        super().__init__()
        self.parts: dict[Session, EditCommand] = {}
        self.gesture: int | None = None
        self._keeper = keeper
        self._marks: dict[Session, object] = {}
        for session, edit in edits:
            self.parts[session] = EditCommand(session, edit)
            self._marks[session] = None if keeper is None else keeper.mark_of(session)
            self.gesture = edit.gesture
            self.setText(edit.label)

    def redo(self) -> None:
        """Makes all the edits, or makes them again."""
        self._make(EditCommand.redo)
        self.setObsolete(not any(part.before for part in self.parts.values()))

    def undo(self) -> None:
        """Undoes all of them."""
        self._make(EditCommand.undo)

    def _make(self, do: Callable[[EditCommand], None]) -> None:
        keeper = self._keeper
        if keeper is None:
            for part in self.parts.values():
                do(part)
            return
        fitting = {
            session: part
            for session, part in self.parts.items()
            if keeper.mark_of(session) is self._marks[session]
        }
        with keeper.at_work():
            for part in fitting.values():
                do(part)
        keeper.bring_others(fitting)

    def id(self) -> int:
        """Qt merges only commands of equal id; -1 is never merged."""
        return -1 if self.gesture is None else 2

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merges a later edit of the same gesture into this command."""
        if not isinstance(other, SharedStep) or other.gesture != self.gesture:
            return False
        for session, part in other.parts.items():
            if session in self.parts:
                self.parts[session].mergeWith(part)
            else:  # its model was opened during the gesture
                self.parts[session] = part
            self._marks[session] = other._marks[session]
        return True
