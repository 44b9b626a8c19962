"""Which models are proposed to be seen beside a Gaussian. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from latentlab.engine.files.model_catalog import KnownModel, can_of
from latentlab.models.capabilities import Capability

_Can = frozenset[Capability]


def _linear(can: _Can) -> bool:
    return Capability.DECODES_LINEARLY in can and Capability.FITS not in can


def _without_prior(can: _Can) -> bool:
    return Capability.DECODES in can and Capability.HAS_PRIOR not in can and not _linear(can)


def _with_prior(can: _Can) -> bool:
    return (
        Capability.DECODES in can and Capability.HAS_PRIOR in can and Capability.DECODES_LINEARLY not in can
    )


_WANTED: tuple[Callable[[_Can], bool], ...] = (_linear, _without_prior, _with_prior)


def proposed(known: Sequence[KnownModel]) -> list[str]:
    """One that decodes linearly, one without a prior and one with: of each the most latents; "" for none.

    Those that are told the class are not among them: their samples are of what they are told.
    """
    found = []
    for wanted in _WANTED:
        fitting = [one for one in known if wanted(can_of(one.model)) and not _is_told(one)]
        best = max(fitting, key=lambda one: (one.latents, -one.beta), default=None)
        found.append("" if best is None else best.model)
    return found


def _is_told(one: KnownModel) -> bool:
    return Capability.CONDITIONAL in can_of(one.model)
