"""Two processes that train together learn what one would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.engine.training.distributed import ALONE, Team, join_team
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models.ddpm.model import DDPMConfig
from tests.engine.test_trainer import SMALL, make_vae
from tests.tiny import toy_set

PLAN = TrainingPlan(epochs=3, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1, beta=0.0)
DENOISER = DDPMConfig(shape=(1, 8, 8), widths=(8, 16), condition_names=("even", "odd"), steps=100)
DENOISER_PLAN = TrainingPlan(
    epochs=4, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1, gradient_norm=1.0
)

# An autoencoder draws no noise: the two halves of a batch must give exactly the gradient of the whole.
_WORKER = """
import sys, torch
torch.set_num_threads(1)
from latentlab.engine.training.distributed import join_team
from latentlab.engine.training.trainer import Trainer
from latentlab.models.ae.model import AE
from tests.engine.test_distributed import PLAN, SMALL
from tests.tiny import toy_set
team, device = join_team(torch.device("cpu"))
torch.manual_seed(0)
trainer = Trainer(AE(SMALL), toy_set("train"), PLAN, toy_set("test"), team=team, device=device)
for event in trainer.run():
    pass
torch.save(trainer.learner.weights.theta, f"{sys.argv[1]}/theta{team.rank}of{team.size}")
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


# Each process draws noise of its own; that they end alike says that gradients are shared all the same.
_DENOISER = """
import sys, torch
torch.set_num_threads(1)
from latentlab.engine.training.distributed import join_team
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.trainer import Trainer
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from tests.engine.test_distributed import DENOISER, DENOISER_PLAN
from tests.tiny import toy_set
team, device = join_team(torch.device("cpu"))
torch.manual_seed(0)
model = DDPM(DENOISER)
trainer = Trainer(model, toy_set("train"), DENOISER_PLAN, toy_set("test"), team=team, device=device)
before = trainer.learner.weights.theta.clone()
ends = [event for event in trainer.run() if isinstance(event, EpochEnded)]
told = {"before": before, "theta": trainer.learner.weights.theta, "loss": ends[-1].train["loss"],
        "levels": ends[-1].train.series["loss_per_level"], "judged": ends[-1].test is not None,
        "drawn": trainer.noise.get_state()}
torch.save(told, f"{sys.argv[1]}/denoiser{team.rank}of{team.size}")
team.leave()
"""


def test_that_two_processes_train_one_diffusion_model_each_with_noise_of_its_own(tmp_path: Path):
    script = tmp_path / "worker.py"
    script.write_text(_DENOISER)
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run([*words, str(script), str(tmp_path)], check=True, capture_output=True, timeout=180)
    first, second = (torch.load(tmp_path / f"denoiser{rank}of2", weights_only=True) for rank in (0, 1))
    assert torch.equal(first["theta"], second["theta"])
    assert not torch.equal(first["theta"], first["before"])
    assert not torch.equal(first["drawn"], second["drawn"])
    # Both know the loss of both, at every level; one of them judges.
    assert first["loss"] == second["loss"]
    assert first["levels"] == second["levels"]
    assert (first["judged"], second["judged"]) == (True, False)
