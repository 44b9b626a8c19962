"""Which frames are kept, and how they are found again."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.engine.diffusion.runner import Frame
from latentlab.qt.views.diffusion.tape.store import TapeStore, every_for, frame_bytes, kept_count, used_bytes


def frame(number: int, total: int = 11, count: int = 2) -> Frame:
    x = np.zeros((count, 1, 4, 4), np.float32)
    return Frame(number, total, 10 * (total - 1 - number), x, x.copy())


def test_that_a_frame_takes_what_the_estimate_says() -> None:
    one = frame(0, count=3)
    assert one.x_t.nbytes + one.x0_hat.nbytes == frame_bytes((1, 4, 4), 3)


@pytest.mark.parametrize(("frames", "every"), [(51, 1), (51, 7), (1001, 10), (2, 1), (11, 4)])
def test_that_the_first_and_the_last_are_counted_too(frames: int, every: int) -> None:
    kept = [number for number in range(frames) if number % every == 0 or number == frames - 1]
    assert kept_count(frames, every) == len(kept)


@pytest.mark.parametrize("frames", [2, 3, 51, 101, 1001])
@pytest.mark.parametrize("fitting", [2, 3, 10, 40, 2000])
def test_that_as_many_frames_are_kept_as_fit_and_no_more(frames: int, fitting: int) -> None:
    budget = fitting * frame_bytes((3, 32, 32), 64)
    every = every_for((3, 32, 32), 64, frames, budget)
    assert kept_count(frames, every) <= fitting
    assert every == 1 or kept_count(frames, every - 1) > fitting


def test_that_with_no_room_at_all_the_ends_are_kept() -> None:
    assert kept_count(51, every_for((1, 28, 28), 16, 51, 0)) == 2


def test_that_the_usual_tapes_are_kept_whole_and_a_huge_one_in_parts() -> None:
    assert every_for((1, 28, 28), 16, 1001) == 1
    assert every_for((3, 32, 32), 64, 51) == 1
    assert every_for((3, 32, 32), 64, 1001) > 1


def test_that_frames_are_found_by_number_by_steps_and_by_time() -> None:
    store = TapeStore()
    for number in (0, 8, 4, 10):
        store.add(frame(number))
    assert [one.number for one in store.frames] == [0, 4, 8, 10]
    assert store.nearest(5) is store.get(4)
    assert store.get(5) is None
    assert store.next(4) is store.get(8)
    assert store.next(5) is store.get(8)
    assert store.next(4, -1) is store.get(0)
    assert store.next(10) is store.get(10)
    assert store.next(0, -1) is store.get(0)
    assert store.at_time(21) is store.get(8)
    assert store.newest is store.get(10)


def test_that_a_store_without_frames_finds_none() -> None:
    store = TapeStore()
    assert store.nearest(0) is store.next(0) is store.at_time(3) is store.newest is None


def test_that_shared_frames_count_once() -> None:
    trunk = TapeStore([frame(0), frame(1)])
    branch = TapeStore([*trunk.frames, frame(2)])
    assert branch.bytes == 3 * frame_bytes((1, 4, 4), 2)
    assert used_bytes([trunk, branch]) == branch.bytes
