"""The tag of a density: exact, bound or estimate, and over which measure. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tightness = Literal["exact", "bound", "estimate"]
Measure = Literal["binary", "bytes", "palette", "continuous"]


@dataclass(frozen=True)
class DensityTag:
    """The kind of a density in nats a picture, without which two of them cannot be compared.

    Attributes:
        how: "exact", a lower "bound", or an "estimate" that may err either way.
        measure: a probability of "binary" pixels, of "bytes" or of "palette" colours, or "continuous":
            a density over pixels in [0, 1], which may exceed 1.
    """

    how: Tightness
    measure: Measure
