"""Describes the conditions of samples in their provenance. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence

# With more samples, the conditions of each are left out: the description must stay short.
_MOST_NUMBERS = 3000


def described(
    names: Sequence[str], told: Sequence[Sequence[float]], asked: str = "", origin: str = ""
) -> dict[str, str]:
    """What was asked, how the rest was drawn, and, unless they are many, the conditions of each sample.

    `told` (N, A) has a number for each of the `names` (A,); samples are separated by spaces, numbers by
    commas.
    """
    words = {"condition": asked} if asked else {}
    if origin:
        words["rest"] = origin
    if names and 0 < len(told) * len(names) <= _MOST_NUMBERS:
        words["names"] = ",".join(names)
        words["told"] = " ".join(",".join(f"{value:g}" for value in row) for row in told)
    return words
