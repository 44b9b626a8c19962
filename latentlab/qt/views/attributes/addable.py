"""What the attribute board can add: attributes of the data, the user's own directions, principal components.

Each has a key under which the session stores its amount, a vector, and a text on its trust.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.attributes.trust import COMPONENT, GROUPS, Trust
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.types import Point
from latentlab.session.own_directions import OwnDirection, component_key

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions

_FEW = "too few to judge"
# AUCs between these mean hardly anything.
_CHANCE = 0.4, 0.6


@dataclass(frozen=True, eq=False)
class Offer:
    """z + vector adds it once; `trust` as a short text, `tip` in sentences."""

    key: str
    name: str
    vector: NDArray[np.float64]
    trust: str
    tip: str


def of_attributes(found: Directions | None) -> list[Offer]:
    """The attributes, or classes, of the data."""
    if found is None:
        return []
    offers = []
    for number, name in enumerate(found.names):
        trust, closest = found.trust[number], found.closest(number)
        if trust.auc is None or trust.cohens_d is None:
            tip = f"{name}: too few held-out pictures have it, or lack it, to measure how reliable it is."
        else:
            alike = _most_similar(*closest) if closest else ""
            tip = (
                f"{name}: a held-out picture with it projects further along the direction than "
                f"one without {100.0 * trust.auc:.1f} % of the time (50 % is chance), {trust.cohens_d:.1f} "
                f"standard deviations apart on average. Computed from {found.have[number]:,} "
                f"pictures with it and {found.lack[number]:,} without.{alike}"
            )
        offers.append(Offer(name, name, found.vectors[number].astype(np.float64), _short(trust), tip))
    return offers


def of_own(own: Iterable[OwnDirection], found: Directions | None) -> list[Offer]:
    """The user's own directions; `found`, those of the attributes, are compared with each of them."""
    return [
        Offer(one.key, one.name, vector, *_own_in_words(one, _alike(vector, found)))
        for one in own
        for vector in (np.array(one.vector),)
    ]


def _own_in_words(one: OwnDirection, alike: str) -> tuple[str, str]:
    trust = one.trust
    if one.method == COMPONENT:
        return "one standard deviation", f"{one.name}: a principal component with a name of your own.{alike}"
    made = f"Computed from {one.have:,} pictures in A and {one.lack:,} in B."
    if one.method != GROUPS:
        made = f"Computed from {one.have:,} pictures with it and {one.lack:,} without."
    if trust.auc is None or trust.cohens_d is None:
        few = (
            " With four or more in each group, it can be tested on held-out halves."
            if one.method == GROUPS
            else ""
        )
        return _FEW, f"{one.name}: too few pictures to measure how reliable it is. {made}{few}{alike}"
    who = "measured on pictures that it was not computed from"
    if one.method == GROUPS:
        who = "cross-validated (computed from half of these pictures and tested on the other half, ten times)"
        made += " Groups selected by position, as with the lasso, are separated by construction."
    return _short(trust), (
        f"{one.name}: {who}, a picture with it projects further along the direction than one "
        f"without {100.0 * trust.auc:.1f} % of the time (50 % is chance), {trust.cohens_d:.1f} standard "
        f"deviations apart on average. {made}{alike}"
    )


def _alike(vector: NDArray[np.float64], found: Directions | None) -> str:
    if found is None or found.latents != len(vector):
        return ""
    lengths = np.linalg.norm(found.vectors, axis=1) * np.linalg.norm(vector)
    cosines = found.vectors @ vector / np.maximum(lengths, 1e-30)
    most = int(np.abs(cosines).argmax())
    return _most_similar(found.names[most], cosines[most])


def _most_similar(name: str, cosine: float) -> str:
    shown = f"{cosine:+.2f}".replace("-", "−")
    return f" Most similar: {name.replace('_', ' ')} (cosine {shown})."


def of_components(encodings: EncodingsReply | None, own: Sequence[OwnDirection], most: int) -> list[Offer]:
    """The first principal components of the encoded pictures, except those that have a name already."""
    if encodings is None or not encodings.done:
        return []
    named = {one.vector for one in own}
    total = sum(value**2 for value in encodings.spread)
    offers = []
    for number, vector in enumerate(encodings.principal[:most], 1):
        if vector in named:
            continue
        name = f"Component {number}"
        share = sum(value**2 for value in vector) / total if total else 0.0
        tip = (
            f"{name}: a direction of largest variance of the encodings. {share:.1%} of the "
            "variance lies along it; an amount of 1 is one standard deviation. See what it does, "
            "and give it a name."
        )
        spread = f"{share:.0%}".replace("%", " % of variance")
        offers.append(Offer(component_key(number), name, np.array(vector), spread, tip))
    return offers


def moved(z: Point, amounts: Mapping[str, float], offers: Mapping[str, Offer]) -> Point:
    """z with each of `amounts` added; unknown ones, or those of another latent space, are ignored."""
    steps = [
        amount * offers[key].vector
        for key, amount in amounts.items()
        if key in offers and len(offers[key].vector) == len(z)
    ]
    if not steps:
        return z
    there = np.asarray(z, np.float64) + np.sum(steps, axis=0)
    return tuple(map(float, there.astype(np.float32)))


def _short(trust: Trust) -> str:
    if trust.auc is None or trust.cohens_d is None:
        return _FEW
    # Closer to 0.5, a d of 0.1 or 0.2 might be taken for an effect.
    near_chance = _CHANCE[0] < trust.auc < _CHANCE[1]
    return f"AUC {trust.auc:.2f} · " + ("near chance" if near_chance else f"d {trust.cohens_d:.1f}")
