"""Converts the user's own directions to and from directions in files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.trust import SEVERAL
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.errors import LabError
from latentlab.session.own_directions import MAX_NAME, MAX_OWN, OwnDirection, free_name, of_model


def as_directions(own: Sequence[OwnDirection], model: LoadedReply) -> Directions:
    """All the user's directions of the open model as one value that can be saved.

    Raises:
        LabError: if there are none.
    """
    mine = of_model(own, model.hash, model.latents)
    if not mine:
        raise LabError(f"there are no directions of your own in {model.model} yet")
    methods, data = {one.method for one in mine}, {one.data for one in mine}
    return Directions(
        names=tuple(one.name for one in mine),
        vectors=np.array([one.vector for one in mine], dtype=np.float32),
        method=methods.pop() if len(methods) == 1 else SEVERAL,
        have=tuple(one.have for one in mine),
        lack=tuple(one.lack for one in mine),
        trust=tuple(one.trust for one in mine),
        data=data.pop() if len(data) == 1 else "",
        model=model.model,
        model_hash=model.hash,
    )


def from_directions(
    found: Directions, model: LoadedReply, own: Iterable[OwnDirection]
) -> tuple[OwnDirection, ...]:
    """Those of a file that `own` does not have yet; a number is added to names that are taken.

    Raises:
        LabError: if they are of another model, or would be too many.
    """
    own = tuple(own)
    if found.latents != model.latents:
        raise LabError(
            f"its directions have {found.latents} dimensions, {model.model} has {model.latents}",
            hint="Open the model that they belong to first",
        )
    if found.model_hash != model.hash:
        of = f"{found.model} ({found.model_hash})" if found.model_hash else "a model that it does not name"
        raise LabError(
            f"its directions belong to {of}, not of {model.model} ({model.hash}); they have no meaning here",
            hint="Open the model that they belong to first",
        )
    mine = of_model(own, model.hash, model.latents)
    known = {(one.name, one.vector) for one in mine}
    taken = {one.name for one in mine}
    new: list[OwnDirection] = []
    for number, text in enumerate(found.names):
        # On one line, and short: names in a file may be anything.
        name = " ".join(text.split())[: MAX_NAME - 4] or "Unnamed"
        vector = tuple(map(float, found.vectors[number]))
        if (name, vector) in known:
            continue
        name = free_name(name, taken)
        taken.add(name)
        new.append(
            OwnDirection(
                name=name,
                vector=vector,
                method=found.method,
                have=found.have[number],
                lack=found.lack[number],
                trust=found.trust[number],
                data=found.data,
                model=model.model,
                model_hash=model.hash,
            )
        )
    if len(own) + len(new) > MAX_OWN:
        raise LabError(
            f"it holds {len(new):,} more directions, and you have {len(own):,} of your own; "
            f"{MAX_OWN:,} can be kept",
            hint="Delete some first",
        )
    return tuple(new)
