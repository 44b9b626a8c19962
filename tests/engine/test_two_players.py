"""Two players under a bad star: killed again and again, weights that are no numbers, hardly any pictures."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.engine.training.trainer import TrainingError
from latentlab.errors import LabError
from tests.kinds.small import SMALL
from tests.tiny import toy_set

# 200 by hand: LATENTLAB_KILLS=200 python -m pytest tests/engine/test_two_players.py
KILLS = int(os.environ.get("LATENTLAB_KILLS", "12"))
PLAN = TrainingPlan(epochs=4, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)

# Trains in one process after the other: a new one is forked for each death, torch is imported once.
_TRAINER = """
import os, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from latentlab.data import catalog
from latentlab.engine.training import run as training_run, trainer
from latentlab.engine.training.state import state_path
from tests.engine.test_two_players import begun
from tests.tiny import toy_set
catalog.load = lambda name, split="test": toy_set(split)
trainer._REPORT_EVERY_S = -1.0
training_run.FIRST_CHECKPOINT_S = training_run.CHECKPOINT_EVERY_S = 0.0
out, epochs = Path(sys.argv[1]), int(sys.argv[2])
list(begun(out.with_name("warm.safetensors"), epochs=2).run())  # imports all that is imported late
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        state = state_path(out)
        if state.exists():
            run = training_run.TrainingRun.resume(state, overwrite=True)
        else:
            run = begun(out, epochs=epochs)
        run.every_s = 0.0
        os.write(1, b"%d\\n" % os.getpid())
        for event in run.run():
            pass
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.write(1, b"killed\\n" if os.WIFSIGNALED(status) else b"done %d\\n" % status)
"""


def begun(out: Path, kind: str = "gan", pictures: int = 64, **changes: object) -> TrainingRun:
    train, test = toy_set("train", pictures), toy_set("test", pictures)
    plan = replace(PLAN, **changes)  # type: ignore[arg-type]
    return TrainingRun(kind, SMALL[kind], plan, train, test, out, overwrite=True)


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_that_killed_again_and_again_they_end_at_the_very_same_file(tmp_path: Path) -> None:
    epochs = max(8, 3 * KILLS)
    whole = begun(tmp_path / "whole.safetensors", epochs=epochs)
    *_, last = whole.run()
    assert isinstance(last, Saved)
    out, clock, kills = tmp_path / "parts.safetensors", random.Random(0), 0
    command = [sys.executable, "-c", _TRAINER, str(out), str(epochs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as trainer:
        assert trainer.stdin is not None
        assert trainer.stdout is not None
        while True:
            trainer.stdin.write("go on\n")
            trainer.stdin.flush()
            child = int(trainer.stdout.readline())
            if kills < KILLS:
                time.sleep(clock.uniform(0.01, 0.12))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            end = trainer.stdout.readline().strip()
            if end != "killed":
                break
            kills += 1
        trainer.stdin.close()
    assert end == "done 0"
    assert kills >= min(KILLS, 8), f"only {kills} deaths before its end: the test shows little"
    assert out.read_bytes() == whole.out.read_bytes()


@pytest.mark.parametrize("kind", ["gan", "wgan"])
def test_that_weights_that_are_no_numbers_end_it_with_words_and_the_last_good_ones_are_kept(
    kind: str, tmp_path: Path
) -> None:
    run = begun(tmp_path / "m.safetensors", kind)
    with pytest.raises(TrainingError, match="the loss stopped being a number at step") as told:  # noqa: PT012
        for event in run.run():
            if isinstance(event, EpochEnded) and event.epoch == 2:
                with torch.no_grad():
                    next(iter(run.trainer.model.generator.parameters())).fill_(float("nan"))
    assert "learning rate" in told.value.hint
    assert all(torch.isfinite(weight).all() for weight in run.trainer.averaged.parameters())
    assert isinstance(run.keep(), Saved)
    assert torch.isfinite(load_model(run.out).model.draw_pictures(4)).all()


def test_that_one_picture_is_too_few_and_said_so(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="too few to train on"):
        begun(tmp_path / "m.safetensors", pictures=1)


def test_that_one_picture_again_and_again_and_one_class_can_be_learnt(tmp_path: Path) -> None:
    one = toy_set("train", 64)
    alike = replace(one, images=one.images[:1].repeat(64, 1, 1, 1), labels=torch.zeros_like(one.labels))
    run = TrainingRun("gan", SMALL["gan"], PLAN, alike, alike, tmp_path / "m.safetensors", overwrite=True)
    *_, last = run.run()
    assert isinstance(last, Saved)
    assert torch.isfinite(load_model(last.path).model.draw_pictures(3)).all()
