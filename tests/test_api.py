"""LatentLab from Python."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import latentlab
from latentlab import LabError
from latentlab.engine.files.checkpoint import load_model
from tests.tiny import CONFIG, save_tiny_classifier, save_tiny_model, toy_set


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture(scope="module")
def model(file: Path) -> latentlab.Model:
    return latentlab.load_model(file)


@pytest.fixture(scope="module")
def colour(tmp_path_factory: pytest.TempPathFactory) -> latentlab.Model:
    config = dataclasses.replace(CONFIG, shape=(3, 8, 8), likelihood="gaussian")
    return latentlab.load_model(save_tiny_model(tmp_path_factory.mktemp("m") / "c.safetensors", config))


def test_that_importing_latentlab_imports_neither_torch_nor_qt():
    program = "import latentlab, sys; assert latentlab.__version__; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"torch", "numpy", "PySide6"} & set(done.stdout.split())


def test_that_the_offered_names_are_there_and_others_are_not():
    assert set(latentlab.__all__) <= set(dir(latentlab))
    assert all(getattr(latentlab, name) is not None for name in latentlab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'unknown'"):
        _ = latentlab.unknown


def test_that_a_model_tells_what_it_is(model: latentlab.Model, file: Path):
    loaded = load_model(file)
    assert (model.name, model.path, model.hash) == ("tiny", file, loaded.hash)
    assert (model.latents, model.picture_shape) == (2, (1, 8, 8))
    assert model.card == loaded.card
    assert "tiny" in repr(model)


def test_that_encode_gives_the_posterior_means_of_the_network(model: latentlab.Model, file: Path):
    images = toy_set("test").images
    with torch.no_grad():
        posterior = load_model(file).model.encode(images.float() / 255.0)
    z = model.encode(images)
    assert (z.dtype, z.shape) == (np.float32, (64, 2))
    assert np.allclose(z, posterior.mean.numpy(), atol=1e-6)
    whole = model.posterior(images)
    assert np.allclose(whole.sigma, torch.exp(0.5 * posterior.log_variance).numpy(), atol=1e-6)


def test_that_every_way_to_give_pictures_gives_the_same_points(model: latentlab.Model):
    images = toy_set("test").images.numpy()
    frozen = images.copy()
    frozen.flags.writeable = False
    expected = model.encode(images)
    ways = [
        images[:, 0],
        torch.from_numpy(images),
        images / 255.0,
        torch.from_numpy(images).float() / 255.0,
        images[::-1][::-1],
        frozen,
        (images[:, 0] / 255.0).tolist(),
    ]
    for way in ways:
        assert np.allclose(model.encode(way), expected, atol=1e-5)
    for single in (images[0], images[0, 0]):
        assert np.allclose(model.encode(single), expected[:1], atol=1e-6)
    assert model.encode(images[:0]).shape == (0, 2)


def test_that_colour_pictures_may_come_singly(colour: latentlab.Model):
    images = toy_set("test", 5, (3, 8, 8)).images.numpy()
    assert np.allclose(colour.encode(images)[0], colour.encode(images[0])[0], atol=1e-6)
    assert colour.decode([0.0, 0.0]).shape == (1, 3, 8, 8)


def test_that_decode_gives_pictures_between_0_and_1(model: latentlab.Model, colour: latentlab.Model):
    for one in (model, colour):
        pictures = one.decode(np.linspace(-3, 3, 1200).reshape(600, 2))
        assert (pictures.dtype, pictures.shape) == (np.float32, (600, *one.picture_shape))
        assert pictures.min() >= 0.0
        assert pictures.max() <= 1.0


def test_that_a_single_point_is_a_batch_of_one(model: latentlab.Model):
    z = np.array([0.5, -1.0])
    assert np.array_equal(model.decode(z), model.decode(z[None]))
    assert model.decode(np.empty((0, 2))).shape == (0, 1, 8, 8)


def test_that_samples_depend_on_the_seed_alone(model: latentlab.Model):
    torch.manual_seed(0)
    first = model.sample(5, seed=3)
    torch.manual_seed(1)
    assert first.shape == (5, 1, 8, 8)
    assert np.array_equal(first, model.sample(5, seed=3))
    assert not np.array_equal(first, model.sample(5, seed=4))
    assert set(np.unique(model.sample(5, seed=3, draw=True))) == {0.0, 1.0}
    assert model.sample(0).shape == (0, 1, 8, 8)


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (np.zeros((2, 9, 9), np.uint8), r"\(2, 9, 9\)"),
        (np.zeros((2, 3, 8, 8), np.uint8), r"\(2, 3, 8, 8\)"),
        (np.zeros(64, np.uint8), r"\(64,\)"),
        (np.zeros((2, 8, 8), np.int64), "int64"),
        (np.full((2, 8, 8), np.nan), "NaN"),
        (np.full((2, 8, 8), 255.0), "0, 1"),
        (np.full((2, 8, 8), -0.5), "0, 1"),
        (np.array(["a", "b"]), "not an array of numbers"),
        ([[1, 2], [3]], "not an array of numbers"),
        (None, "not an array of numbers"),
    ],
    ids=str,
)
def test_that_pictures_that_do_not_fit_are_refused(model: latentlab.Model, images, reason: str):
    with pytest.raises(LabError, match=reason):
        model.encode(images)


@pytest.mark.parametrize(
    ("z", "reason"),
    [
        (np.zeros((4, 3)), r"\(4, 3\)"),
        (np.zeros(3), r"\(3,\)"),
        (0.0, r"\(\)"),
        ([[np.nan, 0.0]], "finite"),
        ([np.inf, 0.0], "finite"),
        ("zero", "not an array of numbers"),
    ],
    ids=str,
)
def test_that_points_that_do_not_fit_are_refused(model: latentlab.Model, z, reason: str):
    with pytest.raises(LabError, match=reason):
        model.decode(z)


def test_that_other_faults_are_told_plainly(model: latentlab.Model, tmp_path: Path):
    with pytest.raises(LabError, match="nonsense"):
        latentlab.load_model("nonsense")
    with pytest.raises(LabError, match="abacus"):
        latentlab.load_model(tmp_path, device="abacus")
    with pytest.raises(LabError, match="n = -1"):
        model.sample(-1)


def test_that_a_classifier_says_what_it_is_and_what_it_cannot_do(tmp_path: Path):
    judge = latentlab.load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    assert repr(judge) == "<latentlab.Model 'judge': classifier, pictures (1, 8, 8)>"
    with pytest.raises(LabError, match="does not generate pictures"):
        judge.decode(np.zeros((1, 2), np.float32))
    with pytest.raises(LabError, match="does not encode"):
        judge.encode(np.zeros((1, 1, 8, 8), np.float32))
