"""Two processes that fit, or train players and buffers, end with one and the same model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.registry import build, registered
from tests.kinds import duel, moments, norm
from tests.tiny import toy_set

KINDS = (duel.KIND, moments.KIND, norm.KIND)
PLAN = TrainingPlan(epochs=2, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)
_WORKER = """
import sys, torch
torch.set_num_threads(1)
from latentlab.engine.training.distributed import join_team
from latentlab.engine.training.trainer import Trainer
from tests.kinds.test_together import trained
team, device = join_team(torch.device("cpu"))
torch.save(trained(team=team), f"{sys.argv[1]}/of{team.rank}")
team.leave()
"""


def trained(**together: object) -> dict[str, dict[str, torch.Tensor]]:
    """The averaged weights and buffers of each kind."""
    found = {}
    for kind in KINDS:
        with registered(kind):
            torch.manual_seed(0)
            model = build(kind.name, {"shape": (1, 8, 8)})
        trainer = Trainer(model, toy_set("train", 72), PLAN, **together)
        for _ in trainer.run():
            pass
        found[kind.name] = trainer.averaged.state_dict()
    return found


@pytest.mark.slow
def test_that_two_processes_end_with_one_model_of_every_kind_of_training(tmp_path: Path):
    script = tmp_path / "worker.py"
    script.write_text(_WORKER)
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [*words, str(script), str(tmp_path)], check=True, capture_output=True, timeout=240, env=here
    )
    first, second = (torch.load(tmp_path / f"of{rank}", weights_only=True) for rank in (0, 1))
    for kind, tensors in first.items():
        for name, tensor in tensors.items():
            assert torch.equal(tensor, second[kind][name]), (kind, name)
    alone = trained()["moments"]
    for name, tensor in first["moments"].items():
        torch.testing.assert_close(tensor, alone[name], atol=1e-9, rtol=1e-9)
