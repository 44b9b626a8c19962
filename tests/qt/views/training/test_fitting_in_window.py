"""A model that is fitted without gradients, trained from the window: told of, paused, gone on with, kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.events import EpochEnded, Finished, Progress
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.registry import registered
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, Ended, Paused
from latentlab.qt.widgets.curves.charts import drawn
from latentlab.qt.widgets.curves.history import History
from tests.kinds import moments
from tests.qt.shell import OFFSCREEN
from tests.tiny import toy_set

pytestmark = OFFSCREEN
PLAN = TrainingPlan(device="cpu", precision="fp32", threads=1)


@pytest.fixture
def trainer(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainerClient]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)
    client = TrainerClient(tmp_path / "models")
    client.events = []
    client.told.connect(client.events.append)
    with registered(moments.KIND):
        yield client
        client.leave()


def begin(trainer: TrainerClient) -> Path:
    out = trainer.free_name("toy-moments")
    trainer.begin(Begin("moments", {}, PLAN, "toy", out))
    return out


def test_that_it_is_paused_in_the_midst_of_a_pass_and_gone_on_with(
    qtbot: QtBot, trainer: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    step = Trainer.train_step

    def paused(self: Trainer, index: object) -> object:
        if self.step == 6:  # in the second pass
            trainer.pause()
        return step(self, index)

    monkeypatch.setattr(Trainer, "train_step", paused)
    out = begin(trainer)
    qtbot.waitUntil(lambda: trainer.stage is Stage.PAUSED, timeout=20_000)
    assert any(isinstance(event, Paused) and event.fault == "" for event in trainer.events)
    assert trainer.unfinished(), "it is saved"
    trainer.resume()
    qtbot.waitUntil(lambda: trainer.stage is Stage.IDLE, timeout=20_000)
    assert trainer.events[-1] == Ended(out)
    pixels = toy_set("train").images.flatten(1).double() / 255.0
    found = load_model(out).model
    assert float((found.variance - pixels.var(0, correction=0)).abs().max()) < 1e-6


def test_that_its_figures_are_drawn_though_batches_tell_none(qtbot: QtBot, trainer: TrainerClient):
    begin(trainer)
    qtbot.waitUntil(lambda: trainer.stage is Stage.IDLE, timeout=20_000)
    history = History()
    told = [event for event in trainer.events if isinstance(event, Progress | EpochEnded | Finished)]
    assert sum(isinstance(event, EpochEnded) for event in told) == 2
    for event in told:
        history.add(event)
    (chart,) = history.spec.drawn
    assert chart.title == "log p(x), nats"
    train, test = drawn(chart, history.train), drawn(chart, history.test)
    assert (train.shape, test.shape) == ((1, 1), (1, 2))
    assert train[0, 0] > test[0, 0], "one pass knows the mean alone"
