"""Named places of the latent space: points that a person wants to find again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from latentlab.session.edits import Edit
from latentlab.session.own_directions import MAX_NAME, free_name
from latentlab.session.state import Place, SessionState


@dataclass(frozen=True)
class SetPlaces(Edit):
    """Set the named places: naming, renaming and removing are all this edit."""

    label: ClassVar[str] = "Change places"
    places: tuple[Place, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, places=self.places)


def named(state: SessionState, name: str) -> SetPlaces:
    """The edit that gives the probe's place a name; a number is added if the name is taken."""
    place = Place(_fitting(name, state.places), state.probe, state.condition)
    return SetPlaces(places=(*state.places, place))


def renamed(state: SessionState, number: int, name: str) -> SetPlaces:
    """The edit that gives one of them another name."""
    others = tuple(place for other, place in enumerate(state.places) if other != number)
    new = replace(state.places[number], name=_fitting(name, others))
    return SetPlaces(places=(*state.places[:number], new, *state.places[number + 1 :]))


def without(state: SessionState, number: int) -> SetPlaces:
    """The edit that removes one of them."""
    return SetPlaces(places=(*state.places[:number], *state.places[number + 1 :]))


def usual_name(state: SessionState) -> str:
    """A name that is free."""
    return free_name("Place", (place.name for place in state.places))


def _fitting(name: str, places: tuple[Place, ...]) -> str:
    short = " ".join(name.split())[: MAX_NAME - 4] or "Place"
    return free_name(short, (place.name for place in places))
