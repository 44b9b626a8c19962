"""The thread that draws: what goes first, and what waits for a hand that moves."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine import requests as rq
from latentlab.qt.mailbox import Mailbox
from latentlab.qt.render_thread import RenderThread

PIECES = 4


class Pieces:
    """Answers in pieces, and notes when each was worked at."""

    def __init__(self) -> None:
        self.worked: list[tuple[str, float]] = []

    def serve(self, request: rq.Request) -> Iterator[None]:
        for _ in range(1 if request.slot == "point" else PIECES):
            self.worked.append((request.slot, time.monotonic()))
            yield None

    def when(self, slot: str) -> list[float]:
        return [at for worked, at in self.worked if worked == slot]


@pytest.fixture
def pieces() -> Pieces:
    return Pieces()


@pytest.fixture
def mailbox(qtbot: QtBot, pieces: Pieces) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    thread = RenderThread(mailbox, pieces)
    thread.start()
    yield mailbox
    thread.stop()


def point(number: int = 1) -> rq.PointRequest:
    return rq.PointRequest(number, (0.0, float(number)))


def grid() -> rq.GridRequest:
    return rq.GridRequest(1, 4, 4)


def test_that_work_nobody_looks_at_waits_for_the_next_move_of_the_hand(qtbot, mailbox, pieces):
    mailbox.put(point())
    qtbot.waitUntil(lambda: len(pieces.when("point")) == 1)
    mailbox.put(grid())
    qtbot.waitUntil(lambda: len(pieces.when("grid")) == PIECES)
    assert pieces.when("grid")[0] - pieces.when("point")[0] > 0.015


def test_that_it_comes_to_its_end_though_the_hand_never_rests(qtbot, mailbox, pieces):
    mailbox.put(point())
    qtbot.waitUntil(lambda: len(pieces.when("point")) == 1)
    mailbox.put(grid())
    for number in range(2, 2000):
        mailbox.put(point(number))
        qtbot.wait(3)
        if len(pieces.when("grid")) == PIECES:
            break
    assert len(pieces.when("grid")) == PIECES
    # Far fewer pieces than moves, each followed by some: the hand was served all the while.
    assert len(pieces.when("point")) > 2 * PIECES


def test_that_what_a_person_asked_for_does_not_wait_for_the_hand(qtbot, mailbox, pieces):
    """A selection has somebody waiting for it: it follows the point at once, before a patient grid."""
    mailbox.put(grid())
    mailbox.put(rq.SelectionRequest(2, 0))
    mailbox.put(point())
    qtbot.waitUntil(lambda: len(pieces.when("grid")) == PIECES)
    assert max(pieces.when("selection")) < pieces.when("grid")[-1]


def test_that_without_a_hand_nothing_waits(qtbot, mailbox, pieces):
    mailbox.put(grid())
    qtbot.waitUntil(lambda: len(pieces.when("grid")) == PIECES)
    assert not pieces.when("point")


def test_that_the_mailbox_waits_as_long_as_it_is_told_and_no_longer():
    mailbox, begun = Mailbox(), time.monotonic()
    assert mailbox.take(0.0) == []
    assert mailbox.take(0.05) == []
    assert time.monotonic() - begun >= 0.05
    mailbox.put(point())
    assert mailbox.take(None) == [point()]
    mailbox.close()
    assert mailbox.take(None) == []
