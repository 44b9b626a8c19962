"""Models without an encoder, or without latents, in the engine, the command line and from Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import latentlab
from latentlab.cli import main
from latentlab.data import catalog
from latentlab.engine.evaluation.density import evaluate_density
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import GridRequest
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.points import PointRequest, SamplesRequest
from latentlab.errors import LabError
from latentlab.models.base import capabilities_of
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in, registered
from tests.kinds import latentless, prior
from tests.kinds.latentless import Specks, SpecksConfig, save_specks
from tests.kinds.prior import Blot, BlotConfig, Uniform, save_blot


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with registered(prior.KIND), registered(latentless.KIND):
        yield


def opened(path: Path) -> tuple[Renderer, object]:
    renderer = Renderer()
    replies = [reply for reply in renderer.serve(LoadRequest(1, str(path))) if reply is not None]
    return renderer, replies[0]


def test_that_the_specs_claim_what_the_models_can_do():
    for kind, model in (("blot", Blot(BlotConfig())), ("specks", Specks(SpecksConfig()))):
        assert capabilities_in(kind, {}) == capabilities_of(model)


def test_that_a_model_without_an_encoder_opens_with_its_prior(tmp_path):
    _, reply = opened(save_blot(tmp_path / "blot.safetensors"))
    assert reply.latents == 2
    assert not reply.can(Capability.ENCODES)
    assert reply.can(Capability.DECODES)
    found = reply.prior
    assert (found.formula, found.standard, found.stands_in) == ("U[−1, 1]", False, False)
    assert found.low == pytest.approx((-0.99, -0.99), abs=0.01)
    assert found.high == pytest.approx((0.99, 0.99), abs=0.01)
    assert reply.middle == pytest.approx((0.0, 0.0), abs=1e-6)
    assert len(found.contours) == 3
    # The circle at 1 sigma crosses the axis at T(1).
    assert found.contours[0][0] == pytest.approx((2 * 0.8413447 - 1, 0.0), abs=1e-6)
    assert len(set(reply.random_places)) == 256
    assert all(abs(value) <= 1.0 for z in reply.random_places for value in z)


def test_that_its_grid_has_places_of_equal_mass_of_its_own_prior(tmp_path):
    renderer, _ = opened(save_blot(tmp_path / "blot.safetensors"))
    *_, grid = [reply for reply in renderer.serve(GridRequest(2, 5, 4)) if reply is not None]
    assert grid.across == pytest.approx((-0.8, -0.4, 0.0, 0.4, 0.8), abs=1e-6)
    assert grid.up == pytest.approx((-0.75, -0.25, 0.25, 0.75), abs=1e-6)
    assert grid.mosaic.shape == (4 * 28, 5 * 28)


def test_that_the_prior_has_its_word_on_each_place(tmp_path):
    renderer, _ = opened(save_blot(tmp_path / "blot.safetensors"))
    (inside,) = renderer.serve(PointRequest(2, (0.5, 0.5)))
    (outside,) = renderer.serve(PointRequest(3, (1.5, 0.5)))
    assert inside.log_prior == pytest.approx(-2 * np.log(2.0))
    assert outside.log_prior == -np.inf


def test_that_its_samples_are_draws_of_its_prior_and_those_of_the_command(tmp_path):
    path = save_blot(tmp_path / "blot.safetensors")
    renderer, _ = opened(path)
    *_, drawn = [reply for reply in renderer.serve(SamplesRequest(2, (), 4, 7, "mnist")) if reply]
    z = Uniform(2).draw(4, torch.Generator().manual_seed(7))
    assert np.allclose(drawn.points, z.numpy())
    out = tmp_path / "samples.png"
    assert main(["sample", str(path), "-n", "4", "--seed", "7", "--out", str(out)]) == 0
    page = np.array(Image.open(out))
    assert np.array_equal(page[:28, :28], drawn.pictures[0])
    with pytest.raises(LabError, match="likelihood"):
        list(latentlab.load_model(path).sample(1, draw=True))


def test_that_a_model_without_latents_opens_on_its_samples(tmp_path):
    path = save_specks(tmp_path / "specks.safetensors")
    renderer, reply = opened(path)
    assert reply.latents == 0
    assert reply.prior is None
    assert reply.capabilities == {Capability.SAMPLES, Capability.TELLS_DENSITY}
    *_, drawn = [reply for reply in renderer.serve(SamplesRequest(2, (), 20, 0, "mnist")) if reply]
    assert (len(drawn.pictures), drawn.points) == (20, ())
    few = latentlab.load_model(path).sample(3, seed=0)
    for number in range(3):
        assert np.array_equal((few[number, 0] * 255).astype(np.uint8), drawn.pictures[number])
    with pytest.raises(LabError, match="has no latent space"):
        list(renderer.serve(PointRequest(3, ())))


def test_that_an_exact_density_is_evaluated_over_the_whole_split(tmp_path, capsys):
    path = save_specks(tmp_path / "specks.safetensors")
    data = catalog.load("mnist", "test")
    x = data.images.double() / 255.0
    on = torch.linspace(-3.0, 3.0, 784, dtype=torch.float64).view(1, 28, 28)
    exact = float((x * on - torch.nn.functional.softplus(on)).flatten(1).sum(1).mean())
    found = evaluate_density(load_model(path).model, data)
    assert found.log_likelihood == pytest.approx(exact, rel=1e-6)
    assert (found.density.how, found.images, found.samples) == ("exact", len(data), 0)
    assert main(["evaluate", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["log_likelihood"] == pytest.approx(exact, rel=1e-6)
    assert said["density"] == {"how": "exact", "measure": "binary"}
    assert main(["evaluate", str(path)]) == 0
    assert "exact, over 10,000 pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["encode", "{blot}", "--out", "{out}.npz"], "encode"),
        (["evaluate", "{blot}"], "how likely a picture is"),
        (
            ["manifold", "{specks}", "--out", "{out}.png"],
            "does not generate pictures from points: it has no latent space",
        ),
    ],
)
def test_that_what_a_model_cannot_do_is_said_in_a_plain_sentence(tmp_path, capsys, arguments, words):
    files = {
        "blot": save_blot(tmp_path / "blot.safetensors"),
        "specks": save_specks(tmp_path / "specks.safetensors"),
        "out": tmp_path / "out",
    }
    assert main([word.format(**files) for word in arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
