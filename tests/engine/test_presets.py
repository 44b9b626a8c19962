"""What a person can choose before a training, and the config and plan that come of it."""

from __future__ import annotations

import pytest

from latentlab.core.schedules import SCHEDULES
from latentlab.engine.training.objectives import objective_of
from latentlab.engine.training.plan import TrainingPlan, figures_of, usual_plan
from latentlab.engine.training.presets import (
    Choice,
    batch_for,
    epochs_for,
    few_in_words,
    fields_for,
    fields_of,
    of_kind,
    plan_for,
    require_enough,
    suited_to,
    too_few_in_words,
    with_fitting_warmup,
)
from latentlab.errors import LabError
from latentlab.models.ddpm import spec as ddpm
from latentlab.models.objectives.denoising import ByNoiseLevel
from latentlab.models.objectives.elbo import ByElbo, ByReconstruction
from latentlab.models.objectives.figures import DENOISING, ELBO, RECONSTRUCTION
from latentlab.models.registry import KINDS, build, count_parameters
from latentlab.models.spec import SIZES

DDPM = Choice.of(kind="ddpm")


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 50, 41), (3, 64, 64), (4, 200, 256)]
)
@pytest.mark.parametrize("size", SIZES)
def test_that_a_diffusion_model_of_every_size_takes_pictures_of_any_size(shape, size):
    fields = {**fields_of(Choice.of(kind="ddpm", size=size), shape), "shape": shape}
    config = KINDS["ddpm"].config(**fields)
    assert count_parameters(KINDS["ddpm"], config) < 10_000_000
    # Few enough places for a processor: attention alone is quadratic in them.
    assert max(shape[1:]) / config.patch <= 32


def test_that_larger_sizes_are_larger_and_medium_is_the_models_own():
    counts = [
        count_parameters(KINDS["ddpm"], KINDS["ddpm"].config(**fields_of(Choice.of(kind="ddpm", size=size))))
        for size in SIZES
    ]
    assert counts == sorted(counts)
    medium, own = KINDS["ddpm"].config(**fields_of(DDPM, (1, 28, 28))), ddpm.DDPMConfig()
    assert medium == own


def test_that_what_a_diffusion_model_can_be_told_is_what_its_config_knows():
    offered = {option.name: {value for _, value in option.choices} for option in KINDS["ddpm"].choices}
    assert offered["predicts"] == set(ddpm.PREDICTS)
    assert offered["noise"] == set(SCHEDULES) == set(ddpm.SCHEDULES)
    assert offered["weighting"] == set(ddpm.WEIGHTINGS)
    chosen = Choice.of(
        kind="ddpm", predicts="noise", noise="linear", weighting="min-snr", condition_dropout=0.3
    )
    config = build("ddpm", {**fields_of(chosen), "shape": (1, 8, 8)}).config
    assert (config.predicts, config.schedule, config.weighting) == ("noise", "linear", "min-snr")
    assert config.condition_dropout == 0.3


def test_that_the_figures_of_a_kind_are_those_of_its_objective():
    told = {ByElbo: ELBO, ByReconstruction: RECONSTRUCTION, ByNoiseLevel: DENOISING}
    for kind in ("vae", "ae", "ddpm"):
        model = build(kind, {**fields_of(Choice.of(kind=kind)), "shape": (1, 8, 8)})
        assert figures_of(kind) is told[type(objective_of(model, TrainingPlan()))]


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


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_batch_leaves_some_steps_in_an_epoch_of_few_pictures(kind: str):
    most = usual_plan(kind).batch
    counts = {8: 2, 16: 4, 40: 8, 50: 8, 100: 16, 200: 32, 256: 64, 500: 64, 20_000: 64, 70_000: 128}
    assert {count: batch_for(count, kind) for count in counts} == {
        count: min(batch, most) for count, batch in counts.items()
    }
    for count in range(8, 300):
        assert plan_for(kind, count, count - max(1, count // 10)).batch * 3 <= count


@pytest.mark.parametrize(
    ("count", "learning", "parts", "batch"),
    [(40, 36, 1, 8), (40, 5, 1, 5), (8, 7, 1, 2), (100, 90, 3, 15), (8, 7, 4, 4), (9, 1, 1, 1)],
)
def test_that_a_proposed_batch_is_never_more_than_there_is_to_learn_from_and_can_be_shared(
    count: int, learning: int, parts: int, batch: int
):
    plan = plan_for("vae", count, learning, parts=parts)
    assert plan.batch == batch
    assert plan.batch <= learning
    assert plan.batch % parts == 0


def test_that_the_warm_up_is_over_long_before_a_short_training_is():
    plan = plan_for("vae", 40, 36)
    assert (plan.epochs, plan.batch, plan.warmup_steps) == (300, 8, 150)
    assert plan_for("vae", 70_000, 60_000).warmup_steps == 500
    assert plan_for("vae", 40, 36, epochs=2, batch=36).warmup_steps == 0
    assert with_fitting_warmup(TrainingPlan(epochs=10, batch=100, warmup_steps=7), 1000).warmup_steps == 7


def test_that_a_classifier_sees_as_many_pictures_as_the_one_that_ships():
    assert epochs_for(60_000, "classifier") == usual_plan("classifier").epochs == 6
    assert epochs_for(100, "classifier") == 300


def test_that_colour_pictures_are_proposed_convolutions_and_a_learnt_noise_level():
    for kind in ("vae", "ae", "cvae"):
        fields = fields_for(kind, (3, 32, 32), {})
        assert fields["encoder"] == fields["decoder"] == "conv"
        assert (fields["likelihood"], fields["learn_sigma"], fields["latents"]) == ("gaussian", True, 32)
    assert fields_for("vae", (3, 32, 32), {}) == fields_of(suited_to((3, 32, 32)).choice)
    assert fields_for("vae", (1, 28, 28), {}) == fields_of(suited_to((1, 28, 28)).choice)
    assert fields_for("ddpm", (3, 64, 64), {})["patch"] == 4
    assert fields_for("classifier", (3, 32, 32), {}) == {}


def test_that_what_is_given_is_not_proposed_and_decides_what_goes_with_it():
    fields = fields_for("vae", (3, 32, 32), {"encoder": "mlp", "likelihood": "palette", "latents": 5})
    assert not {"encoder", "likelihood", "latents"} & fields.keys()
    assert fields["encoder_widths"] == (256, 256, 256)
    assert fields["decoder_widths"] == (128, 64, 32)
    assert (fields["learn_sigma"], fields["encoder_features"]) == (False, 8)
    assert fields_for("vae", (3, 32, 32), {"sigma": 0.2})["learn_sigma"] is False
    assert fields_for("vae", (1, 28, 28), {"likelihood": "gaussian"})["learn_sigma"] is True


def test_that_few_pictures_are_warned_of_and_too_few_refused_in_words():
    assert [few_in_words(count) for count in (0, 500, 60_000)] == ["", "", ""]
    assert "36 pictures are few: a model soon overfits" in few_in_words(36)
    assert few_in_words(600, 1).startswith("Of the 601 training pictures 1 is left out, ")
    assert few_in_words(36, 1200).startswith("Of the 1,236 training pictures 1,200 are left out, ")
    assert "36 pictures are few" in few_in_words(36, 1200)
    assert [too_few_in_words(count) for count in (0, 8, 500)] == ["", "", ""]
    assert too_few_in_words(1).startswith("1 picture is too few to train on. At least 8 are needed")
    require_enough(7, 1, "cats")
    with pytest.raises(LabError, match=r"cats has 7 pictures, too few to train on\. At least 8"):
        require_enough(6, 1, "cats")
    with pytest.raises(LabError, match=r"of the 20 pictures of cats only 1 .* 19 are held out\. Move some"):
        require_enough(1, 19, "cats")
