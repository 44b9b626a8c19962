"""How far a direction can be trusted, and the limits on its name. Without torch and numpy."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.errors import LabError

# Data sets may have a thousand classes; no model has more dimensions than the other limit.
MAX_DIRECTIONS, MAX_LATENTS = 1000, 4096
MAX_LETTERS = 1000
# The least pictures in a group: with fewer, half of it is a single one, and the figures mean nothing.
FEWEST = 4
# Methods that find a direction from attributes (see engine.attributes.directions), and other origins: between
# two groups picked by hand, a principal component, or several directions of several methods.
STEERED = "steered"
FOUND = ("means", "regressed", "discriminant", STEERED)
GROUPS, COMPONENT, SEVERAL = "groups", "component", "several"
WAYS = (*FOUND, GROUPS, COMPONENT, SEVERAL)


@dataclass(frozen=True)
class Trust:
    """How well a direction separates held-out pictures with the attribute from those without.

    Attributes:
        auc: the probability that one with it lies further along than one without, 0 to 1; 0.5 is chance.
        cohens_d: the distance of the two means in pooled standard deviations.
        have, lack: how many of the held-out pictures have the attribute, and how many lack it.

    The first two are None where there are too few pictures, or all of them coincide.
    """

    auc: float | None
    cohens_d: float | None
    have: int
    lack: int


def require_text(text: str) -> None:
    """Refuses a name that cannot be stored or printed: a zero byte ends a text in NumPy's arrays, and half of
    a surrogate pair cannot be printed.

    Raises:
        LabError: for a text with such letters, or with more than `MAX_LETTERS`.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise LabError(
            f"{text[:40]!a} is not a valid name: it has characters that cannot be stored in a file"
        )
    if len(text) > MAX_LETTERS:
        raise LabError(
            f"{text[:40]!a}... has {len(text):,} characters; a name can have up to {MAX_LETTERS:,}"
        )
