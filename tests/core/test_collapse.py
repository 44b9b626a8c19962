"""The alarm of mode collapse: what it takes for collapse, and for how long."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core.collapse import GRACE, LASTING, LATE, CollapseAlarm, Variety, effective_classes
from latentlab.core.variety import mean_distance

SAME, ALIKE, VARIED = Variety(0.01), Variety(0.1), Variety(0.8)


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


def test_that_it_rings_for_samples_that_are_the_same_from_the_start_within_500_steps() -> None:
    rung = rings_at(CollapseAlarm(), dict.fromkeys(range(0, 501, 25), SAME))
    assert rung is not None
    assert GRACE + LASTING <= rung <= 500


def test_that_it_rings_within_500_steps_of_a_loss_of_variety() -> None:
    looks = {step: VARIED if step < 800 else ALIKE for step in range(0, 1301, 25)}
    assert rings_at(CollapseAlarm(), looks) == 800 + LASTING


def test_that_a_slow_start_rings_only_after_thousands_of_steps() -> None:
    rung = rings_at(CollapseAlarm(), dict.fromkeys(range(0, 2 * LATE, 100), ALIKE))
    assert rung is not None
    assert rung >= LATE + LASTING


def test_that_one_varied_look_of_a_slow_start_is_no_variety() -> None:
    looks = {step: VARIED if step == 300 else ALIKE for step in range(0, 1000, 25)}
    assert rings_at(CollapseAlarm(), looks) is None


def test_that_a_start_that_is_alike_and_a_single_bad_look_do_not_ring() -> None:
    looks = {step: ALIKE if step < 300 or step == 500 else VARIED for step in range(0, 1000, 25)}
    assert rings_at(CollapseAlarm(), looks) is None


def test_that_two_looks_far_apart_are_too_few() -> None:
    assert rings_at(CollapseAlarm(), {300: SAME, 2000: SAME}) is None


def test_that_it_rings_for_few_classes_unless_these_were_asked_for() -> None:
    def after_variety(variety: Variety) -> int | None:
        looks = {step: VARIED if step < 500 else variety for step in range(0, 1001, 25)}
        return rings_at(CollapseAlarm(), looks)

    counts = (190, 10, *(0,) * 8)
    assert after_variety(Variety(0.9, counts)) is not None
    assert after_variety(Variety(0.9, counts, asked=True)) is None


def test_that_it_falls_silent_when_samples_recover_and_begins_anew_with_another_training() -> None:
    alarm = CollapseAlarm()
    looks = {step: VARIED if step < 500 else ALIKE for step in range(0, 1001, 25)}
    assert rings_at(alarm, looks) is not None
    assert not alarm.look(1025, VARIED)
    assert rings_at(alarm, dict.fromkeys(range(0, 1000, 25), ALIKE)) is None


def test_that_what_is_unknown_rings_nothing() -> None:
    assert rings_at(CollapseAlarm(), {step: Variety(math.nan) for step in range(0, 2000, 25)}) is None
