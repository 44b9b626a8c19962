"""What cannot be done with a model, and why."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.session.able import why_not

HAS = frozenset({Capability.DECODES, Capability.SAMPLES})
ENCODES, SCORES = Capability.ENCODES, Capability.SCORES


def test_that_what_a_later_phase_will_train_is_not_said_to_be_missing_for_good() -> None:
    assert "has no encoder:" in why_not("a", HAS, {ENCODES})
    assert "trained last" in why_not("a", HAS, {ENCODES}, frozenset({ENCODES}))
    assert "cannot do this yet" in why_not("a", HAS, {SCORES}, frozenset({SCORES}))
    assert why_not("a", HAS | {ENCODES}, {ENCODES}, frozenset({ENCODES})) == ""


def test_that_it_says_first_what_waiting_would_not_help() -> None:
    assert "no discriminator" in why_not("a", HAS, {ENCODES, SCORES}, frozenset({ENCODES}))
