"""Carries a session over to another model, and finds the data to open it on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.engine.files.model_catalog import data_of, recorded_data_of, shape_of_pictures
from latentlab.engine.files.recorded_data import is_there
from latentlab.errors import LabError
from latentlab.session.fitting import on_data
from latentlab.session.known_data import split_to_show, title_of
from latentlab.session.memories import come_back, in_training, memory_of, remember
from latentlab.session.recent_data import RecentData
from latentlab.session.state import PlaneSettings, SessionState


def on_its_data(state: SessionState, model: str, recent: tuple[RecentData, ...]) -> SessionState:
    """`state` for another model, on the data that it was left on if they are still there.

    Else on the data that it learnt if those seem to be among the user's recent data: of that name and shape,
    still there, and not named like data that ship; or if they are still where its file says.
    """
    other = for_model(state, model)
    if other is not state and memory_of(state.memories, model) is not None:
        if _is_there(other.data):
            return other
        other = on_data(other, state.data, state.split)
    learnt, shape = data_of(model), shape_of_pictures(model)
    if not learnt or learnt in SHIPPED_SETS or title_of(state.data) == learnt:
        return other
    mine = (one for one in recent if title_of(one.spec) == learnt and one.shape == shape)
    found = next((one.spec for one in mine if _is_there(one.spec)), None)
    if found is None and is_there(recorded := recorded_data_of(model)):
        found = recorded
    return other if found is None else on_data(other, found, split_to_show(found, recent))


def picks_lost(state: SessionState, model: str) -> str:
    """A message if pictures were picked with a model that is to be opened, and are gone; "" if not."""
    memory = memory_of(state.memories, model)
    if memory is None or model == state.model or _is_there(memory.data):
        return ""
    picked = memory.pictures
    if not (memory.group_a or memory.group_b or (picked and (picked.group_a or picked.group_b))):
        return ""
    return f"{memory.data} is not there any more: the groups that were picked from it are left out."


def for_model(state: SessionState, model: str) -> SessionState:
    """`state` for another model, with what waits for that one; what belongs to the open one waits for it.

    Points of one latent space have no meaning in another. How the window looks goes over to a model that is
    opened for the first time.
    """
    if model == state.model and not in_training(state):
        return state
    memories = state.memories if in_training(state) else remember(state.memories, state)
    state = replace(state, memories=memories)
    memory = memory_of(memories, model)
    if memory is not None:
        return replace(come_back(state, memory), model=model)
    origin = (0.0,) * len(state.probe)
    # A saved session holds the key of the selected picture.
    kept = state.pictures and replace(state.pictures, selected="")
    return replace(
        state,
        model=model,
        model_hash="",
        probe=origin,
        fresh=True,
        amounts=(),
        pins=(),
        places=(),
        analogy=(None, None, None),
        selected=None,
        pictures=kept,
        frame=None,
        plane=PlaneSettings(),
        condition=(),
        asked=(),
        pointed=None,
    )


def instead(state: SessionState, usual: SessionState) -> SessionState:
    """The state for the usual model and data, because that of `state` cannot be opened; it waits for it."""
    other = for_model(state, usual.model)
    if memory_of(state.memories, usual.model) is not None and other.data == usual.data:
        return other
    # Nor are pictures picked from other data: no message that they are gone is needed.
    return on_data(replace(other, pictures=None), usual.data, usual.split)


def _is_there(spec: str) -> bool:
    try:
        source = Spec.parse(spec).source
        return source in SHIPPED_SETS or Path(source).exists()
    except (LabError, OSError):
        return False
