"""The names of what a model can do, without torch: what a header, a form and a view ask by.

Each name has a protocol in `latentlab.models.base` that says with which methods. A kind's spec tells which of
them a model of a given config has, so that a file's header is enough to know what a window may offer.
"""

from __future__ import annotations

from enum import StrEnum


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


_OF_PICTURES = frozenset({Capability.SAMPLES, Capability.DECODES, Capability.DENOISES})


def makes_pictures(capabilities: frozenset[Capability]) -> bool:
    """Whether a model that can do this makes pictures, rather than judging those of others."""
    return bool(capabilities & _OF_PICTURES)
