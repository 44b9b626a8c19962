"""What a person can choose before a training, and the config and plan that come of it."""

from __future__ import annotations

import pytest

from latentlab.core.schedules import SCHEDULES
from latentlab.engine import presets
from latentlab.engine.events import ElboFigures, NoiseFigures
from latentlab.engine.objectives import ByElbo, ByNoiseLevel, objective_of
from latentlab.engine.plan import TrainingPlan, figures_of, usual_plan
from latentlab.engine.presets import SIZES, Choice, batch_for, epochs_for, fields_of, of_kind, suited_to
from latentlab.models import ddpm
from latentlab.models.registry import KINDS, build, count_parameters

DDPM = Choice(kind="ddpm")


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 50, 41), (3, 64, 64), (4, 200, 256)]
)
@pytest.mark.parametrize("size", SIZES)
def test_that_a_diffusion_model_of_every_size_takes_pictures_of_any_size(shape, size):
    fields = {**fields_of(Choice(kind="ddpm", size=size), shape), "shape": shape}
    config = KINDS["ddpm"].config(**fields)
    assert count_parameters(KINDS["ddpm"], config) < 10_000_000
    # Few enough places for a processor: attention alone is quadratic in them.
    assert max(shape[1:]) / config.patch <= 32


def test_that_larger_sizes_are_larger_and_medium_is_the_models_own():
    counts = [
        count_parameters(KINDS["ddpm"], KINDS["ddpm"].config(**fields_of(Choice(kind="ddpm", size=size))))
        for size in SIZES
    ]
    assert counts == sorted(counts)
    medium, own = KINDS["ddpm"].config(**fields_of(DDPM, (1, 28, 28))), ddpm.DDPMConfig()
    assert medium == own


def test_that_what_a_diffusion_model_can_be_told_is_what_its_config_knows():
    assert set(presets.PREDICTS) == set(ddpm.PREDICTS)
    assert set(presets.NOISE_SCHEDULES) == set(SCHEDULES)
    assert set(presets.WEIGHTINGS) == set(ddpm.WEIGHTINGS)
    chosen = Choice(
        kind="ddpm", predicts="noise", schedule="linear", weighting="min-snr", condition_dropout=0.3
    )
    config = build("ddpm", {**fields_of(chosen), "shape": (1, 8, 8)}).config
    assert (config.predicts, config.schedule, config.weighting) == ("noise", "linear", "min-snr")
    assert config.condition_dropout == 0.3


def test_that_the_figures_of_a_kind_are_those_of_its_objective():
    told = {ByElbo: ElboFigures, ByNoiseLevel: NoiseFigures}
    for kind in ("vae", "ae", "ddpm"):
        model = build(kind, {**fields_of(Choice(kind=kind)), "shape": (1, 8, 8)})
        assert figures_of(kind) is told[type(objective_of(model))]


def test_that_a_plan_for_another_kind_loses_what_means_nothing_there_and_keeps_the_rest():
    plan = TrainingPlan(epochs=3, batch=32, beta=4.0, beta_cycles=4, binarise_input=True, seed=7)
    changed = of_kind(plan, "ddpm")
    assert (changed.epochs, changed.batch, changed.seed) == (3, 32, 7)
    assert (changed.beta, changed.beta_cycles, changed.binarise_input) == (1.0, 0, False)
    assert changed.gradient_norm == usual_plan("ddpm").gradient_norm == 1.0
    assert of_kind(changed, "vae").gradient_norm == TrainingPlan().gradient_norm


def test_that_a_diffusion_models_plan_is_small_batches_and_a_sensible_time():
    assert batch_for(70_000, "ddpm") == batch_for(500, "ddpm") == usual_plan("ddpm").batch == 64
    assert usual_plan("ddpm").learning_rate == 1e-3
    assert epochs_for(60_000, "ddpm") == 8
    assert epochs_for(20_000, "ddpm") == 25
    assert epochs_for(100, "ddpm") == 300


@pytest.mark.parametrize(
    ("shape", "title"), [((1, 28, 28), "VAE, 2 latents"), ((3, 32, 32), "VAE for colour pictures")]
)
def test_that_the_model_to_begin_with_suits_the_pictures(shape, title):
    assert suited_to(shape).title == title
