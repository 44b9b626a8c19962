"""Fits a session to a model and its data, dropping what has no meaning there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import Point
from latentlab.session.conditions import fitted_asked, fitted_condition
from latentlab.session.state import PAIR, Analogy, Place, PlaneSettings, SessionState

# Points of one latent space and conditions of one decoder: they have no meaning for another model.
OF_MODEL = frozenset(
    {"probe", "amounts", "pins", "places", "analogy", "condition", "asked", "plane", "frame", "pointed"}
)
# Numbers of pictures and of classes: they have no meaning in other data.
OF_PICTURES = frozenset({"selected", "group_a", "group_b"})
OF_DATA = OF_PICTURES | {"hidden"}


def way_of(state: SessionState) -> tuple[tuple[Point, ...], str, int, Point]:
    """The part of a state that determines the pictures of its walk."""
    return state.pins, state.walk.path, state.walk.steps, state.condition


def fitted_to(state: SessionState, model: LoadedReply) -> SessionState:
    """`state` without what does not exist in this model or its data."""
    return _fitted(state, model, {})


def fitted_since(
    state: SessionState, model: LoadedReply, before: SessionState, fitted: SessionState
) -> SessionState:
    """`fitted_to`, given the fitted state `before` in the same model: only what is new is checked, because
    this happens at every mouse move.
    """
    same = (state.data, state.split) == (before.data, before.split)
    known = {
        name: getattr(fitted, name)
        for name in _FITS
        # Whether the amounts added to the probe are valid depends on it.
        if name != "amounts"
        and getattr(state, name) is getattr(before, name)
        and (same or name not in OF_DATA)
    }
    return _fitted(state, model, known)


def on_data(state: SessionState, data: str, split: str | None = None) -> SessionState:
    """`state` on other data, or another split: picture numbers are dropped, and in other data class numbers
    too.
    """
    return replace(
        state,
        data=data,
        split=state.split if split is None else split,
        selected=None,
        group_a=(),
        group_b=(),
        hidden=state.hidden if data == state.data else frozenset(),
        pictures=None,
    )


def with_what_was_done_since(
    wanted: SessionState, then: SessionState, now: SessionState, reply: LoadedReply, *, goes_on: bool
) -> SessionState:
    """The state that was wanted when `reply` was requested, with the user's edits since then.

    Those edits apply to what is open now, except for points of the previous model and numbers of its pictures
    and classes.

    Args:
        wanted: the state for which the request was made.
        then: the session at the time of the request.
        now: the session now.
        reply: what has been opened; possibly on other data than requested.
        goes_on: whether it has the same latent space as the previous model.
    """
    left = {"model_hash", "memories"} | (frozenset[str]() if goes_on else OF_MODEL)
    if (now.data, now.split) != (reply.data, reply.split):
        left |= OF_PICTURES if now.data == reply.data else OF_DATA
    if (wanted.data, wanted.split) != (reply.data, reply.split):
        # The model's own data, in place of the requested ones.
        wanted = on_data(wanted, reply.data, reply.split)
    since = {
        field.name: getattr(now, field.name)
        for field in fields(SessionState)
        if field.name not in left and getattr(now, field.name) != getattr(then, field.name)
    }
    return replace(wanted, **since, model=wanted.model, data=reply.data, split=reply.split)


def with_pictures_of(state: SessionState, other: SessionState, model: LoadedReply) -> SessionState:
    """`state` with the pictures and classes of `other`, which are not open with `model`."""
    names = _absent(state, model)
    changed = {name: getattr(other, name) for name in names if getattr(state, name) != getattr(other, name)}
    return replace(state, **changed) if changed else state


def _absent(state: SessionState, model: LoadedReply) -> frozenset[str]:
    """The fields that refer to pictures, or classes, that are not open."""
    if state.data != model.data:
        return OF_DATA
    # Another split has other pictures of the same classes.
    return OF_PICTURES if state.split != model.split else frozenset()


def _fitted(state: SessionState, model: LoadedReply, known: Mapping[str, Any]) -> SessionState:
    absent, changed = _absent(state, model), {}
    for name, fit in _FITS.items():
        value = getattr(state, name)
        if name in known:
            found = known[name]
        else:
            found = _NOTHING[name] if name in absent else fit(value, state, model)
        if found is not value and found != value:
            changed[name] = found
    return replace(state, **changed) if changed else state


def _probe(z: Point, state: SessionState, model: LoadedReply) -> Point:
    return z if len(z) == model.latents else model.first_point


def _amounts(
    amounts: tuple[tuple[str, float], ...], state: SessionState, model: LoadedReply
) -> tuple[tuple[str, float], ...]:
    return amounts if len(state.probe) == model.latents else ()


def _pins(pins: tuple[Point, ...], state: SessionState, model: LoadedReply) -> tuple[Point, ...]:
    return tuple(pin for pin in pins if len(pin) == model.latents)


def _places(places: tuple[Place, ...], state: SessionState, model: LoadedReply) -> tuple[Place, ...]:
    return tuple(place for place in places if len(place.z) == model.latents)


def _analogy(analogy: Analogy, state: SessionState, model: LoadedReply) -> Analogy:
    a, b, c = (None if point is None or len(point) != model.latents else point for point in analogy)
    return a, b, c


def _condition(condition: Point, state: SessionState, model: LoadedReply) -> Point:
    return fitted_condition(condition, model.condition_names, model.exclusive)


def _asked(
    asked: tuple[tuple[str, float], ...], state: SessionState, model: LoadedReply
) -> tuple[tuple[str, float], ...]:
    return fitted_asked(asked, model.condition_names, model.exclusive)


def _plane(plane: PlaneSettings, state: SessionState, model: LoadedReply) -> PlaneSettings:
    there = plane.axes != PAIR or max(plane.first, plane.second) < max(2, model.latents)
    return plane if there else PlaneSettings()


def _pointed(z: Point | None, state: SessionState, model: LoadedReply) -> Point | None:
    return z if z is None or len(z) == model.latents else None


def _selected(index: int | None, state: SessionState, model: LoadedReply) -> int | None:
    return index if index is not None and index < len(model.images) else None


def _group(group: tuple[int, ...], state: SessionState, model: LoadedReply) -> tuple[int, ...]:
    return tuple(one for one in group if one < len(model.images))


def _hidden(hidden: frozenset[int], state: SessionState, model: LoadedReply) -> frozenset[int]:
    return frozenset(label for label in hidden if label < len(model.classes))


_Fit = Callable[[Any, SessionState, LoadedReply], Any]
_FITS: Mapping[str, _Fit] = {
    "probe": _probe,
    "amounts": _amounts,
    "pins": _pins,
    "places": _places,
    "analogy": _analogy,
    "condition": _condition,
    "asked": _asked,
    "plane": _plane,
    "pointed": _pointed,
    "selected": _selected,
    "group_a": _group,
    "group_b": _group,
    "hidden": _hidden,
}
_NOTHING: Mapping[str, Any] = {"selected": None, "group_a": (), "group_b": (), "hidden": frozenset()}
