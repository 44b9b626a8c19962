"""The alarm of mode collapse: what it takes for collapse, and for how long."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core.collapse import GRACE, LASTING, CollapseAlarm, Variety, effective_classes
from latentlab.core.variety import mean_distance

ALIKE, VARIED = Variety(0.1), Variety(0.8)


def rings_at(alarm: CollapseAlarm, varieties: dict[int, Variety]) -> int | None:
    return next((step for step, variety in varieties.items() if alarm.look(step, variety)), None)


def test_that_the_mean_distance_is_that_of_all_pairs_or_of_those_of_a_group() -> None:
    x = torch.tensor([[0.0], [1.0], [4.0]])
    assert mean_distance(x) == pytest.approx((1.0 + 4.0 + 3.0) / 3.0)
    assert mean_distance(x, torch.tensor([0, 0, 1])) == pytest.approx(1.0)
    assert math.isnan(mean_distance(x, torch.tensor([0, 1, 2])))


def test_that_effective_classes_count_equal_ones_whole_and_rare_ones_little() -> None:
    assert effective_classes((5, 5, 5, 5)) == pytest.approx(4.0)
    assert effective_classes((20, 0, 0)) == pytest.approx(1.0)
    assert 1.0 < effective_classes((99, 1)) < 1.1
    assert effective_classes(()) == 0.0


def test_that_it_rings_for_samples_that_stay_alike_within_500_steps() -> None:
    rung = rings_at(CollapseAlarm(), dict.fromkeys(range(0, 501, 25), ALIKE))
    assert rung is not None
    assert GRACE + LASTING <= rung <= 500


def test_that_a_start_that_is_alike_and_a_single_bad_look_do_not_ring() -> None:
    looks = {step: ALIKE if step < 300 or step == 500 else VARIED for step in range(0, 1000, 25)}
    assert rings_at(CollapseAlarm(), looks) is None


def test_that_two_looks_far_apart_are_too_few() -> None:
    assert rings_at(CollapseAlarm(), {300: ALIKE, 2000: ALIKE}) is None


def test_that_it_rings_for_few_classes_unless_these_were_asked_for() -> None:
    counts = (190, 10, *(0,) * 8)
    steps = range(0, 501, 25)
    assert rings_at(CollapseAlarm(), {step: Variety(0.9, counts) for step in steps}) is not None
    assert rings_at(CollapseAlarm(), {step: Variety(0.9, counts, asked=True) for step in steps}) is None


def test_that_it_falls_silent_when_samples_recover_and_begins_anew_with_another_training() -> None:
    alarm = CollapseAlarm()
    assert rings_at(alarm, dict.fromkeys(range(0, 501, 25), ALIKE)) is not None
    assert not alarm.look(525, VARIED)
    assert rings_at(alarm, dict.fromkeys(range(0, 200, 25), ALIKE)) is None


def test_that_what_is_unknown_rings_nothing() -> None:
    assert rings_at(CollapseAlarm(), {step: Variety(math.nan) for step in range(0, 2000, 25)}) is None
