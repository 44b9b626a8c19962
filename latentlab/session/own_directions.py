"""The user's own directions: from hand-picked groups, named components, or files.

Each belongs to one model, by its hash: in another latent space the same numbers have no meaning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from latentlab.engine.attributes.trust import WAYS, Trust, require_text
from latentlab.engine.types import Point
from latentlab.errors import LabError

# Of all models together; each is a row of the board, and is saved with the session.
MAX_OWN = 256
# A name has to fit on one line of the board; those in files may be longer.
MAX_NAME = 80


@dataclass(frozen=True)
class OwnDirection:
    """A direction: z + vector adds it once.

    Attributes:
        name: its name.
        vector: v, D numbers.
        method: how it was found, one of `latentlab.engine.attributes.trust.WAYS`.
        have, lack: how many pictures with and without it it was made from.
        trust: how well it separates pictures that it was not made from.
        data: the data set it was made from.
        model, model_hash: the model of its latent space.

    Raises:
        LabError: for an invalid name or vector.
    """

    name: str
    vector: Point
    method: str
    have: int
    lack: int
    trust: Trust
    data: str = ""
    model: str = ""
    model_hash: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise LabError("a direction needs a name")
        for text in (self.name, self.data, self.model, self.model_hash):
            require_text(text)
        if len(self.name) > MAX_NAME:
            raise LabError(
                f"{self.name[:40]!r}... has {len(self.name):,} characters; at most {MAX_NAME} are allowed"
            )
        if self.method not in WAYS:
            raise LabError(f"no kind of direction is called {self.method[:40]!r}")
        if not self.vector or not all(map(math.isfinite, self.vector)):
            raise LabError(f"{self.name}: a vector of finite numbers was expected")

    @property
    def key(self) -> str:
        """Its key among the amounts of a session, where attributes have their bare names."""
        return own_key(self.name)


def own_key(name: str) -> str:
    """The key of one of the user's directions among the amounts of a session."""
    return f"yours/{name}"


def component_key(number: int) -> str:
    """The key of a principal component, counted from 1, among the amounts of a session."""
    return f"component/{number}"


def of_model(own: Iterable[OwnDirection], model_hash: str, latents: int) -> tuple[OwnDirection, ...]:
    """Those of this model's latent space of D = `latents` dimensions."""
    return tuple(one for one in own if one.model_hash == model_hash and len(one.vector) == latents)


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or if that is taken, `name` with the first free number after it."""
    names, number, free = set(taken), 2, name
    while free in names:
        free = f"{name} {number}"
        number += 1
    return free


def wrong_name(name: str, taken: Iterable[str]) -> str:
    """What is wrong with a name for a direction; "" if it is valid."""
    if not name.strip():
        return "Give it a name."
    if len(name) > MAX_NAME:
        return f"A name can have up to {MAX_NAME} characters; this one has {len(name)}."
    if name in set(taken):
        return f"Another of your directions is called {name}."
    try:
        require_text(name)
    except LabError as error:
        return f"{error.what[:1].upper()}{error.what[1:]}."
    return ""
