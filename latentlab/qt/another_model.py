"""What of a session goes over to another model."""

from __future__ import annotations

from dataclasses import replace

from latentlab.session.state import PlaneSettings, SessionState


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
