"""The names of what a model can do, without torch: what a header, a form and a view ask by.

Each name has a protocol in `latentlab.models.base` that says with which methods. A kind's spec tells which of
them a model of a given config has, so that a file's header is enough to know what a window may offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Capability(StrEnum):
    """What a model can do. Its value is how it is written in JSON."""

    ENCODES = "encodes"
    DECODES = "decodes"
    HAS_LIKELIHOOD = "has-likelihood"
    HAS_PRIOR = "has-prior"
    SAMPLES = "samples"
    SAMPLES_STEPWISE = "samples-stepwise"
    TELLS_DENSITY = "tells-density"
    DENOISES = "denoises"
    CLASSIFIES = "classifies"
    CONDITIONAL = "conditional"
    FITS = "fits"


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
