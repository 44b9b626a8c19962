"""The two hand-picked groups of pictures, A and B; a picture is in at most one of them."""

from __future__ import annotations

from collections.abc import Iterable

from latentlab.session.own_edits import SetGroups
from latentlab.session.state import SessionState

A, B = "a", "b"
GROUPS = (A, B)


def members(state: SessionState, group: str) -> tuple[int, ...]:
    """The numbers of a group's pictures in the split, in the order of adding."""
    return state.group_a if group == A else state.group_b


def with_added(state: SessionState, group: str, numbers: Iterable[int]) -> SetGroups:
    """The edit that adds pictures to a group, removing them from the other."""
    # A dict keeps the order, without duplicates.
    grown = tuple(dict.fromkeys((*members(state, group), *numbers)))
    inside = set(grown)
    other = tuple(one for one in members(state, _other(group)) if one not in inside)
    return SetGroups(group_a=grown, group_b=other) if group == A else SetGroups(group_a=other, group_b=grown)


def without(state: SessionState, group: str, numbers: Iterable[int]) -> SetGroups:
    """The edit that removes pictures from a group."""
    out = set(numbers)
    rest = tuple(one for one in members(state, group) if one not in out)
    if group == A:
        return SetGroups(group_a=rest, group_b=state.group_b)
    return SetGroups(group_a=state.group_a, group_b=rest)


def toggled(state: SessionState, group: str, number: int) -> SetGroups:
    """The edit that adds a picture to a group, or removes it if it is in."""
    if number in members(state, group):
        return without(state, group, (number,))
    return with_added(state, group, (number,))


def _other(group: str) -> str:
    return B if group == A else A
