"""A model and a data set small enough to be made anew by every test that wants one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.checkpoint import ModelCard, save_model
from latentlab.models.vae import VAE, VAEConfig

CONFIG = VAEConfig(shape=(1, 8, 8), encoder_widths=(16,), decoder_widths=(16,))


def save_tiny_model(path: Path, config: VAEConfig = CONFIG, seed: int = 0) -> Path:
    """A VAE with random weights in a file."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = VAE(config)
    card = ModelCard("vae", dataclasses.asdict(config), {"name": "toy"}, {"elbo": -12.5})
    return save_model(path, model, card)


def toy_set(split: str, count: int = 64, shape: tuple[int, int, int] = (1, 8, 8)) -> ImageSet:
    """Random pictures, others for each split, in two classes."""
    seed = {"train": 1, "test": 2}.get(split, 3)
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, *shape), generator=generator, dtype=torch.uint8)
    return ImageSet("toy", split, images, torch.arange(count) % 2, ("even", "odd"))
