"""The condition a state is under, as a model with conditions takes it."""

from __future__ import annotations

from latentlab.engine.requests import Point


def fitted_condition(condition: Point, names: tuple[str, ...], exclusive: bool) -> Point:
    """`condition` if a model with these condition names can take it, else the model's usual one.

    That is the first class, or no attribute at all; nothing for a model without conditions.
    """
    whole = len(condition) == len(names) and all(value in (0.0, 1.0) for value in condition)
    if whole and (not exclusive or not names or sum(condition) == 1.0):
        return condition
    return one_of(0, len(names)) if exclusive else (0.0,) * len(names)


def one_of(number: int, count: int) -> Point:
    """The condition that says one class of so many."""
    return tuple(1.0 if place == number else 0.0 for place in range(count))


def switched(condition: Point, number: int) -> Point:
    """The condition with one attribute the other way round."""
    return tuple(1.0 - value if place == number else value for place, value in enumerate(condition))


def alternatives(condition: Point, exclusive: bool) -> tuple[Point, ...]:
    """For each name, what the condition would be if that one were chosen: every class, or each attribute
    the other way round."""
    count = len(condition)
    if exclusive:
        return tuple(one_of(number, count) for number in range(count))
    return tuple(switched(condition, number) for number in range(count))


def in_words(condition: Point, names: tuple[str, ...]) -> str:
    """The names that hold, with commas between."""
    return ", ".join(name for name, value in zip(names, condition, strict=False) if value) or "none"
