"""A model and a data set small enough to be made anew by every test that wants one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.checkpoint import ModelCard, save_model
from latentlab.models.cvae import CVAE, CVAEConfig
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


TRAITS = ("hat", "beard", "smile")


def beings(split: str, count: int = 64) -> ImageSet:
    """Random pictures with three attributes, each a bright row; nobody with a beard smiles."""
    dots = toy_set(split, count)
    images, bits = dots.images // 4, torch.arange(count)
    hat, beard = bits % 2 == 1, bits // 2 % 2 == 1
    has = torch.stack([hat, beard, ~beard & (bits // 4 % 2 == 1)], 1)
    for row in range(len(TRAITS)):
        images[has[:, row], :, 2 * row : 2 * row + 2] = 255
    return ImageSet("beings", split, images, attributes=has, attribute_names=TRAITS)


def save_tiny_cvae(
    path: Path, names: tuple[str, ...] = TRAITS, *, exclusive: bool = False, data: str = "beings"
) -> Path:
    """A conditional VAE with random weights in a file, told attributes (or classes) of these names."""
    config = CVAEConfig(**vars(CONFIG), condition_names=names, exclusive=exclusive)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = CVAE(config)
    return save_model(path, model, ModelCard("cvae", dataclasses.asdict(config), {"name": data}))
