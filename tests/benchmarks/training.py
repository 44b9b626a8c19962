"""How fast the engine trains. Run by hand: python -m tests.benchmarks.training [--without-pythae]

Two comparisons, each in turns on the same machine, all cores: against a bare loop of the same steps (what
does the engine cost?), and against pythae (pip install '.[benchmark]') training the very same networks on
the same pictures with the same batch (what does it gain?).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
import tempfile
import time
import warnings
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.inference.device import autocast, available_cores
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.vae.model import VAE, VAEConfig
from tests.benchmarks.report import Report

CONFIGS = {
    "mlp": VAEConfig(encoder_widths=(512,), decoder_widths=(512,)),
    "conv": VAEConfig(
        encoder="conv", encoder_widths=(32, 64, 128), decoder="conv", decoder_widths=(128, 64, 32)
    ),
}
BATCH = 128


def fresh_model(config: VAEConfig) -> VAE:
    torch.manual_seed(0)
    return VAE(config)


def engine_rate(config: VAEConfig, data: ImageSet, plan: TrainingPlan) -> float:
    """Pictures a second of one epoch, everything that the engine does included."""
    trainer = Trainer(fresh_model(config), data, plan)
    started = time.perf_counter()
    for _ in trainer.run():
        pass
    return trainer.step * plan.batch / (time.perf_counter() - started)


def bare_rate(config: VAEConfig, data: ImageSet, plan: TrainingPlan) -> float:
    """Pictures a second of the same steps without the engine: no averages, no events, no checks."""
    torch.set_num_threads(plan.threads)
    model = fresh_model(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.learning_rate, fused=True)
    order = torch.randperm(len(data))
    steps = len(data) // plan.batch
    started = time.perf_counter()
    for index in order[: steps * plan.batch].split(plan.batch):
        x = data.images[index].float().div_(255.0)
        with autocast(torch.device("cpu"), plan.precision):
            terms = model.elbo_terms(x)
        loss = -terms.elbo().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), plan.gradient_norm)
        optimizer.step()
    return steps * plan.batch / (time.perf_counter() - started)


def pythae_rate(config: VAEConfig, data: ImageSet, threads: int) -> float:
    """Pictures a second of one epoch of pythae's trainer on the same networks."""
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE as PythaeVAE
    from pythae.models import VAEConfig as PythaeConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    class Encoder(BaseEncoder):
        def __init__(self, net: nn.Module) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: torch.Tensor) -> ModelOutput:
            mean, log_variance = self.net(x).chunk(2, dim=-1)
            return ModelOutput(embedding=mean, log_covariance=log_variance)

    class Decoder(BaseDecoder):
        def __init__(self, net: nn.Module) -> None:
            super().__init__()
            self.net = net

        def forward(self, z: torch.Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=torch.sigmoid(self.net(z)))

    torch.set_num_threads(threads)
    ours = fresh_model(config)
    theirs = PythaeVAE(
        PythaeConfig(input_dim=data.shape, latent_dim=config.latents, reconstruction_loss="bce"),
        encoder=Encoder(ours.encoder),
        decoder=Decoder(ours.decoder),
    )
    pictures = data.images.float() / 255.0
    dataset = BaseDataset(pictures, torch.zeros(len(pictures)))
    with tempfile.TemporaryDirectory() as folder:
        trainer = BaseTrainer(
            model=theirs,
            train_dataset=dataset,
            training_config=BaseTrainerConfig(
                output_dir=folder,
                num_epochs=1,
                per_device_train_batch_size=BATCH,
                learning_rate=1e-3,
                no_cuda=True,
            ),
        )
        trainer.prepare_training()
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):  # its progress bar
            started = time.perf_counter()
            trainer.train_step(epoch=1)
            return len(pictures) / (time.perf_counter() - started)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-pythae", action="store_true")
    parser.add_argument("--networks", nargs="+", choices=CONFIGS, default=list(CONFIGS))
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    full = catalog.load("mnist", "train")
    data = replace(full, images=full.images[: given.images], labels=full.labels[: given.images])
    report = Report("training")
    for name in given.networks:
        config = CONFIGS[name]
        plan = TrainingPlan(epochs=1, batch=BATCH, threads=available_cores(), precision="bf16")
        rates: dict[str, list[float]] = {"engine": [], "bare": [], "pythae": []}
        for _ in range(given.rounds):
            rates["engine"].append(engine_rate(config, data, plan))
            rates["bare"].append(bare_rate(config, data, plan))
            if not given.without_pythae:
                rates["pythae"].append(pythae_rate(config, data, plan.threads))
        medians = {who: round(float(np.median(values))) for who, values in rates.items() if values}
        share = medians["engine"] / medians["bare"]
        goal = ">= 0.95 x the bare loop"
        report.add(
            f"{name}: engine against bare loop", {**medians, "ratio": share}, keeps=share >= 0.95, goal=goal
        )
        if not given.without_pythae:
            least = {"mlp": 2.0, "conv": 1.3}[name]
            gain = medians["engine"] / medians["pythae"]
            report.add(
                f"{name}: engine against pythae", {"ratio": gain}, keeps=gain >= least, goal=f">= {least} x"
            )
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
