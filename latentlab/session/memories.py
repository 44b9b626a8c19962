"""What was done with a model waits for it, and is there again when the model comes back.

A memory is the state in which a model was left, with its pictures named by their keys. It belongs to the
model's hash: a file that was moved or renamed has its memory still. Where no hash is known, or none is the
same, the name counts: what was done with an earlier version of a file is kept as far as it fits.
"""

from __future__ import annotations

from dataclasses import replace

from latentlab.engine.files.kept_paths import kept_data, kept_model
from latentlab.session.own_directions import OwnDirection
from latentlab.session.state import TRANSIENT, SessionState

# Models; the one that was left longest ago is forgotten first.
MAX_MEMORIES = 64
# Of all models together, or of the person: no memory holds them.
SHARED = frozenset({"own", "own_picture", "memories"})
_ASIDE = SHARED | TRANSIENT
# What the window calls a model that is being trained, and is no file yet.
_IN_TRAINING = " (training)"

Memories = tuple[SessionState, ...]


def is_hash(text: str) -> bool:
    """Whether it is the hash of a file: a model that is being trained has none, or only noughts."""
    return bool(text.strip("0"))


def in_training(state: SessionState) -> bool:
    """Whether its points are of a model that is being trained, and not of the file that it names."""
    return bool(state.model_hash) and not is_hash(state.model_hash)


def memory_of(memories: Memories, model: str, model_hash: str = "") -> SessionState | None:
    """What waits for a model: by its hash, else by its name or path, else from its training."""
    newest = tuple(reversed(memories))
    by_hash = (one for one in newest if is_hash(model_hash) and one.model_hash == model_hash)
    by_name = (one for one in newest if one.model == model)
    trained = (one for one in newest if one.model == _stem(model) + _IN_TRAINING)
    return next(by_hash, None) or next(by_name, None) or next(trained, None)


def remember(memories: Memories, state: SessionState) -> Memories:
    """The memories with that of the model of `state`, in place of an earlier one of it."""
    usual = SessionState()
    mine = replace(state, **{name: getattr(usual, name) for name in _ASIDE})
    others = tuple(one for one in memories if not _same(one, mine))
    return (*others, mine)[-MAX_MEMORIES:]


def forget(memories: Memories, model: str, model_hash: str) -> Memories:
    """The memories without that of an open model; an earlier version of its file keeps its own."""
    left = tuple(
        one
        for one in memories
        if (one.model_hash != model_hash if is_hash(one.model_hash) else one.model != model)
    )
    return left if len(left) < len(memories) else memories


def come_back(state: SessionState, memory: SessionState) -> SessionState:
    """The state with what waited for a model in place of what belongs to another."""
    shared = {name: getattr(state, name) for name in SHARED}
    return replace(memory, **shared, view=state.view)


def found_by_hash(wanted: SessionState, model_hash: str) -> SessionState:
    """The state wanted for a model whose hash is known now that it is open.

    What waits for it under another name comes back, unless points were wanted that are not those of a new
    model.
    """
    memory = memory_of(wanted.memories, wanted.model, model_hash)
    if memory is None or memory.model == wanted.model or memory.model_hash != model_hash or wanted.pins:
        return wanted
    there = replace(come_back(wanted, memory), model=wanted.model)
    if (there.data, there.split) != (wanted.data, wanted.split):
        picked = ("data", "split", "selected", "group_a", "group_b", "hidden", "pictures")
        there = replace(there, **{name: getattr(wanted, name) for name in picked})
    if any(wanted.probe):
        there = replace(there, probe=wanted.probe, amounts=wanted.amounts)
    return there


def changed_since(state: SessionState, model_hash: str, latents: int) -> str:
    """A message if points of this state were made with another version of the model's file; "" if not.

    Args:
        state: for the model as it was left.
        model_hash, latents: of the model as it is.
    """
    then = state.model_hash
    points = points_of(state)
    if not (is_hash(then) and is_hash(model_hash)) or then == model_hash or not points:
        return ""
    fit = sum(len(point) == latents for point in points)
    what = f"{state.model} has changed since {_counted(len(points))} made with it"
    if fit == len(points):
        return f"{what}. They are kept, and may show other pictures now."
    return f"{what}: {len(points) - fit:,} of them have no place in its {latents} latents, and are not shown."


def points_of(state: SessionState) -> tuple[tuple[float, ...], ...]:
    """The points that a person has put down: pins, named places, and those of an analogy."""
    analogy = tuple(point for point in state.analogy if point is not None)
    return (*state.pins, *(place.z for place in state.places), *analogy)


def own_after(
    now: SessionState, value: tuple[OwnDirection, ...], model_hash: str
) -> tuple[OwnDirection, ...]:
    """The own directions after a step of a model was undone or done again: those of other models stay.

    Args:
        now: the current state.
        value: what the step has kept, of all models at that time.
        model_hash: the model of the step.
    """
    others = tuple(one for one in now.own if one.model_hash != model_hash)
    if others == tuple(one for one in value if one.model_hash != model_hash):
        return value
    return (*others, *(one for one in value if one.model_hash == model_hash))


def lasting(state: SessionState) -> SessionState:
    """The session, and what waits for other models, with absolute paths: valid from any working folder."""
    memories = tuple(map(lasting, state.memories))
    return replace(state, model=kept_model(state.model), data=kept_data(state.data), memories=memories)


def _same(one: SessionState, other: SessionState) -> bool:
    if is_hash(one.model_hash) and is_hash(other.model_hash):
        return one.model_hash == other.model_hash
    return one.model == other.model


def _stem(model: str) -> str:
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors")


def _counted(points: int) -> str:
    return "a point was" if points == 1 else f"{points:,} points were"
