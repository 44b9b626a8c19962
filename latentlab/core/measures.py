"""What a figure of density is worth, without torch: exact or not, and a density over which pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tightness = Literal["exact", "bound", "estimate"]
Measure = Literal["binary", "bytes", "palette", "continuous"]


@dataclass(frozen=True)
class DensityTag:
    """What a density in nats a picture is worth, without which two of them cannot be compared.

    Attributes:
        how: "exact", a "bound" from below, or an "estimate" that may err either way.
        measure: a probability of "binary" pixels, of "bytes" or of "palette" colours, or "continuous":
            a density over pixels in [0, 1], which may exceed 1.
    """

    how: Tightness
    measure: Measure
