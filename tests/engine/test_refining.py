"""q refined for one picture: never worse than the encoder's, and exact where the posterior is a Gaussian."""

from __future__ import annotations

import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.evidence import Evidence
from latentlab.engine.inference.refining import can_refine, refine
from latentlab.engine.inference.true_posterior import driven
from latentlab.models.terms import Posterior
from latentlab.shipped import model_files


@pytest.mark.slow
def test_that_from_a_bad_start_it_comes_to_the_exact_posterior_of_a_linear_model() -> None:
    model = load_model(model_files()["mnist-ppca-2d"]).model
    x = catalog.load("mnist", "test").images[3:4].float() / 255.0
    exact = model.encode(x)
    start = Posterior(exact.mean + 0.5 * torch.exp(0.5 * exact.log_variance), exact.log_variance + 1.0)
    with torch.inference_mode():
        found = driven(refine(model, x, None, start))
        known = Evidence(model)
        gap = known.exact(x) - driven(known.elbo(x, None, found, 2000)).value
    torch.testing.assert_close(found.mean, exact.mean, atol=5e-3, rtol=0.0)
    torch.testing.assert_close(found.log_variance, exact.log_variance, atol=2e-2, rtol=0.0)
    assert gap == pytest.approx(0.0, abs=0.01)


def test_that_weights_without_gradients_are_told() -> None:
    with torch.inference_mode():
        layers = torch.nn.Linear(2, 2)
    assert not can_refine(layers)
    assert can_refine(torch.nn.Linear(2, 2))
