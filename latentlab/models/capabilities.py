"""The names of the capabilities of models. Torch-free, for headers, forms and views.

Each name has a protocol in `latentlab.models.base` that gives its methods. A kind's spec says which
capabilities a model of a given config has, so that the window needs only a file's header.
"""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """A capability of a model. Its value is its name in JSON."""

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
    HAS_EIGENPICTURES = "has-eigenpictures"
    DECODES_LINEARLY = "decodes-linearly"
    HAS_COMPONENTS = "has-components"
    TRANSLATES = "translates"
    JUDGES_PATCHES = "judges-patches"
    SCORES = "scores"
    INVERTS = "inverts"


# What a model gains by a prior that is fitted to its codes; see `latentlab.models.with_prior`.
OF_A_PRIOR = frozenset({Capability.HAS_PRIOR, Capability.SAMPLES})
_OF_PICTURES = frozenset({Capability.SAMPLES, Capability.DECODES, Capability.DENOISES, Capability.TRANSLATES})


def makes_pictures(capabilities: frozenset[Capability]) -> bool:
    """Whether a model with these capabilities makes pictures, rather than only judging them."""
    return bool(capabilities & _OF_PICTURES)
