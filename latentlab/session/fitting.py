"""What of a session fits a model, and what of it decides which pictures are asked for."""

from __future__ import annotations

from dataclasses import replace

from latentlab.engine.replies import LoadedReply
from latentlab.engine.requests import Point
from latentlab.session.conditions import fitted_asked, fitted_condition
from latentlab.session.state import Analogy, SessionState


def way_of(state: SessionState) -> tuple[tuple[Point, ...], str, int, Point]:
    """What of a state decides the pictures of its walk."""
    return state.pins, state.walk.path, state.walk.steps, state.condition


def fitted_to(state: SessionState, model: LoadedReply) -> SessionState:
    """`state` with whatever does not exist in this model or data left out."""
    fits = len(state.probe) == model.latents
    selected = state.selected
    if selected is not None and selected >= len(model.images):
        selected = None
    return replace(
        state,
        probe=state.probe if fits else (0.0,) * model.latents,
        amounts=state.amounts if fits else (),
        pins=tuple(pin for pin in state.pins if len(pin) == model.latents),
        analogy=_of_latents(state.analogy, model.latents),
        selected=selected,
        group_a=tuple(one for one in state.group_a if one < len(model.images)),
        group_b=tuple(one for one in state.group_b if one < len(model.images)),
        condition=fitted_condition(state.condition, model.condition_names, model.exclusive),
        asked=fitted_asked(state.asked, model.condition_names, model.exclusive),
        hidden=frozenset(label for label in state.hidden if label < len(model.classes)),
    )


def _of_latents(analogy: Analogy, latents: int) -> Analogy:
    """An analogy without the points of another number of dimensions."""
    a, b, c = (None if point is None or len(point) != latents else point for point in analogy)
    return a, b, c
