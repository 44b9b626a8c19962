"""Two players, phases, passes and buffers: each does what it says, and nothing else."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from latentlab.engine.files.checkpoint import empty_model, load_model
from latentlab.engine.training import trainer as trainer_module
from latentlab.engine.training.events import EpochEnded, Progress, Started
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.engine.training.snapshots import give
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models import registry
from latentlab.models.players import Player
from latentlab.models.registry import build, registered
from tests.kinds import duel, moments, norm, staged
from tests.tiny import toy_set

PLAN = TrainingPlan(epochs=3, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)
BATCH = torch.arange(16)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    with registered(duel.KIND), registered(moments.KIND), registered(norm.KIND), registered(staged.KIND):
        yield


def trainer_of(kind: str, **changes: object) -> Trainer:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build(kind, {"shape": (1, 8, 8)})
    return Trainer(model, toy_set("train"), TrainingPlan(**{**vars(PLAN), **changes}), toy_set("test"))


def weights(module: nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in module.parameters()]).clone()


# Players


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_that_each_player_steps_in_its_turns_and_moves_only_what_is_its_own(precision: str):
    trainer = trainer_of("duel", precision=precision)
    model = trainer.model
    for step in range(6):
        critic, generator = weights(model.critic), weights(model.generator)
        trainer.train_step(BATCH)
        assert not torch.equal(weights(model.critic), critic)
        # Of a round of two it has one turn, the last.
        assert torch.equal(weights(model.generator), generator) == (step % 2 == 0)
        assert weights(model.critic).abs().max() <= duel.CLIP


def test_that_a_players_step_is_adam_on_its_own_loss():
    trainer = trainer_of("duel", gradient_norm=1e9)
    twin = build("duel", {"shape": (1, 8, 8)})
    twin.load_state_dict(trainer.model.state_dict())
    rate = trainer.plan.rate_at(0, trainer.steps)
    optimizer = torch.optim.Adam(twin.critic.parameters(), lr=rate, betas=(0.5, 0.9))
    x = toy_set("train").images[:16].float() / 255
    drawn = twin.draw_pictures(16, torch.Generator().manual_seed(0))
    (twin.critic(drawn.flatten(1)).mean() - twin.critic(x.flatten(1)).mean()).backward()
    optimizer.step()
    with torch.no_grad():
        duel.clip(twin)
    trainer.train_step(BATCH)
    torch.testing.assert_close(weights(trainer.model), weights(twin), atol=1e-6, rtol=1e-5)


def test_that_a_figure_is_a_mean_over_the_steps_in_which_it_was_told():
    trainer = trainer_of("duel", epochs=1)
    told = [event.terms for event in trainer.run() if isinstance(event, Progress)]
    assert [math.isnan(terms["fooled"]) for terms in told] == [True, False, True, False]
    assert not any(math.isnan(terms["distance"]) for terms in told)


@pytest.mark.parametrize(
    ("players", "words"),
    [
        ((Player("a", ("critic",)), Player("b", ("critic.0",))), "'b' of a Duel is given what another has"),
        ((Player("a", ("critics",)),), "'a' of a Duel is given nothing"),
    ],
)
def test_that_players_who_share_or_lack_weights_are_refused(
    monkeypatch: pytest.MonkeyPatch, players: tuple[Player, ...], words: str
):
    monkeypatch.setattr(duel.Fought, "players", players)
    with pytest.raises(LabError, match=words):
        trainer_of("duel")


# Phases


def test_that_a_phase_trains_its_part_and_hands_on_the_averaged_weights():
    trainer = trainer_of("staged")
    coder, prior = weights(trainer.model.coder), weights(trainer.model.prior)
    ends = []
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            ends.append((event.epoch, *event.train.values))
            if event.epoch <= 2:
                assert torch.equal(weights(trainer.model.prior), prior)
                coder = weights(trainer.averaged.coder)
    assert ends == [(1, "error"), (2, "error"), (3, "misfit")]
    assert not torch.equal(weights(trainer.model.prior), prior)
    assert torch.equal(weights(trainer.model.coder), coder)
    assert torch.equal(weights(trainer.averaged.coder), coder)


def test_that_a_phase_knows_who_learns_in_it_and_who_has_ended():
    first, then = (schedule := trainer_of("staged").schedule).phases
    assert (first.who, schedule.ended(first)) == (("coder",), ())
    assert (then.who, schedule.ended(then)) == (("prior",), ("coder",))
    duelists = trainer_of("duel").schedule.phases[0]
    assert duelists.who == ("critic", "generator")
    passes = trainer_of("moments").schedule.phases[0]
    assert passes.who == (passes.name,)


def test_that_fewer_epochs_than_phases_are_refused():
    with pytest.raises(LabError, match=r"in 2 phases \(coder, then prior\), and 1 epoch is too few"):
        trainer_of("staged", epochs=1)


# Passes without gradients


def test_that_a_pass_sees_every_picture_once_as_it_lies_and_a_batch_may_be_short():
    trainer = trainer_of("moments")
    assert (trainer.steps, trainer.epochs) == (8, 2)
    train = Trainer(build("moments", {"shape": (1, 8, 8)}), toy_set("train", 37), PLAN)
    list(train.run())
    pixels = toy_set("train", 37).images.flatten(1).double() / 255.0
    torch.testing.assert_close(train.averaged.mean.double(), pixels.mean(0), atol=1e-7, rtol=1e-6)
    torch.testing.assert_close(train.averaged.variance, pixels.var(0, correction=0), atol=1e-6, rtol=1e-6)


def test_that_a_batch_of_gradients_has_no_bearing_on_passes():
    train = Trainer(build("moments", {"shape": (1, 8, 8)}), toy_set("train", 8), PLAN)
    assert isinstance(next(train.run()), Started)


def test_that_what_is_kept_of_a_first_pass_cut_short_is_what_it_has_seen(tmp_path: Path):
    train, test = toy_set("train"), toy_set("test")
    run = TrainingRun("moments", {}, PLAN, train, test, tmp_path / "m.safetensors")
    list(itertools.islice(run.run(), 3))  # that it has started, and two batches
    kept = load_model(run.keep().path).model
    seen = train.images[:32].flatten(1).double() / 255.0
    torch.testing.assert_close(kept.mean.double(), seen.mean(0), atol=1e-7, rtol=1e-6)


# Buffers


def test_that_statistics_are_averaged_and_a_codebook_is_copied():
    trainer = trainer_of("norm", ema_decay=0.5)
    expected = trainer.averaged.norm.running_mean.clone()
    for step in range(1, 7):
        trainer.train_step(BATCH)
        decay = min(0.5, step / (step + 10))
        expected = decay * expected + (1 - decay) * trainer.model.norm.running_mean
        torch.testing.assert_close(trainer.averaged.norm.running_mean, expected)
        assert torch.equal(trainer.averaged.codebook, trainer.model.codebook)
        assert int(trainer.averaged.norm.num_batches_tracked) == step
    assert not torch.equal(expected, trainer.model.norm.running_mean)


def test_that_a_snapshot_carries_the_buffers_to_another_model():
    trainer = trainer_of("norm")
    for _ in range(3):
        trainer.train_step(BATCH)
    now = trainer.weights_now()
    shown = empty_model("norm", {"shape": (1, 8, 8)})
    give(shown, now.theta, now.buffers)
    for name, tensor in trainer.averaged.state_dict().items():
        assert torch.equal(shown.state_dict()[name], tensor)
    trainer.train_step(BATCH)
    assert torch.equal(shown.codebook, torch.from_numpy(now.buffers["codebook"])), "a copy"


def test_that_buffers_count_against_the_largest_model(monkeypatch: pytest.MonkeyPatch):
    model = build("norm", {"shape": (1, 8, 8)})
    numbers = sum(tensor.numel() for tensor in model.state_dict().values())
    monkeypatch.setattr(registry, "MAX_PARAMETERS", numbers)
    build("norm", {"shape": (1, 8, 8)})
    monkeypatch.setattr(registry, "MAX_PARAMETERS", numbers - 1)
    with pytest.raises(LabError, match="over the limit"):
        build("norm", {"shape": (1, 8, 8)})
