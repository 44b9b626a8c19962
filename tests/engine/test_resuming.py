"""A training that was interrupted ends exactly where one that was not does; and damaged ones are told."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from latentlab.data import catalog
from latentlab.engine.training import run as training_run
from latentlab.engine.training.events import Checkpointed, CheckpointFailed, EpochEnded, Finished, Started
from latentlab.engine.training.plan import TrainingPlan, check_plan
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.engine.training.state import load_state, save_state, state_path
from latentlab.engine.training.trainer import Trainer, TrainingError
from latentlab.errors import LabError
from tests.tiny import toy_set

PLAN = TrainingPlan(
    epochs=4, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1, binarise_input=True
)
CONFIG = {
    "latents": 3, "encoder_widths": (8, 8), "decoder_widths": (8, 8), "encoder_dropout": 0.2,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def begun(out: Path, **changes) -> TrainingRun:
    plan = dataclasses.replace(PLAN, **changes)
    return TrainingRun("vae", CONFIG, plan, toy_set("train"), toy_set("test"), out, overwrite=True)


def finished(out: Path, **changes) -> bytes:
    list(begun(out, **changes).run())
    return out.read_bytes()


@pytest.mark.parametrize("beta_cycles", [0, 2])
@settings(max_examples=15)
@given(stops=st.lists(st.integers(1, 20), min_size=1, max_size=4))
def test_that_a_resumed_training_ends_with_exactly_the_same_file(tmp_path_factory, stops, beta_cycles):
    folder = tmp_path_factory.mktemp("resumed")
    whole = finished(folder / "whole.safetensors", beta_cycles=beta_cycles)
    out = folder / "parts.safetensors"
    run, events = begun(out, beta_cycles=beta_cycles), []
    for stop in stops:
        events = list(itertools.islice(every_step(run), stop))
        if isinstance(events[-1], Saved):
            break
        assert isinstance(run.checkpoint(), Checkpointed)
        torch.rand(3)  # whatever else happens in between
        run = TrainingRun.resume(state_path(out), overwrite=True)
    else:
        events = list(run.run())
    assert isinstance(events[-1], Saved)
    assert out.read_bytes() == whole
    assert not state_path(out).exists()


def every_step(run: TrainingRun):
    """The run's events, one at every step, whatever the clock says."""
    patch = pytest.MonkeyPatch()
    patch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)
    try:
        yield from run.run()
    finally:
        patch.undo()


@pytest.mark.parametrize("stop", [3, 5, 7, 9])
def test_that_going_on_with_the_same_run_after_a_pause_changes_nothing(tmp_path, stop):
    whole = finished(tmp_path / "whole.safetensors")
    run = begun(tmp_path / "paused.safetensors")
    list(itertools.islice(every_step(run), stop))
    *_, saved = run.run()
    assert isinstance(saved, Saved)
    assert saved.path.read_bytes() == whole


def test_that_checkpoints_come_by_the_clock_and_go_when_the_model_is_saved(tmp_path, monkeypatch):
    run = begun(tmp_path / "m.safetensors")
    run.every_s = 0.0
    events = list(run.run())
    told = [event for event in events if isinstance(event, Checkpointed)]
    assert len(told) >= PLAN.epochs
    assert isinstance(events[0], Started)
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


def test_that_a_full_disk_is_told_and_the_training_goes_on(tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise LabError("could not be written (No space left on device)", "x")

    monkeypatch.setattr(training_run, "save_state", full)
    run = begun(tmp_path / "m.safetensors")
    run.every_s = 0.0
    events = list(run.run())
    assert any(isinstance(event, CheckpointFailed) and "No space left" in event.reason for event in events)
    assert isinstance(events[-1], Saved)


def test_that_a_loss_that_is_no_number_can_be_gone_past(tmp_path, monkeypatch):
    run, whole_step = begun(tmp_path / "m.safetensors"), Trainer.train_step
    calls = itertools.count(1)

    def broken_once(self, index):
        if next(calls) == 6:
            raise TrainingError("the loss stopped being a number at step 6")
        return whole_step(self, index)

    monkeypatch.setattr(Trainer, "train_step", broken_once)
    with pytest.raises(TrainingError):
        list(run.run())
    assert run.trainer.step == 5
    *_, finish, saved = run.run()
    assert isinstance(finish, Finished)
    assert finish.step == run.trainer.steps - 1  # the batch that could not be learnt from is left out
    assert isinstance(saved, Saved)


def test_that_memory_running_out_offers_a_smaller_batch(tmp_path, monkeypatch):
    def hungry(self, index):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(Trainer, "train_step", hungry)
    with pytest.raises(TrainingError, match=r"memory ran out at step 1 with a batch of 16. Try a batch of 8"):
        list(begun(tmp_path / "m.safetensors").run())


def test_that_other_errors_are_not_taken_for_a_lack_of_memory(tmp_path, monkeypatch):
    def buggy(self, index):
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(Trainer, "train_step", buggy)
    with pytest.raises(RuntimeError, match="shapes differ"):
        list(begun(tmp_path / "m.safetensors").run())


def test_that_a_device_that_is_gone_is_replaced(tmp_path):
    run = begun(tmp_path / "m.safetensors")
    list(itertools.islice(every_step(run), 5))
    path = run.checkpoint().path
    state = load_state(path)
    save_state(path, dataclasses.replace(state, plan=dataclasses.replace(state.plan, device="cuda:7")))
    *_, saved = TrainingRun.resume(path, overwrite=True).run()
    assert isinstance(saved, Saved)


def unfinished(folder: Path) -> Path:
    run = begun(folder / "m.safetensors")
    list(itertools.islice(every_step(run), 5))
    return run.checkpoint().path


def test_that_other_data_than_at_the_beginning_are_told(tmp_path, monkeypatch):
    path = unfinished(tmp_path)
    monkeypatch.setattr(catalog, "load", lambda name, split: toy_set("other"))
    with pytest.raises(LabError, match="other pictures than when this training started"):
        TrainingRun.resume(path)


def test_that_labels_that_have_gone_since_are_told_with_the_training_s_file(tmp_path, monkeypatch):
    run = TrainingRun("cvae", CONFIG, PLAN, toy_set("train"), toy_set("test"), tmp_path / "m.safetensors")
    path = run.checkpoint().path
    without = dataclasses.replace(toy_set("train"), labels=None, classes=())
    monkeypatch.setattr(catalog, "load", lambda name, split: without)
    with pytest.raises(LabError, match="needs the class of each picture, and toy has no classes") as told:
        TrainingRun.resume(path)
    assert str(told.value).startswith(str(path))
    assert "Start it again" in str(told.value)


DAMAGE = {
    "empty": (lambda content: b"", "is empty"),
    "truncated": (lambda content: content[:-9], "not a readable safetensors file"),
    "a model": (
        lambda content: content.replace(b"latentlab-training", b"latentlab-nonsense"),
        "no LatentLab card",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_that_a_damaged_file_is_told(tmp_path, damage):
    path = unfinished(tmp_path)
    change, message = DAMAGE[damage]
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(LabError, match=message):
        TrainingRun.resume(path)


CARDS = {
    "future": ({"format": 99}, "newer LatentLab"),
    "no plan": ({"plan": 3}, "no valid field 'plan'"),
    "absurd plan": ({"plan": {"epochs": -1}}, "epochs is -1"),
    "unknown plan": ({"plan": {"speed": 3}}, "'speed' is unknown"),
    "no step": ({"values": {}}, "no valid field 'step'"),
    "other model": ({"config": {"latents": 9}}, "the training's .* has shape"),
}


@pytest.mark.parametrize("case", CARDS)
def test_that_a_wrong_card_is_told(tmp_path, case):
    path = unfinished(tmp_path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    card = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["latentlab-training"])
    changes, message = CARDS[case]
    save_file(load_file(path), path, {"latentlab-training": json.dumps({**card, **changes})})
    with pytest.raises(LabError, match=message):
        TrainingRun.resume(path)


# One process forks another for each death: importing torch twenty times would take a minute.
_FORKER = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from latentlab.data import catalog
from latentlab.engine.training.run import TrainingRun
from latentlab.engine.training.state import state_path
from tests.engine.test_resuming import begun
from tests.tiny import toy_set
catalog.load = lambda name, split="test": toy_set(split)
out = Path(sys.argv[1])
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        path = state_path(out)
        run = TrainingRun.resume(path, overwrite=True) if path.exists() else begun(out, epochs=100_000)
        run.every_s = 0.0
        os.write(1, b"%d\\n" % os.getpid())
        for _ in run.run():
            pass
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_that_after_every_kill_the_training_goes_on_from_a_whole_checkpoint(tmp_path):
    deaths = int(os.environ.get("LATENTLAB_DEATHS", "20"))
    clock, out, steps = random.Random(0), tmp_path / "m.safetensors", [0]
    with subprocess.Popen(
        [sys.executable, "-c", _FORKER, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forker:
        for _ in range(deaths):
            forker.stdin.write("\n")
            forker.stdin.flush()
            child = int(forker.stdout.readline())
            time.sleep(clock.uniform(0.02, 0.12))
            os.kill(child, signal.SIGKILL)
            assert forker.stdout.readline() == "dead\n"
            if state_path(out).exists():
                steps.append(load_state(state_path(out)).step)
        forker.stdin.close()
    assert steps == sorted(steps)
    assert steps[-1] > steps[0], "no checkpoint was ever written: the test shows nothing"
    assert isinstance(TrainingRun.resume(state_path(out)), TrainingRun)


def test_that_a_stopped_epoch_is_judged_after_it_is_gone_on_with(tmp_path):
    path = unfinished(tmp_path)
    ends = [event for event in TrainingRun.resume(path).run() if isinstance(event, EpochEnded)]
    assert [end.epoch for end in ends] == [1, 2, 3, 4]


def test_that_the_first_checkpoint_comes_soon_and_later_ones_as_asked(tmp_path, monkeypatch):
    clock = itertools.count(0.0, 0.5)  # half a second passes whenever somebody looks
    monkeypatch.setattr(training_run.time, "monotonic", lambda: next(clock))
    run = begun(tmp_path / "m.safetensors")
    assert run.every_s == 30.0
    kinds = [type(event) for event in every_step(run)]
    first = kinds.index(Checkpointed)
    assert kinds.index(Started) < first <= 6, "before 5 s have gone by after the first step"
    assert kinds.count(Checkpointed) == 1


def test_that_a_model_that_cannot_be_saved_leaves_the_training_to_be_gone_on_with(tmp_path, monkeypatch):
    def gone(*args, **kwargs):
        raise LabError("could not be written (Input/output error)", "m.safetensors")

    out = tmp_path / "m.safetensors"
    run = begun(out)
    with monkeypatch.context() as patch:
        patch.setattr(training_run, "save_model", gone)
        with pytest.raises(LabError, match="Input/output error"):
            list(run.run())
    *_, finish, saved = TrainingRun.resume(f"{out}.training", overwrite=True).run()
    assert isinstance(finish, Finished)
    assert finish.step == run.trainer.steps
    assert isinstance(saved, Saved)


def test_that_a_checkpoint_for_which_memory_is_short_is_told_and_the_training_goes_on(tmp_path, monkeypatch):
    def short(self):
        raise MemoryError

    monkeypatch.setattr(Trainer, "state", short)
    told = begun(tmp_path / "m.safetensors").checkpoint()
    assert isinstance(told, CheckpointFailed)
    assert "memory" in told.reason


def test_that_a_training_stopped_before_its_first_step_begins_when_it_is_resumed(tmp_path):
    whole, out = finished(tmp_path / "whole.safetensors", threads=0), tmp_path / "m.safetensors"
    begun(out, threads=0).checkpoint()
    assert load_state(state_path(out)).values["threads"] == 0
    list(TrainingRun.resume(state_path(out), overwrite=True).run())
    assert out.read_bytes() == whole


def damaged(path: Path, tensors: dict | None = None, values: dict | None = None) -> Path:
    """The unfinished training with some of its tensors and counts others."""
    state = load_state(path)
    changed = dataclasses.replace(
        state, tensors={**state.tensors, **(tensors or {})}, values={**state.values, **(values or {})}
    )
    return save_state(path, changed)


@pytest.mark.parametrize(
    ("tensors", "values", "reason"),
    [
        ({"optimizer_steps": torch.zeros(3)}, {}, "optimizer_steps has shape"),
        ({"optimizer_steps": torch.zeros(())}, {}, "optimizer_steps has shape"),
        ({"theta": torch.zeros(())}, {}, "theta has shape"),
        ({"sums": torch.zeros((), dtype=torch.int64)}, {}, "sums is torch.int64"),
        ({"order": torch.zeros((), dtype=torch.uint8)}, {}, "random numbers are damaged"),
        ({"order": torch.zeros(5056, dtype=torch.uint8)}, {}, "random numbers are damaged"),
        ({"dropout": torch.zeros(7)}, {}, "random numbers are damaged"),
        ({}, {"position": 10**6}, "position is 1000000, expected 0 to 4"),
        ({}, {"step": 10**400}, "step is"),
        ({}, {"epoch": 5}, "epoch is 5, expected 0 to 4"),
        ({}, {"threads": -1}, "threads is -1"),
        ({}, {"precision": "fp7"}, "precision is 'fp7'"),
        ({}, {"seconds": float("nan")}, "took nan seconds"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_that_a_training_file_that_makes_no_sense_is_told(tmp_path, tensors, values, reason):
    run = begun(tmp_path / "m.safetensors")
    list(itertools.islice(every_step(run), 4))
    run.checkpoint()
    path = damaged(state_path(run.out), tensors, values)
    with pytest.raises(LabError, match=reason) as caught:
        TrainingRun.resume(path, overwrite=True)
    assert str(path) in str(caught.value)


def test_that_a_plan_of_numbers_beyond_all_bounds_is_told():
    with pytest.raises(LabError, match="epochs is 1000"):
        check_plan(dataclasses.replace(PLAN, epochs=10**400))
    with pytest.raises(LabError, match="beta is nan"):
        check_plan(dataclasses.replace(PLAN, beta=float("nan")))
