"""A training in its thread: what it tells, the orders it obeys, and what it leaves behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.stopping import require_wanted
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training import run
from latentlab.engine.training.events import EpochEnded, Finished, Started
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.trainer import Trainer, TrainingError
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.training_orders import Begin, Ended, GoOn, Keep, Leave, Pause, Paused
from tests.qt.shell import OFFSCREEN
from tests.tiny import toy_set

pytestmark = OFFSCREEN
PLAN = TrainingPlan(epochs=3, batch=16, device="cpu", precision="fp32", threads=1)
FIELDS = {"latents": 3, "encoder_widths": (8,), "decoder_widths": (8,)}


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)


@pytest.fixture
def workspace(qtbot: QtBot, tmp_path: Path) -> Iterator[TrainerClient]:
    workspace = TrainerClient(tmp_path / "models")
    workspace.events = []
    workspace.told.connect(workspace.events.append)
    yield workspace
    workspace.leave()


def begin(workspace: TrainerClient, epochs: int = 3) -> Begin:
    plan = TrainingPlan(**{**vars(PLAN), "epochs": epochs})
    beginning = Begin("vae", FIELDS, plan, "toy", workspace.free_name("toy-vae"))
    workspace.begin(beginning)
    return beginning


def until(qtbot: QtBot, workspace: TrainerClient, stage: Stage) -> None:
    qtbot.waitUntil(lambda: workspace.stage is stage, timeout=20_000)


def test_that_a_training_ends_in_a_model_that_opens(qtbot: QtBot, workspace: TrainerClient):
    stages: list[Stage] = []
    workspace.staged.connect(stages.append)
    with qtbot.waitSignal(workspace.kept, timeout=20_000) as kept:
        out = begin(workspace).out
    until(qtbot, workspace, Stage.IDLE)
    assert kept.args == [out]
    assert load_model(out).model.latents == 3
    assert stages == [Stage.STARTING, Stage.RUNNING, Stage.IDLE]
    kinds = [type(event) for event in workspace.events]
    assert kinds[0] is Started
    assert kinds.count(EpochEnded) == 3
    assert Finished in kinds
    assert workspace.events[-1] == Ended(out)
    assert workspace.unfinished() == []


@pytest.mark.parametrize("order", [Keep(), Pause(), Leave()])
def test_that_what_is_ordered_during_the_final_save_comes_too_late(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch, order: object
):
    saves, real = [], TrainingRun.keep

    def keep(run: TrainingRun) -> object:
        saves.append(run.out)
        workspace._thread.order(order)
        return real(run)

    monkeypatch.setattr(TrainingRun, "keep", keep)
    failures: list[str] = []
    workspace.failed.connect(lambda message, details: failures.append(message))
    out = begin(workspace).out
    until(qtbot, workspace, Stage.IDLE)
    assert (saves, failures, workspace.events[-1]) == ([out], [], Ended(out))
    assert load_model(out).model.latents == 3
    assert workspace.unfinished() == [], "a finished training leaves nothing to go on with"


def test_that_snapshots_carry_the_weights_in_order(qtbot: QtBot, workspace: TrainerClient):
    seen: list[Snapshot] = []
    workspace.unfolded.connect(seen.append)
    out = begin(workspace).out
    until(qtbot, workspace, Stage.IDLE)
    last, model = seen[-1], load_model(out).model
    assert (last.kind, last.data, last.step) == ("vae", "toy", 12)
    assert last.theta.shape == (sum(weight.numel() for weight in model.parameters()),)
    first = next(weight for weight in model.parameters() if weight.ndim > 1)
    assert last.theta[: first.numel()].tolist() == first.flatten().tolist()


def test_that_a_trained_model_never_takes_the_name_of_one_that_ships(workspace: TrainerClient):
    assert workspace.free_name("mnist-vae-2d").name == "mnist-vae-2d-2.safetensors"
    assert workspace.free_name("mine").name == "mine.safetensors"


def test_that_it_pauses_with_a_checkpoint_and_goes_on(qtbot: QtBot, workspace: TrainerClient):
    begin(workspace, epochs=100_000)
    until(qtbot, workspace, Stage.RUNNING)
    workspace.pause()
    until(qtbot, workspace, Stage.PAUSED)
    paused = workspace.events[-1]
    assert isinstance(paused, Paused)
    assert not paused.fault
    assert len(workspace.unfinished()) == 1
    count = len(workspace.events)
    qtbot.wait(100)
    assert len(workspace.events) == count
    workspace.resume()
    until(qtbot, workspace, Stage.RUNNING)
    qtbot.waitUntil(lambda: len(workspace.events) > count, timeout=5000)


def test_that_it_leaves_most_of_its_time_to_a_hand_that_moves_and_goes_on_after_it(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []
    monkeypatch.setattr("latentlab.qt.clients.training_thread.time.sleep", slept.append)
    begin(workspace, epochs=100_000)
    until(qtbot, workspace, Stage.RUNNING)
    assert not slept
    workspace.give_way()
    qtbot.waitUntil(lambda: len(slept) > 3, timeout=5000)
    assert all(0 <= seconds <= 0.2 for seconds in slept)
    qtbot.wait(400)  # the hand rests
    count, told = len(slept), len(workspace.events)
    qtbot.waitUntil(lambda: len(workspace.events) > told + 3, timeout=5000)
    assert len(slept) == count


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own elsewhere")
def test_that_the_helpers_of_the_training_thread_step_back_behind_it(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    lowered: dict[int, int] = {}
    monkeypatch.setattr(os, "setpriority", lambda which, who, value: lowered.update({who: value}))
    named, done = threading.Event(), threading.Event()

    def helper() -> None:
        # As a thread is called that the training thread starts from C++.
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text("trainingThread")
        named.set()
        done.wait(20)

    thread = threading.Thread(target=helper)
    thread.start()
    named.wait(20)
    begin(workspace)
    until(qtbot, workspace, Stage.IDLE)
    done.set()
    thread.join()
    assert lowered[thread.native_id] == 19
    assert sorted(set(lowered.values())) == [10, 19]
    assert threading.main_thread().native_id not in lowered


def test_that_stop_and_keep_saves_at_once_from_running_and_from_a_pause(
    qtbot: QtBot, workspace: TrainerClient
):
    for paused in (False, True):
        out = begin(workspace, epochs=100_000).out
        until(qtbot, workspace, Stage.RUNNING)
        if paused:
            workspace.pause()
            until(qtbot, workspace, Stage.PAUSED)
        workspace.keep()
        until(qtbot, workspace, Stage.IDLE)
        assert load_model(out).model.latents == 3
    assert sorted(path.name for path in workspace.folder.iterdir()) == [
        "toy-vae-2.safetensors",
        "toy-vae.safetensors",
    ]


def test_that_beta_is_changed_between_two_steps(qtbot: QtBot, workspace: TrainerClient):
    begin(workspace, epochs=100_000)
    until(qtbot, workspace, Stage.RUNNING)
    workspace.set_beta(7.5)
    qtbot.waitUntil(lambda: any(getattr(e, "beta", 0.0) == 7.5 for e in workspace.events), timeout=5000)


def test_that_a_window_that_closes_leaves_a_training_to_be_gone_on_with(
    qtbot: QtBot, workspace: TrainerClient
):
    begin(workspace, epochs=100_000)
    qtbot.waitUntil(lambda: any(getattr(event, "step", 0) for event in workspace.events), timeout=20_000)
    workspace.leave()
    (path,) = workspace.unfinished()
    again = TrainerClient(workspace.folder)
    events: list[object] = []
    again.told.connect(events.append)
    again.begin(GoOn(path))
    try:
        qtbot.waitUntil(lambda: bool(events), timeout=20_000)
    finally:
        again.leave()
    assert isinstance(events[0], Started)
    assert events[0].step > 0


def test_that_a_loss_that_is_no_number_pauses_and_can_be_gone_past(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    whole_step = Trainer.train_step

    def broken(self, index):
        if self.step == 5 and self.position == 2:
            raise TrainingError("the loss stopped being a number", hint="Try a lower rate")
        return whole_step(self, index)

    monkeypatch.setattr(Trainer, "train_step", broken)
    out = begin(workspace).out
    until(qtbot, workspace, Stage.PAUSED)
    assert workspace.events[-1] == Paused(5, "the loss stopped being a number at step 6. Try a lower rate")
    workspace.resume()
    until(qtbot, workspace, Stage.IDLE)
    assert load_model(out).model.latents == 3


def test_that_what_cannot_be_begun_is_told_and_leaves_nothing(qtbot: QtBot, workspace: TrainerClient):
    with qtbot.waitSignal(workspace.failed, timeout=20_000) as failed:
        workspace.begin(Begin("vae", {**FIELDS, "latents": 9999}, PLAN, "toy", workspace.free_name("toy")))
    until(qtbot, workspace, Stage.IDLE)
    message, details = failed.args
    assert "'latents' is 9999" in message
    assert details == ""
    assert list(workspace.folder.iterdir()) == []


def test_that_an_unexpected_error_is_told_with_its_traceback(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    def buggy(*args, **kwargs):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(run.TrainingRun, "run", buggy)
    with qtbot.waitSignal(workspace.failed, timeout=20_000) as failed:
        begin(workspace)
    until(qtbot, workspace, Stage.IDLE)
    assert "ZeroDivisionError" in failed.args[0]
    assert "Traceback" in failed.args[1]


def test_that_only_one_training_goes_on_at_a_time(qtbot: QtBot, workspace: TrainerClient):
    begin(workspace, epochs=100_000)
    until(qtbot, workspace, Stage.RUNNING)
    begin(workspace)
    workspace.keep()
    until(qtbot, workspace, Stage.IDLE)
    assert len(list(workspace.folder.glob("*.safetensors"))) == 1


def test_that_a_window_that_closes_does_not_wait_for_pictures_that_are_still_read(
    qtbot: QtBot, workspace: TrainerClient, monkeypatch: pytest.MonkeyPatch
):
    begun = threading.Event()

    def load(name: str, split: str = "test") -> ImageSet:
        while True:  # pictures without end
            begun.set()
            require_wanted()

    monkeypatch.setattr(catalog, "load", load)
    failed: list[str] = []
    workspace.failed.connect(lambda message, details: failed.append(message))
    begin(workspace)
    assert begun.wait(5)
    workspace.leave()
    assert (failed, workspace.unfinished(), workspace.models()) == ([], [], [])
