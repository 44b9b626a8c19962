"""Says what cannot be done with a model, and why, by the capabilities it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from latentlab.models.capabilities import Capability
from latentlab.session.state import OVER_VIEW

# In order of importance: what explains most comes first.
_WHY: Mapping[Capability, str] = {
    Capability.DECODES: "{name} has no latent space: it makes pictures, but not from points.",
    Capability.ENCODES: "{name} has no encoder: it does not turn pictures of the data into points.",
    Capability.HAS_PRIOR: "{name} has no prior: it does not say where in its latent space to draw from.",
    Capability.HAS_LIKELIHOOD: "{name} has no likelihood: it does not say how well a picture fits a point.",
    Capability.TELLS_DENSITY: "{name} has no density of pictures.",
    Capability.SAMPLES: "{name} draws no pictures of its own.",
    Capability.SAMPLES_STEPWISE: "{name} draws its pictures at once, without steps to look at.",
    Capability.DENOISES: "{name} is no diffusion model: it does not separate noise from picture.",
    Capability.CLASSIFIES: "{name} does not say what a picture shows.",
    Capability.CONDITIONAL: "{name} takes no conditions: it was told neither classes nor attributes.",
    Capability.FITS: "{name} is trained by gradient steps, not fitted in passes.",
    Capability.HAS_EIGENPICTURES: "{name} is no Gaussian: it has no eigenpictures.",
    Capability.SCORES: "{name} has no discriminator that says how real a picture looks.",
    Capability.INVERTS: "{name} does not search the z of a picture by descent.",
    Capability.HAS_COMPONENTS: "{name} is no mixture: it has no components, each with pictures of its own.",
    Capability.DECODES_LINEARLY: "{name} decodes by more than one linear layer: its pictures fill no plane.",
    Capability.TRANSLATES: "{name} makes no pictures of other pictures.",
    Capability.JUDGES_PATCHES: "{name} has no critic that judges pictures patch by patch.",
}

# The same of a model whose training will come to the part that it needs.
_NOT_YET: Mapping[Capability, str] = {
    Capability.ENCODES: "{name} has no trained encoder yet, to turn pictures of the data into points. It is "
    "trained last: when what learns now has ended.",
}
_LATER = "{name} cannot do this yet: the part for it is trained when what learns now has ended."


def grid_range(over: str, has_prior: bool) -> str:
    """Over what the manifold grid goes: the plane's view where a model has no prior to take quantiles of."""
    return over if has_prior else OVER_VIEW


def why_not(
    name: str,
    has: frozenset[Capability],
    needs: Iterable[Capability],
    later: frozenset[Capability] = frozenset(),
) -> str:
    """Why a model called `name` cannot do what needs these capabilities; "" if it can.

    `later` is what it will be able to do when phases of its training that have not begun have trained it: of
    that it is said only where it lacks nothing else, for waiting would not help.
    """
    lacking = frozenset(needs) - has
    for one, words in _WHY.items():
        if one in lacking - later:
            return words.format(name=name)
    return next((_NOT_YET.get(one, _LATER).format(name=name) for one in _WHY if one in lacking), "")
