"""A model looked at in the midst of its training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.engine.files.checkpoint import empty_model
from latentlab.engine.rendering.unfolding import Unfolding
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from tests.conftest import make_vae
from tests.engine.test_trainer import SMALL
from tests.tiny import toy_set

FIELDS = vars(SMALL)


def trainer() -> Trainer:
    plan = TrainingPlan(epochs=1, batch=16, device="cpu", precision="fp32", threads=1)
    return Trainer(make_vae(SMALL), toy_set("train"), plan)


def test_that_the_weights_are_the_training_s_averaged_ones():
    trained = trainer()
    for _ in trained.run():
        pass
    unfolding = Unfolding(empty_model("vae", FIELDS), toy_set("test"))
    unfolding.adopt(trained.weights_now().theta, 4)
    z = torch.randn(5, 2)
    with torch.no_grad():
        assert torch.equal(unfolding.model.decode(z), trained.averaged.decode(z))
    assert unfolding.step == 4


@torch.no_grad()
def test_that_at_first_all_pictures_are_encoded_and_then_a_share_in_turns():
    data = toy_set("test", 1700)
    unfolding = Unfolding(empty_model("vae", FIELDS), data)
    first = torch.rand(trainer().weights_now().theta.shape) - 0.5
    unfolding.adopt(first.numpy(), 1)
    assert len(list(unfolding.refresh(budget_s=0.0))) == 27
    before = unfolding.mean.copy()
    x = data.images.float() / 255
    np.testing.assert_allclose(before, unfolding.model.encode(x).mean.numpy(), atol=1e-5)
    unfolding.adopt((first * 1.5).numpy(), 2)
    after = unfolding.model.encode(x).mean.numpy()
    for chunk in range(27):
        list(unfolding.refresh(budget_s=0.0))
        done = min(1700, 64 * (chunk + 1))
        np.testing.assert_allclose(unfolding.mean[:done], after[:done], atol=1e-5)
        assert np.array_equal(unfolding.mean[done:], before[done:])


def test_that_weights_of_another_model_are_told():
    unfolding = Unfolding(empty_model("vae", FIELDS), toy_set("test"))
    with pytest.raises(LabError, match=r"a snapshot of .* weights; the model has"):
        unfolding.adopt(np.zeros(3, np.float32), 1)
