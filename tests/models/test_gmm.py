"""The mixture of Gaussians as a model: fitted by the trainer, against scikit-learn, by class, resumed."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture

from latentlab.data.image_set import ImageSet
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models.gmm.model import GMM
from latentlab.models.gmm.spec import GMMConfig
from tests.tiny import toy_set

SHAPE = (1, 8, 8)
CLASSES = ("dots", "bars")


def pictures(count: int = 300) -> ImageSet:
    """Bright and dark pictures of noise, of two classes."""
    draw = torch.Generator().manual_seed(0)
    labels = torch.arange(count) % 2
    x = 0.2 + 0.5 * labels.view(-1, 1, 1, 1) + 0.05 * torch.randn(count, *SHAPE, generator=draw)
    x[:, :, :4] += 0.1 * torch.randn(count, 1, 1, 1, generator=draw)
    return ImageSet("toy", "train", (x.clamp(0, 1) * 255).round().byte(), labels, CLASSES)


def fitted(config: GMMConfig, data: ImageSet) -> tuple[GMM, list[float]]:
    """A mixture, and log p of the training pictures at each pass."""
    model = GMM(config)
    trainer = Trainer(model, data, TrainingPlan(epochs=60))
    curve = [event.train["log_density"] for event in trainer.run() if isinstance(event, EpochEnded)]
    assert isinstance(trainer.averaged, GMM)
    return trainer.averaged, curve


@pytest.mark.parametrize("covariance", ["low-rank", "diagonal", "full"])
def test_that_log_p_rises_to_what_scikit_learn_reaches_or_beyond(covariance: str) -> None:
    data = pictures()
    config = GMMConfig(components=2, covariance=covariance, factors=3, shape=SHAPE, tolerance=1e-5)
    model, curve = fitted(config, data)
    assert all(now >= before - 1e-4 for before, now in itertools.pairwise(curve))
    assert len(curve) < 60, "it has converged"
    x = data.images.float() / 255.0
    log_p = model.log_density(x).double()
    rows = x.flatten(1).double().numpy()
    means = model.mean.double().numpy()
    if covariance == "low-rank":
        with_noise = model.factors.double() @ model.factors.double().mT
        spread = with_noise + model.noise.double().view(-1, 1, 1) * torch.eye(64, dtype=torch.float64)
    else:
        spread = (model.variance if covariance == "diagonal" else model.covariance).double()
    called = "diag" if covariance == "diagonal" else "full"
    oracle = GaussianMixture(2, covariance_type=called, reg_covar=1e-3, random_state=0)
    found = oracle.fit(rows).score(rows)
    if covariance == "diagonal":
        assert float(log_p.mean()) >= found - 1e-3
    oracle.weights_, oracle.means_ = model.weights.double().numpy(), means
    oracle.covariances_ = spread.numpy()
    inverse = (
        np.linalg.inv(np.linalg.cholesky(spread.numpy())).transpose(0, 2, 1) if called == "full" else None
    )
    oracle.precisions_cholesky_ = 1.0 / np.sqrt(spread.numpy()) if inverse is None else inverse
    np.testing.assert_allclose(log_p, oracle.score_samples(rows), rtol=1e-6)
    np.testing.assert_allclose(model.responsibilities(x), oracle.predict_proba(rows), atol=1e-5)


def test_that_by_class_each_component_answers_for_its_class_and_draws_it() -> None:
    data = pictures()
    config = GMMConfig(components=4, factors=2, shape=SHAPE, by_class=True, condition_names=CLASSES)
    model, _ = fitted(config, data)
    assert model.condition_names == CLASSES
    one_hot = torch.eye(2)
    dark, bright = (
        model.draw_pictures(40, torch.Generator().manual_seed(1), y.expand(40, 2)) for y in one_hot
    )
    assert dark.mean() < 0.4 < bright.mean()
    x = data.images.float() / 255.0
    right, wrong = (model.log_density(x, y=one_hot[(data.labels + off) % 2]) for off in (0, 1))
    assert (right > wrong + 100.0).all()
    # p(x) = sum_y p(y) p(x|y)
    shares = torch.stack([model.weights[:2].sum(), model.weights[2:].sum()])
    both = torch.stack([model.log_density(x, y=y.expand(len(x), 2)) for y in one_hot], 1) + shares.log()
    torch.testing.assert_close(both.logsumexp(1), model.log_density(x), rtol=1e-5, atol=1e-3)


def test_that_components_of_attributes_and_full_covariances_of_large_pictures_are_refused() -> None:
    with pytest.raises(LabError, match="attributes that may go together"):
        GMMConfig(by_class=True, condition_names=("Hat", "Smiling"), exclusive=False)
    with pytest.raises(LabError, match="do not fit in memory"):
        GMMConfig(components=1000, covariance="full")
    with pytest.raises(LabError, match="do not reach for 2 classes"):
        GMMConfig(components=1, by_class=True, condition_names=CLASSES)
    assert GMMConfig(condition_names=("Hat", "Smiling"), exclusive=False).components == 50


@pytest.mark.parametrize("count", [1, 3])
def test_that_fewer_pictures_than_components_are_fitted_all_the_same(count: int) -> None:
    data = pictures(count)
    model, curve = fitted(GMMConfig(components=5, factors=2, shape=SHAPE), data)
    assert np.isfinite(curve).all()
    assert torch.isfinite(model.draw_pictures(7, torch.Generator().manual_seed(0))).all()
    assert float(model.weights.sum()) == pytest.approx(1.0)


def test_that_equal_pictures_leave_the_floor_and_nothing_else() -> None:
    data = dataclasses.replace(pictures(4), images=torch.full((4, *SHAPE), 51, dtype=torch.uint8))
    model, _ = fitted(GMMConfig(components=2, covariance="diagonal", shape=SHAPE, floor=0.01), data)
    live = model.variance[model.weights > 0.3]
    assert len(live)
    torch.testing.assert_close(live, torch.full_like(live, 0.01))
    torch.testing.assert_close(model.mean, torch.full_like(model.mean, 0.2))


def test_that_a_fit_that_was_stopped_goes_on_to_the_same_mixture() -> None:
    data = toy_set("train", 64)
    config = GMMConfig(components=3, factors=2, shape=data.shape, tolerance=0.0)
    whole = Trainer(GMM(config), data, TrainingPlan(epochs=6))
    list(whole.run())
    broken = Trainer(GMM(config), data, TrainingPlan(epochs=6))
    for event in broken.run():
        if isinstance(event, EpochEnded) and event.epoch == 3:
            break
    again = Trainer(GMM(config), data, TrainingPlan(epochs=6))
    again.restore(*broken.state())
    list(again.run())
    for name, tensor in whole.averaged.state_dict().items():
        assert torch.equal(again.averaged.state_dict()[name], tensor), name
