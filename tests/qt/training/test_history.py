"""Figures of a training, kept thin."""

from __future__ import annotations

from latentlab.engine.events import EpochEnded, Progress, Started, Terms
from latentlab.qt.training.history import _MOST, History, unused


def progress(step: int, kl: tuple[float, ...] = (1.0, 0.0)) -> Progress:
    return Progress(step, 1, Terms(-100.0 + step, sum(kl), kl), 1000.0, 1.0, 1.0)


def test_that_train_and_test_figures_are_told_apart():
    history = History()
    assert history.add(progress(5))
    assert history.add(EpochEnded(9, 1, Terms(-1.0, 2.0), Terms(-3.0, 4.0)))
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
    assert 1.0 < history.kl_per_dimension[0] < 2.0
    for step in range(100):
        history.add(progress(step, (3.0, 0.5)))
    assert history.kl_per_dimension[0] > 2.99
    history.add(progress(3, (1.0, 1.0, 1.0)))  # another model
    assert history.kl_per_dimension == (1.0, 1.0, 1.0)


def test_that_dimensions_at_the_prior_are_unused():
    assert unused((1.2, 0.001, 0.3, 0.0)) == [1, 3]
    assert unused(()) == []
