"""Figures of a training, kept thin."""

from __future__ import annotations

import math

import pytest

from latentlab.engine.training.events import (
    EpochEnded,
    Progress,
    Started,
)
from latentlab.models.objectives.figures import (
    DENOISING,
    ELBO,
    LABELS,
    denoising_figures,
    elbo_figures,
    label_figures,
)
from latentlab.qt.widgets.curves.history import _MOST, History, unused


def progress(step: int, kl: tuple[float, ...] = (1.0, 0.0)) -> Progress:
    return Progress(step, 1, elbo_figures(-100.0 + step, kl), 1000.0, 1.0, 1.0)


def test_that_train_and_test_figures_are_told_apart():
    history = History()
    assert history.add(progress(5))
    assert history.add(EpochEnded(9, 1, elbo_figures(-1.0, (2.0,)), elbo_figures(-3.0, (4.0,))))
    assert not history.add(Started(9, 1, "cpu", "fp32", 1))
    assert history.train.steps == [5]
    assert (history.test.steps, history.test.values("elbo")) == ([9], [-7.0])


def test_that_a_long_training_stays_thin_and_spans_all_its_steps():
    history = History()
    for step in range(20 * _MOST):
        history.add(progress(step))
    assert len(history.train.steps) <= _MOST
    assert history.train.steps == sorted(history.train.steps)
    assert history.train.steps[0] < 200
    assert history.train.steps[-1] > 19.9 * _MOST


def test_that_the_dimensions_kl_follows_the_newest_figures_smoothly():
    history = History()
    history.add(progress(1, (1.0, 0.0)))
    history.add(progress(2, (2.0, 0.0)))
    assert 1.0 < history.newest["kl_per_dimension"][0] < 2.0
    for step in range(100):
        history.add(progress(step, (3.0, 0.5)))
    assert history.newest["kl_per_dimension"][0] > 2.99
    history.add(progress(3, (1.0, 1.0, 1.0)))  # another model
    assert history.newest["kl_per_dimension"] == (1.0, 1.0, 1.0)


(KL,) = ELBO.series


def test_that_dimensions_at_the_prior_are_unused():
    assert unused(KL, (1.2, 0.001, 0.3, 0.0)) == [1, 3]
    assert unused(KL, ()) == []


def noisy(step: int, loss: float, levels: tuple[float, ...]) -> Progress:
    return Progress(step, 1, denoising_figures(loss, levels), 1000.0, 1.0, 1.0)


def test_that_a_denoisers_figures_are_a_moving_mean_that_begins_with_a_plain_one():
    history = History()
    assert history.spec is None
    for loss in (1.0, 3.0):
        history.add(noisy(1, loss, (loss, 2.0 * loss)))
    assert history.spec is DENOISING
    assert history.train.values("loss") == [1.0, 2.0]
    assert history.newest["loss_per_level"] == (2.0, 4.0)
    for step in range(500):
        history.add(noisy(step, 5.0, (5.0, 0.1)))
    assert history.newest["loss_per_level"] == pytest.approx((5.0, 0.1), abs=1e-2)
    assert list(history.newest) == ["loss_per_level"]


def test_that_a_level_that_was_not_drawn_stays_as_it_was():
    history = History()
    history.add(noisy(1, 1.0, (math.nan, 2.0)))
    assert math.isnan(history.newest["loss_per_level"][0])
    history.add(noisy(2, 1.0, (0.5, math.nan)))
    assert history.newest["loss_per_level"] == (0.5, 2.0)


def test_that_the_levels_of_held_out_pictures_are_those_of_the_last_epoch():
    history = History()
    for epoch in (1, 2):
        test = denoising_figures(0.3, (0.1 * epoch, 0.2 * epoch))
        history.add(EpochEnded(epoch, epoch, denoising_figures(1.0), test))
    assert history.held_out["loss_per_level"] == (0.2, 0.4)
    assert history.test.values("loss") == [0.3, 0.3]


def test_that_a_classifiers_figures_are_kept_too():
    history = History()
    history.add(Progress(1, 1, label_figures(2.0, 0.5), 1000.0, 1.0, 1.0))
    history.add(Progress(2, 1, label_figures(1.0, 0.7), 1000.0, 1.0, 1.0))
    assert history.spec is LABELS
    assert history.train.values("accuracy") == pytest.approx([0.5, 0.6])
    assert history.newest == history.held_out == {}
