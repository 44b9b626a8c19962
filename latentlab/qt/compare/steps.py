"""An undo command that makes edits in several sessions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QUndoCommand

from latentlab.qt.clients.undo import EditCommand
from latentlab.session.edits import Edit
from latentlab.session.session import Session


class SharedStep(QUndoCommand):
    """An edit of each of some sessions, made and undone together. Those of one gesture merge."""

    def __init__(self, edits: Iterable[tuple[Session, Edit]]) -> None:
        super().__init__()
        self.parts: dict[Session, EditCommand] = {}
        self.gesture: int | None = None
        for session, edit in edits:
            self.parts[session] = EditCommand(session, edit)
            self.gesture = edit.gesture
            self.setText(edit.label)

    def redo(self) -> None:
        """Makes all the edits, or makes them again."""
        for part in self.parts.values():
            part.redo()
        self.setObsolete(not any(part.before for part in self.parts.values()))

    def undo(self) -> None:
        """Undoes all of them."""
        for part in self.parts.values():
            part.undo()

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
        return True
