"""Training: it learns, it repeats itself exactly, and it stops without leaving a mess."""

from __future__ import annotations

import copy
import itertools
import math

import pytest
import torch
from torch import nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.evaluation.elbo import evaluate
from latentlab.engine.training import trainer as trainer_module
from latentlab.engine.training.events import EpochEnded, Finished, Progress, Started
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.engine.training.weights import in_order
from latentlab.errors import LabError
from latentlab.models.base import ElboTerms
from latentlab.models.objectives.elbo import ByElbo
from latentlab.models.vae.model import VAEConfig
from tests.conftest import make_vae
from tests.tiny import toy_set

SMALL = VAEConfig(shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,))
QUICK = TrainingPlan(epochs=2, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)


def plan(**changes) -> TrainingPlan:
    return TrainingPlan(**{**vars(QUICK), **changes})


def weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.parameters()]).clone()


def trained(**changes) -> Trainer:
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(**changes))
    for _ in trainer.run():
        pass
    return trainer


def test_that_it_learns_digits(digits):
    model = make_vae(VAEConfig(encoder_widths=(64,), decoder_widths=(64,)))
    trainer = Trainer(model, digits, plan(epochs=25, batch=30, learning_rate=5e-3), digits)
    ends = [event for event in trainer.run() if isinstance(event, EpochEnded)]
    assert ends[-1].train["elbo"] > ends[0].train["elbo"] + 150
    assert ends[-1].test["elbo"] > -250
    assert evaluate(trainer.averaged, digits, samples=5, likelihood_images=5).elbo == pytest.approx(
        ends[-1].test["elbo"], abs=3
    )


def test_that_its_events_come_in_order_and_count_the_steps():
    trainer = Trainer(make_vae(SMALL), toy_set("train", 70), plan(epochs=3), toy_set("test"))
    started, *middle, finished = trainer.run()
    assert started == Started(12, 3, device="cpu", precision="fp32", threads=1, pictures=70)
    assert isinstance(finished, Finished)
    assert finished.step == 12
    ends = [event for event in middle if isinstance(event, EpochEnded)]
    assert [(end.step, end.epoch) for end in ends] == [(4, 1), (8, 2), (12, 3)]
    assert all(end.train["kl"] >= 0 and end.test is not None for end in ends)


def test_that_progress_is_told_between_epochs(monkeypatch):
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(epochs=1))
    told = [event for event in trainer.run() if isinstance(event, Progress)]
    assert [event.step for event in told] == [1, 2, 3, 4]
    assert all(event.images_per_second > 0 for event in told)


def test_that_the_same_seed_gives_the_same_weights_and_another_gives_others():
    first, again, other = trained(seed=3), trained(seed=3), trained(seed=4)
    assert torch.equal(weights(first.model), weights(again.model))
    assert torch.equal(weights(first.averaged), weights(again.averaged))
    assert not torch.equal(weights(first.model), weights(other.model))


def test_that_watching_does_not_change_what_is_learnt(monkeypatch):
    alone = trained()
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    watched = Trainer(make_vae(SMALL), toy_set("train"), QUICK, toy_set("test"))
    for _ in watched.run():
        torch.rand(3)  # nor does whatever else draws random numbers
    assert torch.equal(weights(alone.model), weights(watched.model))


def test_that_every_picture_is_seen_once_an_epoch_in_a_new_order():
    trainer = Trainer(make_vae(SMALL), toy_set("train", 64), QUICK)
    first, second = (torch.cat(list(trainer.learner.batches(0))) for _ in range(2))
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(64))
    assert not torch.equal(first, second)


def test_that_the_average_follows_its_formula():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(ema_decay=0.5))
    expected = weights(trainer.averaged)
    for step in range(1, 15):
        trainer.train_step(torch.arange(16))
        decay = min(0.5, step / (step + 10))
        expected = decay * expected + (1 - decay) * weights(trainer.model)
        torch.testing.assert_close(weights(trainer.averaged), expected)
    assert all(not weight.requires_grad for weight in trainer.averaged.parameters())


def test_that_the_average_is_taken_every_eighth_step_once_it_is_slow():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(ema_decay=0.9))
    for _ in range(32):
        trainer.train_step(torch.arange(16))
    before = weights(trainer.averaged)
    for _ in range(7):
        trainer.train_step(torch.arange(16))
    assert torch.equal(weights(trainer.averaged), before)
    trainer.train_step(torch.arange(16))
    decay = min(0.9, 40 / 50) ** 8
    expected = decay * before + (1 - decay) * weights(trainer.model)
    torch.testing.assert_close(weights(trainer.averaged), expected)


def test_that_the_learning_rate_rises_then_falls_along_a_cosine():
    schedule = TrainingPlan(learning_rate=1e-2, warmup_steps=10, final_rate=0.1)
    rates = [schedule.rate_at(step, 110) for step in range(111)]
    assert rates[0] == pytest.approx(1e-3)
    assert rates[9] == rates[10] == pytest.approx(1e-2)
    assert rates[60] == pytest.approx(1e-2 * (0.1 + 0.9 / 2))
    assert rates[110] == pytest.approx(1e-3)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert all(later > earlier for earlier, later in itertools.pairwise(rates[:10]))
    flat = TrainingPlan(learning_rate=1e-2, warmup_steps=0, final_rate=1.0)
    assert {flat.rate_at(step, 5) for step in range(5)} == {1e-2}
    assert math.isfinite(TrainingPlan(warmup_steps=5).rate_at(5, 5))


def test_that_the_kls_weight_rises_to_beta():
    schedule = TrainingPlan(beta_warmup_steps=4)
    assert [schedule.ramp_at(step, 6) for step in range(6)] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert TrainingPlan().ramp_at(0, 6) == 1.0
    down = TrainingPlan(beta_start=9.0, beta_warmup_steps=4)
    assert [down.beta_at(step, 6, 1.0) for step in range(6)] == [7.0, 5.0, 3.0, 1.0, 1.0, 1.0]
    assert down.beta_at(1, 6, 5.0) == 7.0, "moved by hand meanwhile"


def test_that_the_kls_weight_rises_anew_in_every_cycle():
    schedule = TrainingPlan(beta_cycles=2)
    assert [schedule.ramp_at(step, 8) for step in range(8)] == [0.5, 1.0, 1.0, 1.0] * 2


def test_that_beta_can_be_changed_while_it_trains():
    def last_kl(raised: float) -> float:
        trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(epochs=30, learning_rate=1e-2))
        for event in trainer.run():
            if isinstance(event, EpochEnded):
                trainer.beta = raised if event.epoch >= 10 else 1.0
                kl = event.train["kl"]
        assert trainer.beta_now == raised
        return kl

    assert last_kl(50.0) < 0.5 * last_kl(1.0)


def test_that_one_step_is_adam_on_the_negative_elbo():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(beta=0.5, gradient_norm=1e9))
    twin = copy.deepcopy(trainer.model)
    optimizer = torch.optim.Adam(twin.parameters(), lr=trainer.plan.rate_at(0, trainer.steps))
    x = toy_set("train").images[:16].float() / 255
    terms = twin.elbo_terms(x, torch.Generator().manual_seed(0))
    (-(terms.reconstruction - 0.5 * terms.kl).mean()).backward()
    optimizer.step()
    told = trainer.train_step(torch.arange(16))
    torch.testing.assert_close(weights(trainer.model), weights(twin), atol=1e-6, rtol=1e-5)
    expected = torch.cat([terms.reconstruction.mean().view(1), terms.kl_per_dimension.mean(0)])
    torch.testing.assert_close(told, expected.detach())


def test_that_a_step_by_importance_climbs_the_tighter_bound_once_its_share_of_the_steps_has_come():
    trainer = Trainer(
        make_vae(SMALL), toy_set("train"), plan(importance_samples=5, importance_from=0.5, beta=0.7)
    )
    x = toy_set("train").images[:16].float() / 255
    for step in (0, trainer.steps // 2 + 1):
        trainer.step, twin = step, copy.deepcopy(trainer.model)
        state = trainer.noise.get_state()
        trainer.train_step(torch.arange(16))
        noise = torch.Generator()
        noise.set_state(state)
        if step:
            loss = -twin.importance_terms(x, 5, noise).bound(0.7).mean()
        else:
            loss = -twin.elbo_terms(x, noise).elbo(0.7).mean()
        loss.backward()
        gradient = torch.cat([weight.grad.flatten() for weight in in_order(twin)])
        found = trainer.learner.weights.gradient
        torch.testing.assert_close(found, gradient[: len(found)], atol=1e-4, rtol=1e-3)


def test_that_importance_samples_are_refused_where_nothing_is_drawn():
    with pytest.raises(LabError, match="importance samples"):
        Trainer(Breaking(at=3), toy_set("train"), plan(importance_samples=5))


def test_that_long_gradients_are_shortened():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(gradient_norm=0.01))
    trainer.train_step(torch.arange(16))
    assert trainer.learner.weights.gradient.norm().item() == pytest.approx(0.01, rel=1e-3)


def test_that_stopping_midway_leaves_usable_averaged_weights():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), plan(epochs=50))
    events = trainer.run()
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            break
    events.close()
    assert trainer.step == 8
    assert torch.isfinite(weights(trainer.averaged)).all()
    assert torch.isfinite(trainer.averaged.decode(torch.zeros(1, 2))).all()


class Breaking(nn.Module):
    """A model whose loss stops being a number at its n-th step."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.weight, self.at, self.calls = nn.Parameter(torch.ones(3)), at, 0

    def objective(self, settings: TrainingPlan) -> ByElbo:
        return ByElbo(1)

    def elbo_terms(self, x: torch.Tensor, generator: torch.Generator | None = None, **shown) -> ElboTerms:
        self.calls += 1
        loss = -self.weight.square().sum().expand(len(x)) * (math.nan if self.calls >= self.at else 1.0)
        return ElboTerms(loss, torch.zeros(len(x), 1))


def test_that_a_loss_that_is_no_number_stops_the_training_and_names_the_step():
    trainer = Trainer(Breaking(at=3), toy_set("train"), QUICK)
    with pytest.raises(LabError, match=r"the loss stopped being a number.*step \d+"):
        list(trainer.run())


def test_that_the_averaged_weights_are_the_last_good_ones_when_the_loss_breaks():
    trainer = Trainer(Breaking(at=3), toy_set("train"), QUICK)
    with pytest.raises(LabError):
        list(trainer.run())
    assert torch.isfinite(weights(trainer.averaged)).all()


def test_that_a_data_set_smaller_than_a_batch_is_told():
    with pytest.raises(
        LabError, match=r"a batch of 16 is larger .* toy has 10\. Choose a batch of at most 10 "
    ):
        Trainer(make_vae(SMALL), toy_set("train", 10), QUICK)


def test_that_a_model_without_an_objective_is_told():
    with pytest.raises(LabError, match="a Linear has no objective"):
        Trainer(nn.Linear(2, 2), toy_set("train"), QUICK)


def test_that_pictures_of_another_shape_are_told():
    wrong = ImageSet("toy", "train", torch.zeros(32, 1, 9, 9, dtype=torch.uint8))
    with pytest.raises(LabError, match="9 x 9 grey, the model takes 8 x 8 grey"):
        Trainer(make_vae(SMALL), wrong, QUICK)


def test_that_dropout_and_shown_pictures_repeat_by_seed_and_are_off_in_the_average():
    config = VAEConfig(
        shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,), encoder_dropout=0.3, decoder_dropout=0.3
    )

    def train() -> Trainer:
        trainer = Trainer(make_vae(config), toy_set("train"), plan(binarise_input=True))
        list(trainer.run())
        return trainer

    first, second = train(), train()
    assert torch.equal(weights(first.model), weights(second.model))
    assert first.model.training
    assert not first.averaged.training
    assert not torch.equal(weights(first.model), weights(trained().model))


def test_that_without_held_out_pictures_none_are_judged():
    trainer = Trainer(make_vae(SMALL), toy_set("train"), QUICK)
    assert all(event.test is None for event in trainer.run() if isinstance(event, EpochEnded))


@pytest.mark.gpu
def test_that_it_learns_on_cuda(digits, cuda):
    model = make_vae(VAEConfig(encoder_widths=(64,), decoder_widths=(64,)))
    trainer = Trainer(model, digits, plan(epochs=20, batch=50, device="cuda", precision="auto"), digits)
    ends = [event for event in trainer.run() if isinstance(event, EpochEnded)]
    assert ends[-1].train["elbo"] > ends[0].train["elbo"] + 50
    assert trainer.device.type == "cuda"
