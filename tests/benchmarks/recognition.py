"""Are pictures that a conditional model makes of a class recognised as that class?

Run by hand: python -m tests.benchmarks.recognition [MODEL]. A convolutional classifier is trained on MNIST's
training digits (a few minutes on two cores) and must be right on 99 % of the test digits before its word
counts; then it judges 1,000 samples of each class, z drawn from the prior.
"""

from __future__ import annotations

import argparse
import sys

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from tests.benchmarks.judging import trained
from tests.benchmarks.report import Report

_EPOCHS, _PER_CLASS = 4, 1000


def make_classifier() -> nn.Module:
    """Pictures (B, 1, 28, 28) in [0, 1] to class scores (B, 10)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in ((1, 32), (32, 64), (64, 128)):
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1), nn.BatchNorm2d(fan_out), nn.SiLU()]
        layers += [nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(128 * 9, 10))


def trained_classifier() -> nn.Module:
    """Trained on the training split."""
    torch.manual_seed(0)
    data = catalog.load("mnist", "train")
    labels = data.labels
    assert labels is not None

    def loss_of(scores: Tensor, index: Tensor) -> Tensor:
        return functional.cross_entropy(scores, labels[index])

    return trained("mnist-classifier", make_classifier(), data.images, loss_of, _EPOCHS)


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
