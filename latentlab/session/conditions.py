"""Conditions of a session: fits them to a model, changes them, and names them."""

from __future__ import annotations

from latentlab.engine.attributes.implications import Implied, along
from latentlab.engine.types import Point


def fitted_condition(condition: Point, names: tuple[str, ...], exclusive: bool) -> Point:
    """`condition` if it fits a model with these condition names, else the model's default.

    That is the first class, or no attributes; empty for an unconditional model.
    """
    if len(condition) == len(names):
        if not exclusive and all(0.0 <= value <= 1.0 for value in condition):
            return condition
        if all(value in (0.0, 1.0) for value in condition) and (not names or sum(condition) == 1.0):
            return condition
    return one_of(0, len(names)) if exclusive else (0.0,) * len(names)


def fitted_asked(
    asked: tuple[tuple[str, float], ...], names: tuple[str, ...], exclusive: bool
) -> tuple[tuple[str, float], ...]:
    """The part of a request that a model with these condition names can be asked for; at most one class."""
    known = tuple((name, value) for name, value in asked if name in names and 0.0 <= value <= 1.0)
    return known if not exclusive else tuple(one for one in known if one[1] == 1.0)[:1]


def one_of(number: int, count: int) -> Point:
    """The one-hot condition of a class."""
    return tuple(1.0 if place == number else 0.0 for place in range(count))


def holds(value: float) -> bool:
    """Whether an attribute with this value counts as present."""
    return value >= 0.5


def switched(condition: Point, number: int, implied: Implied = ()) -> Point:
    """The condition with one attribute inverted to 0 or 1, and what that implies."""
    return told(condition, number, 0.0 if holds(condition[number]) else 1.0, implied)


def told(condition: Point, number: int, value: float, implied: Implied = ()) -> Point:
    """The condition with one attribute set to a value, and what that implies."""
    alone = tuple(value if place == number else other for place, other in enumerate(condition))
    return along(alone, (number,), implied)


def alternatives(condition: Point, exclusive: bool, implied: Implied = ()) -> tuple[Point, ...]:
    """For each name, the condition if that one were chosen: every class, or each attribute inverted."""
    count = len(condition)
    if exclusive:
        return tuple(one_of(number, count) for number in range(count))
    return tuple(switched(condition, number, implied) for number in range(count))


def change_in_words(condition: Point, number: int, implied: Implied, names: tuple[str, ...]) -> str:
    """What `switched` changes: "with Sunglasses and Eyeglasses, without Hat"."""
    then = switched(condition, number, implied)
    changed = [
        place
        for place in sorted(range(len(names)), key=lambda place: place != number)
        if holds(condition[place]) != holds(then[place])
    ]
    parts = {
        how: " and ".join(names[place] for place in changed if holds(then[place]) is there)
        for how, there in (("with", True), ("without", False))
    }
    first = "with" if holds(then[number]) else "without"
    return ", ".join(
        f"{how} {parts[how]}" for how in sorted(parts, key=lambda how: how != first) if parts[how]
    )


def in_words(condition: Point, names: tuple[str, ...]) -> str:
    """The names that hold, separated by commas, with the value where it is not 1."""
    words = [
        name if value == 1.0 else f"{name}={value:g}"
        for name, value in zip(names, condition, strict=False)
        if value
    ]
    return ", ".join(words) or "none"


def asked_in_words(asked: tuple[tuple[str, float], ...]) -> str:
    """What was asked for, in the syntax of the command line."""
    return ",".join(f"{name}={value:g}" for name, value in asked)
