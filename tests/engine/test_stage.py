"""The 2-D stage without a window: the same seed, the same points; what players believe, beside what is so."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlab.core.points import NAMED
from latentlab.engine.stage.apart import apart
from latentlab.engine.stage.duel import CRITIC, GENERATOR, Duel
from latentlab.engine.stage.events import ApartRequest, BeginRequest, FrameReply, RunRequest
from latentlab.engine.stage.recipe import FAMILIES, LOSSES, SETS, Recipe, Source, Tuning, usual
from latentlab.engine.stage.service import StageService
from latentlab.engine.stage.training import StageTraining
from latentlab.errors import LabError


def trained(recipe: Recipe, rounds: int, **changes: float) -> StageTraining:
    training = StageTraining(recipe)
    tuning = replace(usual(recipe.family, recipe.loss), **changes)
    for _ in range(rounds):
        training.round(tuning)
    return training


def test_that_every_set_has_a_title() -> None:
    assert list(SETS) == list(NAMED)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("loss", ["non_saturating", "penalty"])
def test_that_the_same_seed_makes_the_same_points_however_often_one_looks(family: str, loss: str) -> None:
    recipe = Recipe(Source("moons"), family, loss, seed=3)
    one, other = StageTraining(recipe), StageTraining(recipe)
    tuning = Tuning(turns=2, batch=32)
    for _ in range(3):
        one.round(tuning)
        one.frame("truth")
        other.round(tuning)
    a, b = one.frame(), other.frame()
    assert np.array_equal(a.made, b.made)
    assert a.w1 == pytest.approx(b.w1, abs=1e-9)
    assert a.round == 3
    assert np.isfinite(a.behind.values).all()


def test_that_a_frame_tells_after_which_round_its_w1_was_found() -> None:
    training = StageTraining(Recipe(Source("moons"), "mixture"))
    first = training.frame("none")
    training.round(Tuning())
    quick, whole = training.frame("none", whole=False), training.frame("none")
    assert (first.round, first.measured) == (0, 0)
    assert (quick.round, quick.measured, quick.w1) == (1, 0, first.w1)
    assert (whole.round, whole.measured) == (1, 1)
    assert whole.w1 != first.w1


def test_that_a_turn_of_one_player_leaves_the_other_as_it_was() -> None:
    training = StageTraining(Recipe(Source("ring")))
    duel = training.learner
    assert isinstance(duel, Duel)
    x = torch.zeros(1, 2)
    before, made = duel.value(x), duel.made(5)
    training.round(Tuning(), CRITIC)
    assert not torch.equal(duel.value(x), before)
    assert torch.equal(duel.made(5), made)
    before = duel.value(x)
    training.round(Tuning(), GENERATOR)
    assert torch.equal(duel.value(x), before)
    assert not torch.equal(duel.made(5), made)


def test_that_em_never_makes_the_data_less_likely() -> None:
    training, seen = StageTraining(Recipe(Source("spiral"), "mixture", components=12)), []
    for _ in range(15):
        training.round(Tuning())
        seen.append(training.frame("none").figures["log p of a point"])
    assert (np.diff(seen) >= -1e-9).all()
    assert seen[-1] > seen[0] + 0.1


@pytest.mark.parametrize("family", ["variational", "mixture"])
def test_that_a_density_that_is_told_adds_up_to_one(family: str) -> None:
    field = trained(Recipe(Source("moons"), family), 20).frame("belief").behind
    assert float(field.values.sum()) * (4.0 / len(field.values)) ** 2 == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["variational", "diffusion"])
def test_that_each_family_comes_nearer_to_the_data(family: str) -> None:
    recipe = Recipe(Source("moons"), family)
    assert trained(recipe, 200).frame("none").w1 < 0.7 * StageTraining(recipe).frame("none").w1


@pytest.mark.slow
def test_that_a_critic_estimates_w1_to_a_tenth_and_its_slope_is_one_on_the_lines_of_transport() -> None:
    training = trained(Recipe(Source("ring"), "critic", "penalty"), 250)
    frame = training.frame()
    assert frame.believed == pytest.approx(frame.w1, rel=0.1)
    assert np.abs(frame.slopes.plan[1] - 1.0).max() < 0.15


@pytest.mark.slow
def test_that_a_discriminator_learns_the_density_ratio_of_two_gaussians() -> None:
    source = Source("blob", moved=(-0.5, 0.2))
    frame = trained(Recipe(source, "critic", "non_saturating"), 400, batch=512).frame()
    assert frame.ratio.exact
    assert frame.ratio.correlation >= 0.98
    assert frame.figures["JS by the discriminator"] == pytest.approx(frame.figures["JS on a grid"], abs=0.02)


def test_that_what_is_no_longer_a_number_is_said_in_words_and_the_last_good_frame_kept() -> None:
    service = StageService()
    list(service.serve(BeginRequest(1, Recipe(Source("ring"), "variational"))))
    *_, last = service.serve(RunRequest(2, Tuning(rate=1e30), 20))
    assert isinstance(last, FrameReply)
    assert last.last
    assert "no longer numbers" in last.fault
    assert np.isfinite(last.frame.made).all()


def test_that_rounds_are_made_as_asked_and_a_new_training_ends_the_old() -> None:
    service = StageService()
    (_, begun) = service.serve(BeginRequest(1, Recipe()))
    assert begun.frame.round == 0
    running = service.serve(RunRequest(2, Tuning(), None))
    next(running)
    list(service.serve(BeginRequest(3, Recipe(Source("moons")))))
    assert [one for one in running if one is not None] == []
    *_, last = service.serve(RunRequest(4, Tuning(), 2))
    assert (last.frame.round, last.training, last.last) == (2, 3, True)


@pytest.mark.parametrize("source", [Source("moons"), Source("drawn")])
def test_that_a_training_that_is_over_says_nothing_of_the_next_nor_of_one_that_is_refused(
    source: Source,
) -> None:
    service = StageService()
    list(service.serve(BeginRequest(1, Recipe())))
    running = service.serve(RunRequest(2, Tuning(), 1))
    while (frame := next(running)) is None:
        pass
    assert frame.frame.round == 1
    with contextlib.suppress(LabError):  # of a drawing with nothing in it
        list(service.serve(BeginRequest(3, Recipe(source))))
    assert list(running) == []


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (lambda: Recipe(family="oracle"), "no family"),
        (lambda: Recipe(loss="none"), "no loss"),
        (lambda: Recipe(components=0), "1 to 64"),
        (lambda: Recipe(Source("drawn")), "nothing has been drawn"),
        (lambda: Recipe(Source("drawn", (((9.0, 0.0),),))), "leaves the stage"),
        (lambda: Recipe(Source("codes")), "no codes"),
        (lambda: Recipe(Source("codes", rows=np.full((9, 2), np.nan, np.float32))), "finite"),
        (lambda: Recipe(Source("cube")), "no points called"),
    ],
)
def test_that_what_cannot_be_learnt_is_refused_in_words(recipe, words: str) -> None:
    with pytest.raises(LabError, match=words):
        StageTraining(recipe())


def test_that_codes_and_drawings_are_learnt_and_codes_have_no_density() -> None:
    rows = np.random.default_rng(0).normal(5.0, 3.0, (300, 2)).astype(np.float32)
    frame = trained(Recipe(Source("codes", rows=rows)), 1).frame("truth")
    assert frame.ratio is None
    assert frame.behind is None
    frame = trained(Recipe(Source("drawn", (((-1.0, 0.0), (1.0, 0.0)),))), 1).frame("truth")
    assert frame.behind is not None
    assert np.abs(frame.data[:, 1]).max() < 0.4


@pytest.mark.parametrize("loss", LOSSES)
def test_that_the_truth_is_drawn_for_every_loss(loss: str) -> None:
    training = trained(Recipe(Source("blob", moved=(0.8, 0.0)), "critic", loss), 1)
    values = training.frame("truth").behind.values
    # The data lie at the right.
    assert values[36, 60] > values[36, 36 - 24]


def test_that_apart_w1_is_the_way_and_js_saturates() -> None:
    def at(far: float, blur: float = 0.06):
        *_, reply = apart(ApartRequest(1, Source("line"), (far, 0.0), blur))
        return reply

    assert at(0.0).js == 0.0
    near, away = at(0.8), at(1.6)
    assert (near.w1, away.w1) == (pytest.approx(0.8), pytest.approx(1.6))
    assert near.js == pytest.approx(away.js, abs=1e-6)
    assert near.js == pytest.approx(np.log(2.0), abs=1e-6)
    assert abs(near.js_slope) < 1e-4
    assert at(0.8, 0.6).js_slope > 0.1
    assert (np.diff(away.far) > 0.0).all()
