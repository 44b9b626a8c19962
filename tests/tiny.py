"""A model and a data set small enough to be made anew by every test that wants one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.training.plan import TrainingPlan
from latentlab.models.ae.model import AE, AEConfig
from latentlab.models.classifier.model import Classifier, ClassifierConfig
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.gan.model import make_gan
from latentlab.models.gan.spec import GANConfig
from latentlab.models.gaussian.model import GaussianImages
from latentlab.models.gaussian.spec import GaussianConfig
from latentlab.models.pix2pix.model import translator_of
from latentlab.models.pix2pix.spec import Pix2PixConfig
from latentlab.models.vae.model import VAE, VAEConfig
from latentlab.models.wgan.model import make_wgan
from latentlab.models.wgan.spec import WGANConfig

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


def save_tiny_classifier(
    path: Path, names: tuple[str, ...] = ("even", "odd"), *, exclusive: bool = True, data: str = "toy"
) -> Path:
    """A classifier of 8 x 8 pictures with random weights in a file."""
    config = ClassifierConfig(
        shape=(1, 8, 8), widths=(8, 8), features=6, condition_names=names, exclusive=exclusive
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        model = Classifier(config)
    return save_model(path, model, ModelCard("classifier", dataclasses.asdict(config), {"name": data}))


def fit_tiny_gaussian(images: torch.Tensor, latents: int = 0) -> GaussianImages:
    """A Gaussian of uint8 pictures (N, C, H, W)."""
    model = GaussianImages(GaussianConfig(latents, shape=tuple(images.shape[1:]))).eval()
    work = model.fitting(TrainingPlan())
    with torch.no_grad():
        sums = work.begin(model, 0)
        work.add(model, sums, images, None, 0)
        work.end(model, sums, 0)
    return model


def save_tiny_gaussian(path: Path, latents: int = 0, *, data: str = "toy") -> Path:
    """A Gaussian of the toy set in a file."""
    model = fit_tiny_gaussian(toy_set("train", 200).images, latents)
    return save_model(path, model, ModelCard("gaussian", dataclasses.asdict(model.config), {"name": data}))


def save_tiny_linear(path: Path, latents: int = 3, *, data: str = "toy") -> Path:
    """A linear autoencoder with random weights in a file."""
    config = AEConfig(
        shape=(1, 8, 8), latents=latents, encoder="linear", decoder="linear", likelihood="gaussian"
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = AE(config)
    return save_model(path, model, ModelCard("ae", dataclasses.asdict(config), {"name": data}))


def save_tiny_gan(path: Path, *, critic: bool = False, latents: int = 2, data: str = "toy") -> Path:
    """A GAN, or a WGAN with its critic, with random weights in a file."""
    sizes = {"generator_widths": (8, 8), "discriminator_widths": (8, 8)}
    fields = {"latents": latents, "shape": (1, 8, 8), **sizes}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = make_wgan(WGANConfig(**fields)) if critic else make_gan(GANConfig(**fields))
    kind = "wgan" if critic else "gan"
    return save_model(path, model, ModelCard(kind, dataclasses.asdict(model.config), {"name": data}))


DDPM_CONFIG = DDPMConfig(shape=(1, 8, 8), widths=(8, 16), steps=20)


def save_tiny_ddpm(path: Path, config: DDPMConfig = DDPM_CONFIG, *, data: str = "toy", seed: int = 0) -> Path:
    """A diffusion model with random weights in a file."""
    return save_model(
        path, make_tiny_ddpm(config, seed), ModelCard("ddpm", dataclasses.asdict(config), {"name": data})
    )


def make_tiny_ddpm(config: DDPMConfig = DDPM_CONFIG, seed: int = 0) -> DDPM:
    """One whose answers depend on all that it is given; as it is made, it would say nothing at all."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = DDPM(config).eval()
        for weight in model.parameters():
            if not bool(weight.any()):
                torch.nn.init.normal_(weight, std=0.1)
    return model


def save_tiny_translator(path: Path, seed: int = 0, **fields: object) -> Path:
    """A pix2pix model with random weights in a file; `adversarial=0.0` leaves out its critic."""
    config = Pix2PixConfig(**{"shape": (1, 8, 8), "widths": (8, 16), "critic_width": 8, **fields})  # type: ignore[arg-type]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = translator_of(config)
        for weights in model.parameters():  # the last layers begin at zero, and would make one grey of all
            torch.nn.init.normal_(weights, std=0.2)
    return save_model(path, model, ModelCard("pix2pix", dataclasses.asdict(config), {"name": "toy"}))
