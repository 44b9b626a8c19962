"""Two processes that torchrun calls together train one model from the command line, and go on with it so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.state import load_state, state_path
from tests.cli.test_train import MINE, pictures

# Every step is told of and saved; at the step that it is told, everybody dies without a word.
_WORKER = """
import os, sys
from latentlab.engine.training import run, trainer
from latentlab.engine.training.trainer import Trainer
run.FIRST_CHECKPOINT_S, trainer._REPORT_EVERY_S = -1.0, -1.0
dies, words = int(sys.argv[1]), sys.argv[2:]
whole = Trainer.train_step
def step(self, index):
    if self.step == dies:
        os._exit(9)
    return whole(self, index)
Trainer.train_step = step
from latentlab.cli import main
sys.exit(main(words))
"""
NEVER = -1


@pytest.fixture
def together(tmp_path: Path):
    """Runs `latentlab` in two processes; the step at which they are to die comes first."""
    script = tmp_path / "worker.py"
    script.write_text(_WORKER)
    here = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]))

    def start(dies: int, *words: str | Path) -> subprocess.CompletedProcess[str]:
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        return subprocess.run(
            [*torchrun, str(script), str(dies), *map(str, words)],
            capture_output=True,
            text=True,
            timeout=240,
            env={**os.environ, "PYTHONPATH": here, "OMP_NUM_THREADS": "1"},
            check=False,
        )

    return start


@pytest.mark.slow
def test_that_two_killed_processes_go_on_together_and_end_with_the_very_same_file(together, tmp_path: Path):
    data = pictures(tmp_path / "data", 40)
    flags = [*MINE, "--data", data, "--epochs", 4, "--checkpoint-every", 0]
    whole, out = tmp_path / "whole.safetensors", tmp_path / "m.safetensors"
    assert together(NEVER, "train", "vae", *flags, "--out", whole).returncode == 0
    assert together(7, "train", "vae", *flags, "--out", out).returncode != 0
    stopped = load_state(state_path(out)).step
    assert 1 <= stopped <= 7
    resumed = together(NEVER, "train", "vae", *flags, "--out", out, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    # One of them speaks and saves.
    assert resumed.stderr.count(f"from step {stopped}") == 1
    assert resumed.stdout.count("Wrote ") == 1
    first, second = load_model(whole), load_model(out)
    assert first.card.metrics == second.card.metrics
    for name, weight in first.model.state_dict().items():
        assert torch.equal(weight, second.model.state_dict()[name])
