"""The sets of pictures that can be compared: the open data, and models whose pictures are of their size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from latentlab.engine.files.model_catalog import KnownModel, shape_of_pictures
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.known_data import title_of


@dataclass(frozen=True)
class Offer:
    """A set that can be chosen: its spec for the engine, and what it is called."""

    spec: str
    title: str


def offers(model: LoadedReply, catalogue: Iterable[KnownModel]) -> list[Offer]:
    """The splits of the open data, the open model, then others of the catalogue."""
    data = title_of(model.data)
    found = [
        Offer(f"{model.data}:test", f"{data}: held-out pictures"),
        Offer(f"{model.data}:train", f"{data}: training pictures"),
    ]
    shape = tuple(model.images.shape[1:])
    known = {one.model: one.title for one in catalogue}
    open_one = next((name for name in known if name in (model.model, model.path)), "")
    for name in sorted(known, key=lambda name: name != open_one):
        if shape_of_pictures(name) == shape:
            aside = " (open)" if name == open_one else ""
            found.append(Offer(name, f"Samples of {known[name]}{aside}"))
    return found


def first_pair(model: LoadedReply, offered: list[Offer]) -> tuple[str, str]:
    """What is compared at first: held-out pictures with the open model's samples, or with training ones."""
    names = [one.spec for one in offered]
    return names[0], next((name for name in names if name in (model.model, model.path)), names[1])


def questions(model: LoadedReply, offered: list[Offer]) -> list[tuple[str, str, str]]:
    """Questions to begin with: their words, and the two sets that answer them."""
    names = {one.spec: one.title.removeprefix("Samples of ").removesuffix(" (open)") for one in offered}
    test, train, *models = names
    found = []
    _, mine = first_pair(model, offered)
    if mine in models:
        found.append((f"What does {names[mine]} lack, and what does it invent?", test, mine))
        other = next((name for name in models if name != mine), "")
        if other:
            found.append((f"How does {names[mine]} differ from {names[other]}?", mine, other))
    found.append(("Are training and held-out pictures alike?", train, test))
    return found
