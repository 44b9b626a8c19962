"""Orders to the players of a training that runs in its thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.training.events import EpochEnded, Progress
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.playing import PlayerSettings
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.state import load_state
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, Paused, Players
from tests.kinds.small import SMALL
from tests.qt.shell import OFFSCREEN
from tests.tiny import toy_set

pytestmark = OFFSCREEN
PLAN = TrainingPlan(epochs=1000, batch=16, device="cpu", precision="fp32", threads=1, learning_rate=1e-3)


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 64))
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)


@pytest.fixture
def trainer(qtbot: QtBot, tmp_path: Path) -> Iterator[TrainerClient]:
    """One that has begun with two players, and is paused."""
    client = TrainerClient(tmp_path / "models")
    client.events = []
    client.told.connect(client.events.append)
    client.begin(Begin("gan", SMALL["gan"], PLAN, "toy", client.free_name("toy-gan")))
    qtbot.waitUntil(lambda: client.stage is Stage.RUNNING, timeout=20_000)
    client.pause()
    qtbot.waitUntil(lambda: client.stage is Stage.PAUSED, timeout=20_000)
    yield client
    client.leave()


def pauses(trainer: TrainerClient) -> list[int]:
    return [event.step for event in trainer.events if isinstance(event, Paused)]


def test_that_it_is_told_who_plays(trainer: TrainerClient) -> None:
    (told,) = (event for event in trainer.events if isinstance(event, Players))
    assert [one.name for one in told.settings] == ["discriminator", "generator"]
    assert told.learning_rate == PLAN.learning_rate


def test_that_players_step_alone_in_the_order_they_were_told_and_it_stays_paused(
    qtbot: QtBot, trainer: TrainerClient
) -> None:
    (first,) = pauses(trainer)
    trainer.events.clear()
    for player in ("discriminator", "generator", "generator"):
        trainer.step_player(player)
    qtbot.waitUntil(lambda: len(pauses(trainer)) == 3, timeout=20_000)
    assert pauses(trainer) == [first + 1, first + 2, first + 3]
    assert trainer.stage is Stage.PAUSED
    reports = [event.terms for event in trainer.events if isinstance(event, Progress)]
    stepped = [
        [name for name in ("discriminator", "generator") if terms[name] == terms[name]] for terms in reports
    ]
    assert stepped == [["discriminator"], ["generator"], ["generator"]]
    out = trainer.beginning.out
    qtbot.waitUntil(
        lambda: load_state(out.with_name(f"{out.name}.training")).step == first + 3, timeout=20_000
    )


def test_that_in_a_pause_each_step_of_a_player_is_seen(qtbot: QtBot, trainer: TrainerClient) -> None:
    trainer.resume()
    # The averages follow each of the first steps.
    qtbot.waitUntil(lambda: any(getattr(one, "step", 0) > 40 for one in trainer.events), timeout=20_000)
    trainer.events.clear()
    trainer.pause()
    qtbot.waitUntil(lambda: len(pauses(trainer)) == 1, timeout=20_000)
    seen: list[Snapshot] = []
    trainer.unfolded.connect(seen.append)
    for _ in range(3):
        trainer.step_player("generator")
    qtbot.waitUntil(lambda: len(seen) >= 3 and len(pauses(trainer)) == 4, timeout=20_000)
    assert all((one.theta != other.theta).any() for one, other in pairwise(seen))


def test_that_steps_alone_go_on_over_the_end_of_an_epoch(qtbot: QtBot, trainer: TrainerClient) -> None:
    trainer.events.clear()
    for _ in range(5):
        trainer.step_player("generator")
    qtbot.waitUntil(lambda: len(pauses(trainer)) == 5, timeout=20_000)
    assert any(isinstance(event, EpochEnded) for event in trainer.events)
    trainer.resume()
    trainer.keep()
    qtbot.waitUntil(lambda: trainer.stage is Stage.IDLE, timeout=20_000)


def test_that_the_newest_settings_count_and_are_in_the_file(qtbot: QtBot, trainer: TrainerClient) -> None:
    trainer.events.clear()
    for turns in (2, 3, 5):
        trainer.set_players((PlayerSettings("discriminator", 0.5, turns),))
    newest = PlayerSettings("discriminator", 0.5, 5)
    qtbot.waitUntil(
        lambda: any(newest in told.settings for told in trainer.events if isinstance(told, Players))
    )
    trainer.step_player("generator")
    qtbot.waitUntil(lambda: len(pauses(trainer)) == 1, timeout=20_000)
    out = trainer.beginning.out
    trainer.leave()
    assert load_state(out.with_name(f"{out.name}.training")).values["players"] == {"discriminator": [0.5, 5]}


def test_that_nobody_steps_alone_while_all_do(qtbot: QtBot, trainer: TrainerClient) -> None:
    trainer.resume()
    trainer.events.clear()
    trainer.step_player("generator")
    qtbot.waitUntil(lambda: len(trainer.events) > 20, timeout=20_000)
    assert pauses(trainer) == []


def test_that_the_default_of_a_setting_is_what_the_model_declares(trainer: TrainerClient) -> None:
    (told,) = (event for event in trainer.events if isinstance(event, Players))
    assert told.settings == tuple(replace(one, factor=1.0, turns=1) for one in told.settings)
