"""Density ratios in their thread: what is told, how one is stopped, and how a failure comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.evaluation.ratio.events import RatioDone, RatioEvent, RatioProgress
from latentlab.qt.clients import ratio_client
from latentlab.qt.clients.ratio_client import RatioClient
from tests.qt.fake_ratio import BROKEN, FakeRatios
from tests.qt.waiting import until_idle


@pytest.fixture
def fake() -> FakeRatios:
    return FakeRatios()


@pytest.fixture
def client(qtbot: QtBot, fake: FakeRatios) -> Iterator[RatioClient]:
    made = RatioClient(fake)
    yield made
    made.stop()


def heard(client: RatioClient) -> list[RatioEvent]:
    events: list[RatioEvent] = []
    client.told.connect(events.append)
    return events


def test_that_an_estimate_is_told_from_its_first_event_to_its_result(client: RatioClient) -> None:
    events, states = heard(client), list[bool]()
    client.changed.connect(lambda: states.append(client.running))
    client.estimate("toy:test", "tiny", 100)
    assert client.running
    until_idle()
    first, last = events
    assert first == RatioProgress(0.25, "Drawing samples")
    assert isinstance(last, RatioDone)
    assert (last.result.a.spec, last.result.b.spec) == ("toy:test", "tiny")
    assert states == [True, False]


def test_that_a_stop_in_the_middle_ends_it_and_that_nothing_more_is_told(
    qtbot: QtBot, client: RatioClient, fake: FakeRatios
) -> None:
    fake.endless = True
    events = heard(client)
    client.estimate("toy:test", "tiny", 100)
    qtbot.waitUntil(lambda: len(events) > 5, timeout=5000)
    client.stop_estimating()
    count = len(events)
    assert not client.running
    until_idle()
    assert len(events) == count
    assert fake.given_up == 1


def test_that_the_newest_takes_the_place_of_the_one_before(
    qtbot: QtBot, client: RatioClient, fake: FakeRatios
) -> None:
    fake.endless = True
    events = heard(client)
    client.estimate("toy:test", "tiny", 100)
    qtbot.waitUntil(lambda: len(events) > 5, timeout=5000)
    fake.endless = False
    client.estimate("toy:test", "other", 100)
    events.clear()
    until_idle()
    done = [event.result.b.spec for event in events if isinstance(event, RatioDone)]
    assert done == ["other"]


def test_that_a_failure_is_said_and_the_next_works(client: RatioClient) -> None:
    events, failures = heard(client), list[str]()
    client.failed.connect(lambda message, details: failures.append(message))
    client.estimate("toy:test", BROKEN, 100)
    until_idle()
    assert failures == [f"{BROKEN}: is no model file"]
    assert not client.running
    client.estimate("toy:test", "tiny", 100)
    until_idle()
    assert isinstance(events[-1], RatioDone)


def test_that_it_costs_no_thread_before_something_is_asked(client: RatioClient) -> None:
    client.stop_estimating()
    client.give_way()
    assert not client.request_end()[0].isRunning()


def test_that_an_engine_that_does_not_start_is_said(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratio_client, "_SERVICE", ("latentlab.no_such_engine", "Ratios"))
    client, failures = RatioClient(), list[str]()
    client.failed.connect(lambda message, details: failures.append(message))
    client.estimate("toy:test", "tiny", 100)
    qtbot.waitUntil(lambda: not client.running, timeout=20_000)
    assert len(failures) == 1
    assert "could not be started" in failures[0]
    client.stop()
