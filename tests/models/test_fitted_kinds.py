"""What a plan means to kinds that are fitted in passes, as their specs say."""

from __future__ import annotations

from dataclasses import replace

from latentlab.engine.training.plan import means_something, round_of
from latentlab.engine.training.presets import epochs_for
from latentlab.models.registry import registered
from tests.kinds import moments


def test_that_epochs_are_passes_where_a_spec_says_so_and_mean_nothing_where_it_does_not():
    with registered(moments.KIND):
        assert not means_something("epochs", "moments")
        assert round_of("moments") == "pass"
    with registered(replace(moments.KIND, uses=frozenset({"epochs"}), usual={"epochs": 25})):
        assert means_something("epochs", "moments")
        assert not means_something("learning_rate", "moments")
        assert epochs_for(300, "moments") == epochs_for(70_000, "moments") == 25
