"""Identifies a session's pictures by stable keys: numbers change when pictures come or go.

While data are open, states hold numbers, which are fast. Before a state is saved, and when data have been
read again, numbers are converted by keys (see `latentlab.data.keys`), and those of classes by names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from latentlab.session.state import PictureKeys, SessionState

# For type checking only: a session is read before numpy is loaded.
if TYPE_CHECKING:
    from latentlab.data.keys import Keys


@dataclass(frozen=True)
class Renumbered:
    """A state with the current numbers of its pictures, and how many of them are gone."""

    state: SessionState
    lost: int


def keyed(state: SessionState, keys: Keys, classes: Sequence[str]) -> SessionState:
    """The state with the keys of its pictures in these data, for saving."""
    selected = () if state.selected is None else (state.selected,)
    hidden = tuple(classes[label] for label in sorted(state.hidden) if label < len(classes))
    groups = _keys_of(state.group_a, keys), _keys_of(state.group_b, keys)
    return replace(state, pictures=PictureKeys("".join(_keys_of(selected, keys)), *groups, hidden))


# A session is saved every few seconds, also during a drag, and its groups are mostly the same.
@lru_cache(maxsize=6)
def _keys_of(numbers: tuple[int, ...], keys: Keys) -> tuple[str, ...]:
    return tuple(keys[number] for number in numbers if number < len(keys))


def renumbered(state: SessionState, keys: Keys, classes: Sequence[str]) -> Renumbered:
    """The state with its pictures' numbers in these data, by its keys; unchanged if it has none."""
    meant = state.pictures
    if meant is None:
        return Renumbered(state, 0)
    group_a = keys.find_all(meant.group_a)
    group_b = tuple(number for number in keys.find_all(meant.group_b) if number not in set(group_a))
    selected = keys.find(meant.selected) if meant.selected else None
    lost = len(meant.group_a) + len(meant.group_b) - len(group_a) - len(group_b)
    lost += 1 if meant.selected and selected is None else 0
    fitted = replace(
        state,
        selected=selected,
        group_a=group_a,
        group_b=group_b,
        hidden=frozenset(label for label, name in enumerate(classes) if name in meant.hidden),
        pictures=None,
    )
    return Renumbered(fitted, lost)


def in_words(lost: int) -> str:
    """A message about pictures that are gone; "" if all are there."""
    if not lost:
        return ""
    what, is_gone = ("1 picture that was", "is") if lost == 1 else (f"{lost:,} pictures that were", "are")
    return f"{what} selected or in a group {is_gone} no longer in these data, or in another split of them."
