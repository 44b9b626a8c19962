"""Carries a session over to another model, and finds the data to open it on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.engine.files.model_catalog import data_of, shape_of_pictures
from latentlab.session.fitting import on_data
from latentlab.session.known_data import split_to_show, title_of
from latentlab.session.recent_data import RecentData
from latentlab.session.state import PlaneSettings, SessionState


def on_its_data(state: SessionState, model: str, recent: tuple[RecentData, ...]) -> SessionState:
    """`state` for another model, on the data that it learnt if those seem to be among the user's recent data:
    of that name and shape, still there, and not named like data that ship.
    """
    learnt, shape = data_of(model), shape_of_pictures(model)
    if not learnt or learnt in SHIPPED_SETS or title_of(state.data) == learnt:
        return for_model(state, model)
    mine = (one for one in recent if title_of(one.spec) == learnt and one.shape == shape)
    found = next((one.spec for one in mine if Path(Spec.parse(one.spec).source).exists()), None)
    if found is None:
        return for_model(state, model)
    return on_data(for_model(state, model), found, split_to_show(found, recent))


def for_model(state: SessionState, model: str) -> SessionState:
    """`state` for another model: points of one latent space have no meaning in another."""
    if model == state.model:
        return state
    origin = (0.0,) * len(state.probe)
    # A saved session holds the key of the selected picture.
    kept = state.pictures and replace(state.pictures, selected="")
    return replace(
        state,
        model=model,
        probe=origin,
        amounts=(),
        pins=(),
        analogy=(None, None, None),
        selected=None,
        pictures=kept,
        frame=None,
        plane=PlaneSettings(),
        condition=(),
        asked=(),
        pointed=None,
    )
