"""Where the probe goes when the decoder is told something else: z leans, if it may and it is known how."""

from __future__ import annotations

from latentlab.engine.types import Point
from latentlab.qt.clients.client import Client


def leant(workspace: Client, condition: Point, since: tuple[Point, Point] | None = None) -> Point:
    """z under another condition.

    Args:
        workspace: whose probe, model and knowledge of what z still tells it is.
        condition: what the decoder is to be told.
        since: what it was told, and the probe then; by default, those of now.
    """
    found, state = workspace.still_told, workspace.state
    before, z = since or (state.condition, state.probe)
    if found is None or workspace.model is None or not state.lean or found.latents != len(z):
        return z
    told = zip(workspace.model.condition_names, before, condition, strict=True)
    change = {name: then - now for name, now, then in told if then != now}
    return tuple(map(float, found.leant(z, change))) if change else z
