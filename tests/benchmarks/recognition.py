"""Are pictures that a conditional model makes of a class recognised as that class?

Run by hand: python -m tests.benchmarks.recognition [MODEL]. A convolutional classifier is trained on MNIST's
training digits (a few minutes on two cores) and must be right on 99 % of the test digits before its word
counts; then it judges 1,000 samples of each class, z drawn from the prior.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from latentlab.data import catalog
from latentlab.engine.checkpoint import load_model
from latentlab.engine.device import autocast
from tests.benchmarks.report import Report

_WEIGHTS = Path(tempfile.gettempdir()) / "latentlab-mnist-classifier.safetensors"
_EPOCHS, _BATCH, _PER_CLASS = 4, 128, 1000


def make_classifier() -> nn.Module:
    """Pictures (B, 1, 28, 28) in [0, 1] to class scores (B, 10)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in ((1, 32), (32, 64), (64, 128)):
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1), nn.BatchNorm2d(fan_out), nn.SiLU()]
        layers += [nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(128 * 9, 10))


def trained_classifier() -> nn.Module:
    """Trained on the training split; kept in the temporary folder for the next time."""
    torch.manual_seed(0)
    classifier = make_classifier()
    if _WEIGHTS.exists():
        classifier.load_state_dict(load_file(_WEIGHTS))
        return classifier.eval()
    data = catalog.load("mnist", "train")
    assert data.labels is not None
    steps = _EPOCHS * (len(data) // _BATCH)
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for epoch in range(_EPOCHS):
        for index in torch.randperm(len(data))[: len(data) // _BATCH * _BATCH].split(_BATCH):
            with autocast(torch.device("cpu"), "bf16"):
                scores = classifier(data.images[index].float() / 255.0)
            loss = functional.cross_entropy(scores.float(), data.labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"classifier: epoch {epoch + 1} of {_EPOCHS}, loss {loss.item():.4f}", flush=True)
    save_file(classifier.state_dict(), _WEIGHTS)
    return classifier.eval()


@torch.no_grad()
def share_right(classifier: nn.Module, pictures: Tensor, labels: Tensor) -> float:
    """The share of pictures (N, 1, 28, 28) in [0, 1] that are given their label."""
    found = torch.cat([classifier(some).argmax(1) for some in pictures.split(500)])
    return float((found == labels).float().mean())


@torch.no_grad()
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="mnist-cvae-2d")
    given = parser.parse_args()
    with torch.enable_grad():
        classifier = trained_classifier()
    report = Report("recognition")
    test = catalog.load("mnist", "test")
    accuracy = share_right(classifier, test.images.float() / 255.0, test.labels)
    report.add("classifier on test digits", {"accuracy": accuracy}, keeps=accuracy >= 0.99, goal=">= 0.99")
    model = load_model(given.model).model
    generator = torch.Generator().manual_seed(0)
    each = {}
    for number, name in enumerate(model.condition_names):
        z = torch.randn(_PER_CLASS, model.latents, generator=generator)
        y = functional.one_hot(torch.tensor(number), len(model.condition_names)).float()
        pictures = model.likelihood.picture(model.decode(z, y))
        each[name] = share_right(classifier, pictures, torch.full((_PER_CLASS,), int(name)))
    share = sum(each.values()) / len(each)
    report.add(
        f"{given.model}: samples recognised",
        {"share": share, "each": each},
        keeps=share >= 0.97,
        goal=">= 0.97",
    )
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
