"""The state of a session when a model has been opened: what was wanted, what was done since, what waited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.fitting import with_what_was_done_since
from latentlab.session.memories import changed_since, forget, found_by_hash, is_hash, remember
from latentlab.session.pictures import in_words, keyed, renumbered
from latentlab.session.state import SessionState


@dataclass(frozen=True)
class Asked:
    """A request to open a model.

    Attributes:
        wanted: the state that is wanted.
        then: the session at that time.
        goes_on: whether it is the shown model under another name: its points keep their meaning.
        afresh: whether it is the session of a project: nothing of the one before goes over to it.
    """

    wanted: SessionState
    then: SessionState
    goes_on: bool = False
    afresh: bool = False


@dataclass(frozen=True)
class Arrival:
    """`state` is for the model that has been opened; `notes` are for the user.

    `stale` says that pictures came or went while their data were open: earlier steps mean other pictures.
    """

    state: SessionState
    notes: tuple[str, ...] = ()
    stale: bool = False


def with_keys(state: SessionState, model: LoadedReply | None) -> SessionState:
    """The state with its pictures named by what does not change, as far as the open model's data say it."""
    if model is None or model.keys is None or state.pictures is not None:
        return state
    return keyed(state, model.keys, model.classes)


def arrive(
    asked: Asked, kept: SessionState, shown: SessionState, before: LoadedReply | None, reply: LoadedReply
) -> Arrival:
    """The session on the model of `reply`.

    Args:
        asked: the request that `reply` answers.
        kept, shown: the session now, as edited and as far as it fits the model `before`.
        before: the model that has been open until now.
    """
    if asked.afresh:
        before, kept = None, asked.then
    same_model = before is None or before.path == reply.path
    goes_on = same_model or asked.goes_on
    coming = asked.wanted if goes_on else found_by_hash(asked.wanted, reply.hash)
    since = with_what_was_done_since(coming, asked.then, kept, reply, goes_on=goes_on)
    if since.fresh:
        # A point that was asked for is kept.
        probe = since.probe if any(since.probe) else reply.first_point
        since = replace(since, probe=probe, fresh=False)
    found = _in_these_data(since, before, reply)
    state, notes = found.state, found.notes
    if changed := changed_since(state, reply.hash, reply.latents):
        notes += (changed,)
    memories = state.memories
    if before is not None and not same_model:
        left = with_keys(shown, before)
        if is_hash(before.hash):
            memories = remember(memories, left)
        elif not asked.goes_on:  # the training of that model goes on in the background
            memories = remember(memories, replace(left, model=before.model))
    memories = forget(memories, state.model, reply.hash)
    return Arrival(replace(state, memories=memories, model_hash=reply.hash), notes, found.stale)


def _in_these_data(wanted: SessionState, before: LoadedReply | None, reply: LoadedReply) -> Arrival:
    """The state with the picture numbers of the data as they were read now."""
    if reply.keys is None:
        return Arrival(replace(wanted, pictures=None))
    stale, same = False, before is not None and (before.data, before.split) == (reply.data, reply.split)
    if same and before is not None and before.keys is not None and wanted.pictures is None:
        if before.keys.same_as(reply.keys) and before.classes == reply.classes:
            return Arrival(wanted)
        wanted, stale = keyed(wanted, before.keys, before.classes), True
    found = renumbered(wanted, reply.keys, reply.classes)
    return Arrival(found.state, (in_words(found.lost),) if found.lost else (), stale)
