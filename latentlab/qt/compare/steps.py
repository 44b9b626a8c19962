"""An undo command that makes edits in several sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
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
        with self._at_work():
            for part in self._fitting():
                part.redo()
        self.setObsolete(not any(part.before for part in self.parts.values()))

    def undo(self) -> None:
        """Undoes all of them."""
        with self._at_work():
            for part in self._fitting():
                part.undo()

    def _at_work(self) -> AbstractContextManager[None]:
        return nullcontext() if self._keeper is None else self._keeper.at_work()

    def _fitting(self) -> Iterator[EditCommand]:
        for session, part in self.parts.items():
            if self._keeper is None or self._keeper.mark_of(session) is self._marks[session]:
                yield part

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
