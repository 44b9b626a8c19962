"""What is known of a direction besides its vector, and what it may be called. Without torch or numpy: the
window's frame is on the screen before they are imported."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.errors import LabError

# The classes of a data set may be a thousand; no model has more dimensions than the other.
MAX_DIRECTIONS, MAX_LATENTS = 1000, 4096
MAX_LETTERS = 1000
# Of pictures in a group: with fewer, half of it is a single one, and says nothing.
FEWEST = 4
# Ways by which a direction is found in attributes (see engine.directions), and other ways to come by one:
# between two groups picked by hand, as a principal component, or several directions of several ways.
STEERED = "steered"
FOUND = ("means", "regressed", "discriminant", STEERED)
GROUPS, COMPONENT, SEVERAL = "groups", "component", "several"
WAYS = (*FOUND, GROUPS, COMPONENT, SEVERAL)


@dataclass(frozen=True)
class Trust:
    """How well a direction tells held-out pictures with the attribute from those without.

    Attributes:
        auc: how often one with it lies further along the direction than one without, 0 to 1; 0.5 is chance.
        cohens_d: how many pooled standard deviations lie between the two means.
        have, lack: how many of the held-out pictures have the attribute, and have not.

    The first two are None where too few pictures, or pictures all in one place, leave nothing to be said.
    """

    auc: float | None
    cohens_d: float | None
    have: int
    lack: int


def require_text(text: str) -> None:
    """A zero byte ends a text in NumPy's arrays, and half of a surrogate pair cannot be printed.

    Raises:
        LabError: for a text with such letters, or with more than `MAX_LETTERS`.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise LabError(f"{text[:40]!a} is not a valid name: it has characters that cannot be encoded")
    if len(text) > MAX_LETTERS:
        raise LabError(
            f"{text[:40]!a}... has {len(text):,} characters; a name can have up to {MAX_LETTERS:,}"
        )
