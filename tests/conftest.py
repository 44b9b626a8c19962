"""What tests share: tiny models, a few real digits, one thread, no screen."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.models.vae.model import VAE, VAEConfig
from tests.slow import mark_slow
from tests.tiny import save_tiny_model

torch.set_num_threads(1)

# Function-scoped fixtures that only name a folder are safe under many examples.
_SLOW_OK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile("here", deadline=None, max_examples=40, suppress_health_check=_SLOW_OK)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_slow(items)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """A test that changes the number of threads does so for itself alone."""
    yield
    torch.set_num_threads(1)


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def tiny_model() -> VAE:
    """A VAE with random weights for MNIST-sized pictures."""
    return make_vae(VAEConfig(encoder_widths=(12,), decoder_widths=(12,)))


@pytest.fixture
def tiny_model_file(tmp_path: Path) -> Path:
    """The same in a file."""
    return save_tiny_model(
        tmp_path / "tiny.safetensors", VAEConfig(encoder_widths=(12,), decoder_widths=(12,))
    )


@pytest.fixture(scope="session")
def digits() -> ImageSet:
    """The first 300 test digits of MNIST."""
    every = catalog.load("mnist", "test")
    assert every.labels is not None
    return ImageSet("mnist", "test", every.images[:300], every.labels[:300], every.classes)


@pytest.fixture(scope="session")
def cuda() -> torch.device:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    return torch.device("cuda")


def make_vae(config: VAEConfig, seed: int = 0) -> VAE:
    """A VAE whose random weights depend on the seed alone, in eval mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return VAE(config).eval()
