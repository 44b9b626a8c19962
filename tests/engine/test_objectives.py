"""Objectives: their figures add up, and a diffusion model trains, stops and goes on by them."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.core.schedules import linear
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training import trainer as trainer_module
from latentlab.engine.training.events import Checkpointed, EpochEnded, Progress
from latentlab.engine.training.objectives import objective_of
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.engine.training.state import state_path
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models.base import Denoised, NoiseTerms
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.objectives.denoising import NOISE_LEVELS, ByNoiseLevel
from latentlab.models.objectives.elbo import ByElbo
from latentlab.models.objectives.figures import DENOISING
from latentlab.models.players import Batch, Moment
from latentlab.models.vae.model import VAEConfig
from tests.conftest import make_vae
from tests.tiny import toy_set

SMALL = {"widths": (8, 16), "steps": 50}
PLAN = TrainingPlan(epochs=3, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)


def make_ddpm(**changes) -> DDPM:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return DDPM(DDPMConfig(**{"shape": (1, 8, 8), **SMALL, **changes}))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Known(nn.Module):
    """Its loss at t is that of a table, times what the first pixel of the picture says."""

    picture_shape = (1, 8, 8)

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.schedule = linear(steps)
        self.table = torch.arange(steps + 1, dtype=torch.float32).sqrt()
        self.seen: list[tuple[Tensor, Tensor | None]] = []

    def objective(self, settings) -> ByNoiseLevel:
        return ByNoiseLevel(self.schedule.steps)

    def denoise(self, x_t, t, y=None, guidance=1.0) -> Denoised:
        raise NotImplementedError

    def noise_terms(self, x, generator=None, *, y=None, t=None) -> NoiseTerms:
        if t is None:
            t = torch.randint(1, self.schedule.steps + 1, (len(x),), generator=generator)
        self.seen.append((t, y))
        return NoiseTerms(self.table[t] * x[:, 0, 0, 0], t)


def known_batch(count: int, seed: int = 1) -> Batch:
    return Batch(torch.rand(count, 1, 8, 8, generator=seeded(seed)), y=torch.ones(count, 2))


def by_hand(model: Known, batches: list[Batch]) -> tuple[float, list[float]]:
    """The mean loss, and that of each level, picture by picture."""
    steps, total, levels = model.schedule.steps, [], [[] for _ in range(NOISE_LEVELS)]
    for batch, (times, _) in zip(batches, model.seen, strict=True):
        for x, t in zip(batch.x, times.tolist(), strict=True):
            loss = math.sqrt(t) * float(x[0, 0, 0])
            total.append(loss)
            # Level n of 0 .. 9 holds the times from n T / 10, that one left out, to (n + 1) T / 10.
            level = next(n for n in range(NOISE_LEVELS) if t * NOISE_LEVELS <= (n + 1) * steps)
            levels[level].append(loss)
    return sum(total) / len(total), [sum(some) / len(some) if some else math.nan for some in levels]


def assert_figures(found: Figures, mean: float, levels: list[float]) -> None:
    assert found["loss"] == pytest.approx(mean, rel=1e-4)
    assert list(found.series["loss_per_level"]) == pytest.approx(levels, rel=1e-4, nan_ok=True)


# What the figures say


@pytest.mark.parametrize("steps", [10, 50, 1000])
def test_that_a_denoisers_figures_are_means_over_pictures_by_level(steps):
    model, noise = Known(steps), seeded()
    objective, batches = objective_of(model, TrainingPlan()), [known_batch(16, seed) for seed in range(4)]
    assert isinstance(objective, ByNoiseLevel)
    sums = torch.zeros(objective.width)
    for batch in batches:
        loss, figures = objective.loss(model, batch, noise, Moment())
        expected = model.table[model.seen[-1][0]] * batch.x[:, 0, 0, 0]
        torch.testing.assert_close(loss, expected.mean())
        sums += figures
    assert all(torch.equal(y, torch.ones(16, 2)) for _, y in model.seen)
    assert_figures(objective.terms(sums, len(batches)), *by_hand(model, batches))


@given(st.integers(10, 2000))
def test_that_levels_are_ten_even_parts_of_all_times(steps):
    objective = ByNoiseLevel(steps)
    t = torch.arange(1, steps + 1)
    counts = objective._figures(torch.zeros(()), torch.ones(steps), t)[1 + NOISE_LEVELS :]
    assert counts.sum() == steps
    assert counts.max() - counts.min() <= 1


def test_that_a_level_that_was_not_drawn_is_no_number():
    model, batch = Known(1000), known_batch(2)
    objective = ByNoiseLevel(1000)
    _, figures = objective.loss(model, batch, seeded(), Moment())
    told = objective.terms(figures, 1)
    assert math.isfinite(told["loss"])
    assert sum(map(math.isfinite, told.series["loss_per_level"])) in (1, 2)
    assert sum(map(math.isnan, told.series["loss_per_level"])) in (8, 9)


def test_that_judging_in_pieces_is_judging_at_once():
    objective, whole = ByNoiseLevel(1000), known_batch(100)
    at_once, in_pieces = Known(1000), Known(1000)
    all_of_it = objective.judge(at_once, whole, seeded(), 0, 100)
    sums = torch.zeros(objective.width)
    for first in (0, 40, 80):
        some = slice(first, first + 40)
        sums += objective.judge(in_pieces, Batch(whole.x[some], y=whole.y[some]), seeded(), first, 100)
    torch.testing.assert_close(sums, all_of_it)
    assert_figures(objective.terms(all_of_it, 100), *by_hand(at_once, [whole]))


@pytest.mark.parametrize("steps", [10, 50, 1000, 10_000])
@pytest.mark.parametrize("count", [16, 100, 2000])
def test_that_judging_goes_over_all_levels_evenly(steps, count):
    model, objective = Known(steps), ByNoiseLevel(steps)
    figures = objective.judge(model, known_batch(count), seeded(), 0, count)
    times, counts = model.seen[0][0], figures[1 + NOISE_LEVELS :]
    assert int(times.min()) >= 1
    assert int(times.max()) <= steps
    assert float(counts.min()) >= 1.0
    # A sequence of low discrepancy: the shares are even to within a few pictures.
    assert (counts - count / NOISE_LEVELS).abs().max() <= 3.0
    assert all(map(math.isfinite, objective.terms(figures, count).series["loss_per_level"]))


def test_that_an_elbos_figures_are_means_of_both_its_terms():
    model = make_vae(VAEConfig(shape=(1, 8, 8), latents=3, encoder_widths=(8,), decoder_widths=(8,)))
    objective, batches = objective_of(model, TrainingPlan()), [known_batch(8, seed).x for seed in range(3)]
    assert isinstance(objective, ByElbo)
    trained, judged, noise, again = torch.zeros(4), torch.zeros(4), seeded(), seeded()
    expected = []
    with torch.no_grad():
        for x in batches:
            loss, figures = objective.loss(model, Batch(x), noise, Moment(beta=0.5))
            trained += figures
            terms = model.elbo_terms(x, again)
            expected += list(zip(terms.reconstruction.tolist(), terms.kl.tolist(), strict=True))
            torch.testing.assert_close(loss, -terms.elbo(0.5).mean())
        noise = seeded()
        for number, x in enumerate(batches):
            judged += objective.judge(model, Batch(x), noise, 8 * number, 24)
    for told in (objective.terms(trained, 3), objective.terms(judged, 24)):
        assert told["reconstruction"] == pytest.approx(sum(pair[0] for pair in expected) / 24, rel=1e-4)
        assert told["kl"] == pytest.approx(sum(pair[1] for pair in expected) / 24, rel=1e-4)
        assert sum(told.series["kl_per_dimension"]) == pytest.approx(told["kl"], rel=1e-4)


def test_that_a_model_without_an_objective_is_told():
    with pytest.raises(LabError, match="a Linear has no objective to train"):
        objective_of(nn.Linear(1, 1), TrainingPlan())


def test_that_a_denoiser_has_no_importance_samples():
    with pytest.raises(LabError, match="such a model cannot be trained with importance samples"):
        objective_of(make_ddpm(), TrainingPlan(importance_samples=5))


# A diffusion model in the trainer


def test_that_a_diffusion_model_learns_and_is_judged_by_level():
    trainer = Trainer(
        make_ddpm(),
        gradients("train"),
        dataclasses.replace(PLAN, epochs=8, learning_rate=5e-3),
        gradients("test"),
    )
    ends = [event for event in trainer.run() if isinstance(event, EpochEnded)]
    first, last = ends[0], ends[-1]
    assert last.test.spec is DENOISING
    assert last.train["loss"] < 0.8 * first.train["loss"]
    assert last.test["loss"] < first.test["loss"]
    assert len(last.test.series["loss_per_level"]) == NOISE_LEVELS
    assert all(math.isfinite(loss) and loss > 0.0 for loss in last.test.series["loss_per_level"])
    # As many pictures at each level, all but: their mean is the mean.
    assert sum(last.test.series["loss_per_level"]) / NOISE_LEVELS == pytest.approx(last.test["loss"], rel=0.1)


def gradients(split: str):
    """Pictures of one shade each, which a small network soon tells from noise."""
    dots = toy_set(split)
    shades = (torch.arange(len(dots)) * 4 % 256).to(torch.uint8).view(-1, 1, 1, 1)
    return dataclasses.replace(dots, images=shades.expand_as(dots.images).contiguous())


def test_that_the_figures_of_an_epoch_are_those_of_its_steps(monkeypatch):
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    trainer = Trainer(make_ddpm(), toy_set("train"), dataclasses.replace(PLAN, epochs=1))
    events = list(trainer.run())
    steps = [event.terms["loss"] for event in events if isinstance(event, Progress)]
    (end,) = (event for event in events if isinstance(event, EpochEnded))
    assert len(steps) == 4
    assert end.train["loss"] == pytest.approx(sum(steps) / 4, rel=1e-5)


def test_that_of_many_held_out_pictures_only_so_many_are_judged(monkeypatch):
    monkeypatch.setattr(ByNoiseLevel, "most_judged", 20)
    trainer = Trainer(make_ddpm(condition_names=("even", "odd")), toy_set("train"), PLAN, toy_set("test"))
    held_out = toy_set("test")
    images, told = trainer.held_out.within(slice(None))
    assert len(images) == len(told) == 20
    for image, y in zip(images, told, strict=True):
        (number,) = (n for n in range(len(held_out)) if torch.equal(held_out.images[n], image))
        assert y.argmax() == held_out.labels[number]


def test_that_judging_twice_says_the_same():
    trainer = Trainer(make_ddpm(dropout=0.3), toy_set("train"), PLAN, toy_set("test"))
    trainer.train_step(torch.arange(16))

    def judged() -> Figures:
        *_, figures = finished(trainer._judge())
        return figures

    assert judged() == judged()


def finished(generator):
    """All that a generator yields, and last what it returns."""
    result = yield from generator
    yield result


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_that_it_trains_in_either_precision_on_one_thread(precision):
    plan = dataclasses.replace(PLAN, precision=precision)
    trainer = Trainer(make_ddpm(condition_names=("even", "odd")), toy_set("train"), plan, toy_set("test"))
    *_, end, _ = trainer.run()
    assert trainer.precision == precision
    assert math.isfinite(end.train["loss"])
    assert 0.0 < end.test["loss"] < 3.0
    for weight in trainer.averaged.parameters():
        assert weight.dtype == torch.float32
        assert weight.isfinite().all()


def test_that_what_is_left_open_is_settled_by_trying_without_a_draw_from_the_trainings_noise():
    exact = dataclasses.replace(PLAN, epochs=1)
    settled, fixed = (
        Trainer(make_ddpm(condition_names=("even", "odd"), dropout=0.2), toy_set("train"), plan)
        for plan in (dataclasses.replace(exact, threads=0), exact)
    )
    draws = []
    for trainer in (settled, fixed):
        assert len(list(trainer.run())) >= 3
        draws.append((trainer.noise.get_state(), torch.get_rng_state()))
    assert settled.threads >= 1
    # More threads add up in another order; what was drawn is the same.
    for tried, untried in zip(*draws, strict=True):
        assert torch.equal(tried, untried)


def test_that_the_gradient_in_bf16_points_where_that_in_fp32_does():
    def gradient(precision: str) -> Tensor:
        model = make_ddpm()
        for weight in model.parameters():
            nn.init.normal_(weight, std=0.1, generator=seeded(weight.numel()))
        plan = dataclasses.replace(PLAN, precision=precision, gradient_norm=1e9)
        trainer = Trainer(model, toy_set("train"), plan)
        trainer.train_step(torch.arange(16))
        return trainer.learner.weights.gradient.clone()

    exact, coarse = gradient("fp32"), gradient("bf16")
    assert float(torch.cosine_similarity(exact, coarse, dim=0)) > 0.99


@pytest.fixture
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def begun(out: Path, **changes) -> TrainingRun:
    config = {**SMALL, "dropout": 0.2, **changes.pop("config", {})}
    plan = dataclasses.replace(PLAN, **changes)
    return TrainingRun("ddpm", config, plan, toy_set("train"), toy_set("test"), out, overwrite=True)


@pytest.mark.usefixtures("_toy_data")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("stops", [(1,), (3, 2), (6,), (10,)])
def test_that_a_resumed_training_ends_with_exactly_the_same_file(tmp_path, monkeypatch, stops, precision):
    *_, saved = begun(tmp_path / "whole.safetensors", precision=precision).run()
    assert isinstance(saved, Saved)
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    out = tmp_path / "parts.safetensors"
    run = begun(out, precision=precision)
    for stop in stops:
        for _ in itertools.islice(run.run(), stop + 1):  # the first tells that it has started
            pass
        assert isinstance(run.checkpoint(), Checkpointed)
        torch.rand(3)  # whatever else happens in between
        run = TrainingRun.resume(state_path(out), overwrite=True)
    *_, saved = run.run()
    assert isinstance(saved, Saved)
    assert out.read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


def test_that_the_file_says_what_the_model_is_told_and_how_good_it_is(tmp_path):
    *_, saved = begun(tmp_path / "m.safetensors").run()
    loaded = load_model(saved.path)
    assert loaded.card.kind == "ddpm"
    assert loaded.model.condition_names == ("even", "odd")
    assert loaded.model.exclusive
    assert loaded.card.metrics == {"loss": pytest.approx(saved.metrics["loss"]), "epochs": 3, "steps": 12}


def test_that_pictures_of_another_size_are_told():
    with pytest.raises(LabError, match="the model takes"):
        Trainer(make_ddpm(), toy_set("train", shape=(1, 9, 8)), PLAN)
