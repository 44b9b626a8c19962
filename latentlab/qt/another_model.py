"""What of a session goes over to another model, and which data it is opened on."""

from __future__ import annotations

from dataclasses import replace

from latentlab.qt.diffusion.shelf import data_of
from latentlab.qt.known_data import title_of
from latentlab.qt.recent_data import RecentData
from latentlab.session.state import PlaneSettings, SessionState


def on_its_data(state: SessionState, model: str, recent: tuple[RecentData, ...]) -> SessionState:
    """`state` for another model, on the data that it learnt if those of one's own opened lately are them."""
    learnt = data_of(model)
    mine = next((one.spec for one in recent if learnt and title_of(one.spec) == learnt), None)
    if mine is None or title_of(state.data) == learnt:
        return for_model(state, model)
    return replace(for_model(state, model), data=mine, group_a=(), group_b=())


def for_model(state: SessionState, model: str) -> SessionState:
    """`state` for another model: points of one latent space mean nothing in another."""
    if model == state.model:
        return state
    origin = (0.0,) * len(state.probe)
    return replace(
        state,
        model=model,
        probe=origin,
        amounts=(),
        pins=(),
        analogy=(None, None, None),
        selected=None,
        frame=None,
        plane=PlaneSettings(),
        condition=(),
    )
