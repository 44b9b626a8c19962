"""The judge in its thread: what it tells, what is asked of it meanwhile, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.core.judgement import CellDone, JudgeBegan, JudgeDone, JudgeEvent
from latentlab.engine.evaluation.judge.requests import BehindReply, BehindRequest, JudgeRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients import judge_client
from latentlab.qt.clients.judge_client import JudgeClient
from tests.qt.fake_judge import BROKEN, MODELS, FakeJudge, row_of, table_of
from tests.qt.waiting import until_idle


@pytest.fixture
def fake() -> FakeJudge:
    return FakeJudge()


@pytest.fixture
def client(qtbot: QtBot, fake: FakeJudge) -> Iterator[JudgeClient]:
    made = JudgeClient(fake)
    yield made
    made.stop()


def heard(client: JudgeClient) -> list[JudgeEvent]:
    events: list[JudgeEvent] = []
    client.told.connect(events.append)
    return events


def test_that_a_judging_is_told_from_its_first_event_to_its_last(client: JudgeClient) -> None:
    events, states = heard(client), list[bool]()
    client.changed.connect(lambda: states.append(client.running))
    client.judge(MODELS, "mnist", 2000)
    assert client.running
    until_idle()
    assert isinstance(events[0], JudgeBegan)
    assert events[-1] == JudgeDone(table_of())
    assert sum(isinstance(event, CellDone) for event in events) == len(MODELS) * len(table_of().columns)
    assert states == [True, False]


def test_that_a_stop_in_the_middle_ends_it_and_that_nothing_more_is_told(
    qtbot: QtBot, client: JudgeClient, fake: FakeJudge
) -> None:
    fake.endless = True
    events = heard(client)
    client.judge(MODELS, "mnist", 2000)
    qtbot.waitUntil(lambda: len(events) > 20, timeout=5000)
    client.stop_judging()
    count = len(events)
    assert not client.running
    until_idle()
    assert len(events) == count
    assert fake.given_up == 1, "the generator is closed, whatever it holds"


def test_that_the_newest_judging_takes_the_place_of_the_one_before(
    qtbot: QtBot, client: JudgeClient, fake: FakeJudge
) -> None:
    fake.endless = True
    events = heard(client)
    client.judge(MODELS, "mnist", 2000)
    qtbot.waitUntil(lambda: len(events) > 5, timeout=5000)
    fake.endless = False
    client.judge(MODELS[:1], "mnist", 2000)
    events.clear()
    until_idle()
    assert events[0] == JudgeBegan(table_of(MODELS[:1], measured=False))
    assert events[-1] == JudgeDone(table_of(MODELS[:1]))
    assert not client.running


def test_that_pictures_behind_a_cell_come_while_it_judges(
    qtbot: QtBot, client: JudgeClient, fake: FakeJudge
) -> None:
    fake.endless = True
    events, found = heard(client), list[BehindReply]()
    client.on(BehindRequest).connect(found.append)
    client.judge(MODELS, "mnist", 2000)
    qtbot.waitUntil(lambda: len(events) > 5, timeout=5000)
    row = row_of("/somewhere/mine.safetensors")
    cell = row.cells["frechet.features"]
    client.look_behind(row, "mnist", table_of(), cell)
    qtbot.waitUntil(lambda: len(found) == 1, timeout=5000)
    count = len(events)
    qtbot.waitUntil(lambda: len(events) > count, timeout=5000)
    assert client.running
    asked = next(one for one in fake.served if isinstance(one, BehindRequest))
    assert (asked.model, asked.cell) == ("/somewhere/mine.safetensors", cell)
    assert len(found[0].found.pictures) == len(cell.behind.numbers)


def test_that_a_failure_comes_back_as_a_message_and_the_next_judging_works(client: JudgeClient) -> None:
    events, failures, refusals = heard(client), list[tuple[str, str]](), list[Refusal]()
    client.failed.connect(lambda message, details: failures.append((message, details)))
    client.refused.connect(refusals.append)
    client.judge((BROKEN,), "mnist", 2000)
    until_idle()
    assert failures == [(f"{BROKEN}: is no model file", "")]
    assert [one.of(JudgeRequest) for one in refusals] == [True]
    assert not client.running
    client.judge(MODELS[:1], "mnist", 2000)
    until_idle()
    assert isinstance(events[-1], JudgeDone)


def test_that_it_ends_in_the_middle_of_its_work_when_the_window_closes(
    qtbot: QtBot, client: JudgeClient, fake: FakeJudge
) -> None:
    fake.endless = True
    events = heard(client)
    client.judge(MODELS, "mnist", 2000)
    qtbot.waitUntil(lambda: len(events) > 5, timeout=5000)
    threads = client.request_end()
    client.stop()
    assert all(thread.isFinished() for thread in threads)
    client.judge(MODELS, "mnist", 2000)
    assert not client.request_end()[0].isRunning(), "nothing is asked of it any more"


def test_that_it_costs_no_thread_before_something_is_asked(client: JudgeClient) -> None:
    client.stop_judging()
    client.give_way()
    assert not client.request_end()[0].isRunning()


def test_that_an_engine_that_does_not_start_is_said(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_client, "_SERVICE", ("latentlab.no_such_engine", "Judge"))
    client, failures = JudgeClient(), list[str]()
    client.failed.connect(lambda message, details: failures.append(message))
    client.judge(MODELS, "mnist", 2000)
    qtbot.waitUntil(lambda: not client.running, timeout=20_000)
    assert len(failures) == 1
    assert "could not be started" in failures[0]
    client.stop()
