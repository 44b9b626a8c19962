"""Edits of the hand-picked groups and of the user's own directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from latentlab.session.edits import Edit
from latentlab.session.own_directions import OwnDirection, own_key
from latentlab.session.state import SessionState


@dataclass(frozen=True)
class SetGroups(Edit):
    """Set the groups: adding, removing and clearing are all this edit."""

    label: ClassVar[str] = "Change groups"
    group_a: tuple[int, ...] = ()
    group_b: tuple[int, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, group_a=self.group_a, group_b=self.group_b)


@dataclass(frozen=True)
class Gather(Edit):
    """Switch the mouse to gathering points of the plane into a group, "a" or "b", or "" for none.
    Transient.
    """

    label: ClassVar[str] = "Gather"
    transient: ClassVar[bool] = True
    group: str = ""

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, gathering=self.group)


@dataclass(frozen=True)
class AddDirection(Edit):
    """Add a direction."""

    label: ClassVar[str] = "Make direction"
    own: tuple[OwnDirection, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, own=(*state.own, *self.own))


@dataclass(frozen=True)
class ImportDirections(AddDirection):
    """Add the directions of a file."""

    label: ClassVar[str] = "Import directions"


@dataclass(frozen=True)
class NameComponent(AddDirection):
    """Turn a principal component into a direction with a name; the amount of it (`key`) stays."""

    label: ClassVar[str] = "Name component"
    key: str = ""

    def apply(self, state: SessionState) -> SessionState:
        named = super().apply(state)
        return _recalled(named, self.key, self.own[0].key) if self.own else named


@dataclass(frozen=True)
class RenameDirection(Edit):
    """Rename a direction."""

    label: ClassVar[str] = "Rename direction"
    which: OwnDirection | None = None
    name: str = ""

    def apply(self, state: SessionState) -> SessionState:
        if self.which is None or self.which not in state.own:
            return state
        other = replace(self.which, name=self.name)
        own = tuple(other if one == self.which else one for one in state.own)
        return _recalled(replace(state, own=own), self.which.key, own_key(self.name))


@dataclass(frozen=True)
class DeleteDirection(Edit):
    """Delete a direction. The probe stays where that direction has moved it."""

    label: ClassVar[str] = "Delete direction"
    which: OwnDirection | None = None

    def apply(self, state: SessionState) -> SessionState:
        if self.which is None or self.which not in state.own:
            return state
        own = tuple(one for one in state.own if one != self.which)
        amounts = tuple((key, amount) for key, amount in state.amounts if key != self.which.key)
        return replace(state, own=own, amounts=amounts)


def _recalled(state: SessionState, old: str, new: str) -> SessionState:
    """The amounts with one key renamed."""
    amounts = ((new if key == old else key, amount) for key, amount in state.amounts)
    return replace(state, amounts=tuple(sorted(amounts)))
