"""A session of the model with the most latents is saved and read again."""

from __future__ import annotations

import pytest

from latentlab.models.registry import KINDS
from latentlab.models.settings import settings_of
from latentlab.models.spec import KindSpec
from latentlab.session.saved import from_text, to_text
from latentlab.session.state import PAIR, Place, PlaneSettings, SessionState

WITH_LATENTS = [kind for kind in KINDS.values() if "latents" in settings_of(kind.config)]


@pytest.mark.parametrize("kind", WITH_LATENTS, ids=lambda kind: kind.name)
def test_that_a_session_takes_the_most_latents_that_a_kind_may_have(kind: KindSpec) -> None:
    most = settings_of(kind.config)["latents"].high
    assert most is not None
    z = (0.5,) * int(most)
    plane = PlaneSettings(axes=PAIR, first=0, second=int(most) - 1)
    state = SessionState(probe=z, pins=(z,), plane=plane, places=(Place("here", z, ()),))
    assert from_text(to_text(state)) == state
