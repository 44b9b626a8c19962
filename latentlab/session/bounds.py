"""Limits on the size of a session: the same for edits and for saved sessions.

A file may hold anything. Everything over a limit would have to be decoded, drawn and kept in memory at every
start, so it is left out and the reader says so; edits that would exceed a limit are refused.
"""

from __future__ import annotations

from dataclasses import replace

from latentlab.data.limits import MAX_CLASSES, MAX_PICTURES
from latentlab.session.memories import MAX_MEMORIES
from latentlab.session.own_directions import MAX_OWN
from latentlab.session.state import SessionState

# A walk through all of them has at most (128 - 1) * 119 + 1 pictures: at 64 x 64 in colour, 186 MB.
MAX_PINS = 128
# Of one model.
MAX_PLACES = 256
# Classes or attributes with an amount, the user's own directions, and components (one a dimension).
MAX_AMOUNTS = MAX_CLASSES + MAX_OWN + 256
# Characters of a path, with the options of a data set; and of a class or attribute.
MAX_LETTERS = 16_384
TRAY_FULL = f"The tray is full: it holds up to {MAX_PINS} pins. Remove some first."

_MOST = {
    "pins": (MAX_PINS, "pins"),
    "hidden": (MAX_CLASSES, "hidden classes"),
    "asked": (MAX_CLASSES, "requested attributes"),
    "amounts": (MAX_AMOUNTS, "amounts of attributes"),
    "group_a": (MAX_PICTURES, "pictures in group A"),
    "group_b": (MAX_PICTURES, "pictures in group B"),
    "own": (MAX_OWN, "directions of your own"),
    "places": (MAX_PLACES, "named places"),
    "memories": (MAX_MEMORIES, "models with pins and groups that wait for them"),
}


def within(state: SessionState) -> tuple[SessionState, tuple[str, ...]]:
    """`state` within the limits, and for each reduced field a text on what was left out."""
    kept: dict[str, object] = {}
    over = []
    for name, (most, what) in _MOST.items():
        value = getattr(state, name)
        if len(value) > most:
            first = sorted(value)[:most] if isinstance(value, frozenset) else value[:most]
            kept[name] = type(value)(first)
            over.append(f"{len(value):,} {what}, over the {most:,} that fit")
    memories = kept.get("memories", state.memories)
    inside = [within(one) for one in memories]  # type: ignore[attr-defined]
    for memory, more in inside:
        over.extend(f"{text} of {memory.model}" for text in more)
    if any(more for _, more in inside):
        kept["memories"] = tuple(memory for memory, _ in inside)
    return (replace(state, **kept) if kept else state), tuple(dict.fromkeys(over))  # type: ignore[arg-type]


def excess(state: SessionState, before: SessionState) -> str:
    """A text on what an edit from `before` to `state` makes too many of; "" if all fits."""
    for name, (most, what) in _MOST.items():
        count = len(getattr(state, name))
        if count > most and count > len(getattr(before, name)):
            return TRAY_FULL if name == "pins" else f"{count:,} {what}: up to {most:,} fit"
    return ""
