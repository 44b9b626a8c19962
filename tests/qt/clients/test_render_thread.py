"""The thread that draws: what goes first, and what waits for a hand that moves."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.data.stopping import require_wanted
from latentlab.engine.rendering.requests.grids import GridRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, LoadRequest
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.hand import HAND_RESTS_S
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread

PIECES = 4


class Pieces:
    """Answers in pieces, `seconds` each, and notes when each was begun; `hold` keeps the thread waiting."""

    def __init__(self) -> None:
        self.worked: list[tuple[type[Request], float]] = []
        self.seconds = 0.0
        self.hold = threading.Event()
        self.hold.set()

    def serve(self, request: Request) -> Iterator[None]:
        for _ in range(1 if isinstance(request, PointRequest) else PIECES):
            self.hold.wait(5)
            self.worked.append((type(request), time.monotonic()))
            time.sleep(self.seconds)
            yield None

    def when(self, kind: type[Request]) -> list[float]:
        return [at for worked, at in self.worked if worked is kind]


@pytest.fixture
def pieces() -> Pieces:
    return Pieces()


@pytest.fixture
def mailbox(qtbot: QtBot, pieces: Pieces) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    thread = RenderThread(mailbox, pieces)
    thread.start()
    yield mailbox
    pieces.hold.set()
    thread.stop()


def point(number: int = 1) -> PointRequest:
    return PointRequest(number, (0.0, float(number)))


def grid() -> GridRequest:
    return GridRequest(1, 4, 4)


def all_at_once(mailbox: Mailbox, pieces: Pieces, *requests: Request) -> None:
    """Leaves requests so that the thread finds all of them together, after a point."""
    pieces.hold.clear()
    mailbox.put(point())
    for request in requests:
        mailbox.put(request)
    pieces.hold.set()


def test_that_work_nobody_looks_at_waits_for_the_next_move_of_the_hand(qtbot, mailbox, pieces):
    all_at_once(mailbox, pieces, grid())
    qtbot.waitUntil(lambda: len(pieces.when(GridRequest)) == PIECES)
    assert pieces.when(GridRequest)[0] - pieces.when(PointRequest)[0] > 0.01


def test_that_it_gets_a_small_share_of_the_time_while_the_hand_moves(qtbot, mailbox, pieces):
    pieces.seconds = 0.001
    all_at_once(mailbox, pieces, grid())
    for number in range(2, 2000):
        mailbox.put(point(number))
        qtbot.wait(6)  # a hand that the thread can follow; a faster one leaves it no time for anything else
        if len(pieces.when(GridRequest)) == PIECES:
            break
    assert len(pieces.when(GridRequest)) == PIECES, "it comes to its end though the hand never rests"
    moves, waits = pieces.when(PointRequest), pieces.when(GridRequest)
    for one, next_one in itertools.pairwise(waits):
        between = [at for at in moves if one < at < next_one]
        rested = max(after - at for at, after in itertools.pairwise([one, *between, next_one]))
        # A machine that is busy elsewhere makes the hand seem to rest.
        assert next_one - one > 20 * pieces.seconds or rested > 0.015


def test_that_what_somebody_waits_for_goes_before_patient_work_that_is_more_urgent(qtbot, mailbox, pieces):
    """Where the pictures lie has the lowest priority of all, and yet does not wait for the hand."""
    assert EncodeRequest.priority > GridRequest.priority
    all_at_once(mailbox, pieces, grid(), EncodeRequest(2))
    qtbot.waitUntil(lambda: len(pieces.when(GridRequest)) == PIECES)
    assert pieces.when(EncodeRequest)[-1] < pieces.when(GridRequest)[-1]
    assert pieces.when(EncodeRequest)[0] < pieces.when(GridRequest)[0]


def test_that_without_a_hand_nothing_waits(qtbot, mailbox, pieces):
    mailbox.put(grid())
    qtbot.waitUntil(lambda: len(pieces.when(GridRequest)) == PIECES)
    assert not pieces.when(PointRequest)


def test_that_the_mailbox_waits_as_long_as_it_is_told_and_no_longer():
    mailbox, begun = Mailbox(), time.monotonic()
    assert mailbox.take(0.0) == []
    assert mailbox.take(0.05) == []
    assert time.monotonic() - begun >= 0.05
    mailbox.put(point())
    assert mailbox.take(None) == [point()]
    mailbox.close()
    assert mailbox.take(None) == []


class Stopped(Pieces):
    """Pieces whose work is the only thing that takes time; nothing passes while the thread waits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def serve(self, request: Request) -> Iterator[None]:
        for piece in super().serve(request):
            self.now += 0.01
            yield piece


def test_that_a_rest_for_a_hand_elsewhere_ends_when_something_is_asked(qtbot):
    pieces, mailbox = Stopped(), Mailbox()
    thread = RenderThread(mailbox, pieces, clock=lambda: pieces.now)
    thread.give_way()
    mailbox.put(EncodeRequest(1))
    thread.start()
    try:
        qtbot.waitUntil(lambda: len(pieces.when(EncodeRequest)) == 1)
        qtbot.wait(50)
        assert len(pieces.when(EncodeRequest)) == 1, "it rests"
        mailbox.put(point())
        qtbot.waitUntil(lambda: len(pieces.when(PointRequest)) == 1, timeout=5000)
    finally:
        thread.stop()


def test_that_a_hand_elsewhere_that_rests_again_is_not_given_way_to(qtbot):
    pieces, mailbox = Stopped(), Mailbox()
    thread = RenderThread(mailbox, pieces, clock=lambda: pieces.now)
    thread.give_way()
    pieces.now += HAND_RESTS_S
    mailbox.put(EncodeRequest(1))
    thread.start()
    try:
        qtbot.waitUntil(lambda: len(pieces.when(EncodeRequest)) == PIECES, timeout=5000)
    finally:
        thread.stop()


class Reads:
    """Reads pictures without end for one model; another is there at once."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    def serve(self, request: Request) -> Iterator[Reply]:
        assert isinstance(request, LoadRequest)
        while request.model == "many":
            self.begun.set()
            require_wanted()
        yield Refusal(request.generation, type(request), request.model)


def test_that_pictures_that_are_read_for_a_model_wait_neither_for_another_nor_for_the_end(qtbot: QtBot):
    box, reads = Mailbox(), Reads()
    thread = RenderThread(box, reads)
    told: list[Reply] = []
    thread.replied.connect(lambda kind, reply: told.append(reply), Qt.ConnectionType.DirectConnection)
    thread.start()
    try:
        box.put(LoadRequest(1, "many", "mine", "test"))
        assert reads.begun.wait(5)
        box.put(LoadRequest(2, "other", "mnist", "test"))
        qtbot.waitUntil(lambda: bool(told), timeout=5000)
        # Of the one that was given up nobody hears.
        assert [(one.generation, one.message) for one in told] == [(2, "other")]
        reads.begun.clear()
        box.put(LoadRequest(3, "many", "mine", "test"))
        assert reads.begun.wait(5)
    finally:
        thread.stop()
    assert thread.isFinished()
