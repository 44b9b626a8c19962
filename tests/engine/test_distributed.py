"""Two processes that train together learn what one would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.engine.distributed import ALONE, Team, join_team
from latentlab.engine.plan import TrainingPlan
from latentlab.engine.trainer import Trainer
from latentlab.errors import LabError
from tests.engine.test_trainer import SMALL, make_vae
from tests.tiny import toy_set

PLAN = TrainingPlan(epochs=3, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1, beta=0.0)

# An autoencoder draws no noise: the two halves of a batch must give exactly the gradient of the whole.
_WORKER = """
import sys, torch
torch.set_num_threads(1)
from latentlab.engine.distributed import join_team
from latentlab.engine.trainer import Trainer
from latentlab.models.ae import AE
from tests.engine.test_distributed import PLAN, SMALL
from tests.tiny import toy_set
team, device = join_team(torch.device("cpu"))
torch.manual_seed(0)
trainer = Trainer(AE(SMALL), toy_set("train"), PLAN, toy_set("test"), team=team, device=device)
for event in trainer.run():
    pass
torch.save(trainer.weights.theta, f"{sys.argv[1]}/theta{team.rank}of{team.size}")
team.leave()
"""


def test_that_a_batch_is_shared_without_loss():
    batch = torch.arange(10)
    shares = [Team(rank, 3).share(batch) for rank in range(3)]
    assert sorted(torch.cat(shares).tolist()) == batch.tolist()
    assert torch.equal(ALONE.share(batch), batch)


def test_that_alone_nothing_is_joined(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert join_team(torch.device("cpu")) == (ALONE, torch.device("cpu"))


def test_that_a_batch_that_cannot_be_shared_is_told():
    with pytest.raises(LabError, match="a batch of 16 cannot be shared evenly by 3 processes"):
        Trainer(make_vae(SMALL), toy_set("train"), PLAN, team=Team(0, 3))


def test_that_two_processes_end_with_the_weights_of_one(tmp_path: Path):
    script = tmp_path / "worker.py"
    script.write_text(_WORKER)
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run([*words, str(script), str(tmp_path)], check=True, capture_output=True, timeout=120)
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=60)
    first, second, alone = (
        torch.load(tmp_path / name, weights_only=True) for name in ("theta0of2", "theta1of2", "theta0of1")
    )
    assert torch.equal(first, second)
    torch.testing.assert_close(first, alone, atol=1e-4, rtol=1e-3)
