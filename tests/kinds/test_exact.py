"""A model that knows log p(x) exactly, and never trained by gradients: evaluated, selected, mapped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.cli import main
from latentlab.data import catalog
from latentlab.engine.evaluation.elbo import evaluate
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import DensityMapRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, LoadRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.models.base import capabilities_of
from latentlab.models.registry import registered
from tests.kinds import linear
from tests.kinds.linear import Linear, LinearConfig, save_linear


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with registered(linear.KIND):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save_linear(tmp_path / "linear.safetensors")


def exactly(model: Linear, x: torch.Tensor) -> torch.Tensor:
    """log p(x) by torch's own multivariate normal, in float64."""
    weight = model.weight.detach().double()
    covariance = weight @ weight.T + model.config.sigma**2 * torch.eye(len(weight), dtype=torch.float64)
    normal = torch.distributions.MultivariateNormal(model.mean.detach().double(), covariance)
    return normal.log_prob(x.flatten(1).double())


def test_that_it_claims_what_it_can():
    assert capabilities_of(Linear(LinearConfig())) == linear.KIND.capabilities


def test_that_its_elbo_is_log_p_and_both_are_evaluated(path, capsys):
    loaded, data = load_model(path), catalog.load("mnist", "test").part("test", 0, 200)
    model = loaded.model
    exact = float(exactly(model, data.images.float() / 255.0).mean())
    found = evaluate(model, data, elbo_draws=64)
    assert found.log_likelihood == pytest.approx(exact, rel=1e-6)
    assert found.elbo == pytest.approx(exact, abs=0.1)
    assert (found.density.how, found.density.measure) == ("exact", "continuous")
    assert (found.likelihood_images, found.samples) == (200, 0)
    assert main(["evaluate", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["density"] == {"how": "exact", "measure": "continuous"}
    assert said["images"] == said["likelihood_images"] == 10_000
    assert main(["evaluate", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if "log p(x)" in line]
    assert float(line.split()[2]) == pytest.approx(said["log_likelihood"], abs=1e-3)
    assert line.endswith("exact, over 10,000 pictures")


def test_that_a_selected_picture_comes_with_its_log_p(path):
    renderer = Renderer()
    list(renderer.serve(LoadRequest(1, str(path))))
    (card,) = renderer.serve(SelectionRequest(2, 5))
    x = renderer.data.images[5:6].float() / 255.0
    assert card.log_density == pytest.approx(float(exactly(renderer.loaded.model, x)[0]), rel=1e-6)
    # The one is exact, the other the mean of draws of the true posterior.
    assert card.elbo == pytest.approx(card.log_density, abs=0.5)


def test_that_the_density_of_its_codes_is_mapped(path):
    renderer = Renderer()
    list(renderer.serve(LoadRequest(1, str(path))))
    *_, encoded = [reply for reply in renderer.serve(EncodeRequest(2)) if reply is not None]
    assert encoded.done
    assert np.isfinite(encoded.kl_per_dimension).all()
    wanted = DensityMapRequest(3, 30, 20, (-3.0, 3.0, -3.0, 3.0), Projection.pair(0, 1, 2))
    *_, shown = [reply for reply in renderer.serve(wanted) if reply is not None]
    assert shown.log_density.shape == (20, 30)
    assert shown.log_prior is not None
    assert np.isfinite(shown.log_density).all()
