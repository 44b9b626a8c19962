"""One clock tells whether the hand moves; the test turns it."""

from __future__ import annotations

import pytest

from latentlab.qt.clients.hand import GESTURE_PAUSE_S, HAND_RESTS_S, Hand, milliseconds
from latentlab.qt.clients.undo import GestureClock


class Clock:
    """A clock that goes only when it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("now", [0.0, 0.1, 1e9])
def test_that_a_hand_that_has_never_moved_rests(clock: Clock, now: float):
    clock.now = now
    hand = Hand(clock=clock)
    assert not hand.moves
    assert hand.rests_in == 0.0


def test_that_a_hand_moves_until_its_rest_and_no_longer(clock: Clock):
    hand = Hand(0.5, clock)
    hand.moved()
    assert hand.moves
    assert hand.rests_in == 0.5
    clock.now += 0.375
    assert hand.moves
    assert hand.rests_in == 0.125
    clock.now += 0.125
    assert not hand.moves
    assert hand.rests_in == 0.0
    clock.now += 100.0
    assert hand.rests_in == 0.0


def test_that_every_move_puts_the_rest_off(clock: Clock):
    hand = Hand(0.5, clock)
    for _ in range(5):
        hand.moved()
        clock.now += 0.375
        assert hand.moves
    clock.now += 0.125
    assert not hand.moves


def test_that_it_rests_as_long_after_a_drag_as_the_one_clock_says(clock: Clock):
    hand = Hand(clock=clock)
    hand.moved()
    assert hand.rests_in == pytest.approx(HAND_RESTS_S)


@pytest.mark.parametrize(("seconds", "ms"), [(0.04, 40), (0.06, 60), (0.2, 200), (0.25, 250), (0.0, 0)])
def test_that_qt_gets_whole_milliseconds(seconds: float, ms: int):
    assert milliseconds(seconds) == ms


def test_that_rapid_changes_are_one_gesture(clock: Clock):
    gestures = GestureClock(clock=clock)
    first = gestures.gesture()
    for _ in range(5):
        clock.now += GESTURE_PAUSE_S - 0.01
        assert gestures.gesture() == first


def test_that_a_change_after_a_pause_is_another_gesture(clock: Clock):
    gestures = GestureClock(clock=clock)
    first = gestures.gesture()
    clock.now += GESTURE_PAUSE_S + 0.01
    assert gestures.gesture() != first


def test_that_a_held_handle_is_one_gesture_however_slowly_it_moves(clock: Clock):
    gestures = GestureClock(clock=clock)
    first = gestures.gesture(held=True)
    clock.now += 60.0
    assert gestures.gesture(held=True) == first


def test_that_an_ended_gesture_is_not_taken_up_again(clock: Clock):
    gestures = GestureClock(clock=clock)
    first = gestures.gesture()
    gestures.end()
    assert gestures.gesture() != first


def test_that_no_two_controls_share_a_gesture(clock: Clock):
    assert GestureClock(clock=clock).gesture() != GestureClock(clock=clock).gesture()
