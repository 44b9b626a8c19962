"""The undo stacks of a session: one for each model, which waits for it while another model is open.

A step holds points of its model's latent space and numbers of the pictures that were open. So each model has
steps of its own, and they are valid only while those pictures are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoGroup, QUndoStack

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.memories import is_hash

if TYPE_CHECKING:
    from latentlab.data.keys import Keys

# Models whose steps are kept; those of the one that was left longest ago go first.
MOST = 32
STEPS_GONE = "What was done with it before cannot be undone any more: its pictures are not the same."


@dataclass(frozen=True, eq=False)
class _Pictures:
    """Which pictures are meant by the numbers of some steps."""

    data: str
    split: str
    classes: tuple[str, ...]
    count: int
    keys: Keys | None

    @classmethod
    def of(cls, model: LoadedReply) -> _Pictures:
        return cls(model.data, model.split, model.classes, len(model.images), model.keys)

    def same_as(self, other: _Pictures) -> bool:
        mine, others = (self.data, self.split, self.classes), (other.data, other.split, other.classes)
        if mine != others or self.count != other.count:
            return False
        return self.keys is None or other.keys is None or self.keys.same_as(other.keys)


@dataclass
class _History:
    stack: QUndoStack
    # Those that were open when its model was left.
    pictures: _Pictures | None = None


class Histories(QUndoGroup):
    """`active` is the stack of the open model. Nothing is lost but what would name other pictures."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, _History] = {"": _History(QUndoStack(self))}
        self._now = ""
        self.addStack(self.active)
        self.setActiveStack(self.active)

    @property
    def active(self) -> QUndoStack:
        """The stack of the open model."""
        return self._known[self._now].stack

    def turn_to(self, before: LoadedReply | None, model: LoadedReply, goes_on: bool) -> bool:
        """Another model has been opened: its own stack becomes active.

        Args:
            before: the model that was open, None for the first one.
            model: the one that is.
            goes_on: whether the one is the other under a new name.

        Returns:
            False if there were steps of it that are gone, because its pictures are not the same any more.
        """
        key = _key(model)
        if before is None or (goes_on and not is_hash(before.hash)):
            self._rename(key)
            return True
        self._known[self._now].pictures = _Pictures.of(before)
        self._now = key
        history = self._known.pop(key, None) or _History(QUndoStack(self))
        self._known[key] = history
        self.addStack(history.stack)
        for old in list(self._known)[:-MOST]:
            self._drop(old)
        then, history.pictures = history.pictures, None
        good = then is None or history.stack.count() == 0 or then.same_as(_Pictures.of(model))
        if not good:
            history.stack.clear()
        self.setActiveStack(history.stack)
        return good

    def clear(self) -> None:
        """Drops every step of every model."""
        for history in self._known.values():
            history.stack.clear()

    def _rename(self, key: str) -> None:
        """The active stack becomes that of this key."""
        history = self._known.pop(self._now)
        if key in self._known:
            self._drop(key)
        self._known[key], self._now = history, key

    def _drop(self, key: str) -> None:
        stack = self._known.pop(key).stack
        self.removeStack(stack)
        stack.clear()
        stack.deleteLater()


def _key(model: LoadedReply) -> str:
    """The path of a file; the name of what is no file yet."""
    return model.path if is_hash(model.hash) else model.model
