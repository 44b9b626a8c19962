"""A small convolutional classifier: one of some classes, or several attributes.

    features(x) = f, (F,)       logits(x) = W f + b, (A,)
    classes     p(y = a | x) = softmax(logits)_a          loss = -log p(y | x)
    attributes  p(y_a = 1 | x) = sigmoid(logits_a)        loss = -sum_a log p(y_a | x)

Convolutions that halve the picture, group norms (Wu & He, Group Normalization, 2018; of one picture alone, so
that no answer hangs on the other pictures of a batch), a 4 x 4 grid of means, two linear layers. It is there
to judge pictures that another model has made, by its answers and by its features.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.models.base import LabelTerms
from latentlab.models.classifier.spec import GROUPS, ClassifierConfig
from latentlab.models.objectives.labels import ByLabel
from latentlab.models.players import Objective, Settings

__all__ = ["Classifier", "ClassifierConfig"]

# The pooled grid that the linear layers see: enough to locate features in the picture.
_GRID = 4


class Classifier(nn.Module):
    """Classifies pictures; see `latentlab.models.base.Classifies`."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.widths[0]
        # No norm at full resolution: it would take as long as everything else.
        layers: list[nn.Module] = [nn.Conv2d(config.shape[0], channels, 3, padding=1), nn.SiLU()]
        for width in config.widths[1:]:
            layers += [*_convolution(channels, width, stride=2), *_convolution(width, width)]
            channels = width
        self.body = nn.Sequential(*layers)
        self.neck = nn.Linear(channels * _GRID**2, config.features)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.features, len(config.condition_names))

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the A logits."""
        return self.config.condition_names

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""
        return self.config.exclusive

    def objective(self, settings: Settings) -> Objective:
        """The cross-entropy."""
        return ByLabel()

    def features(self, x: Tensor) -> Tensor:
        """The features before the last layer; pictures (B, C, H, W) in [0, 1] -> (B, F)."""
        h = self.body((2.0 * x - 1.0).to(memory_format=torch.channels_last))
        h = functional.adaptive_avg_pool2d(h, _GRID).flatten(1)
        return functional.silu(self.neck(self.dropout(h)))

    def logits(self, x: Tensor) -> Tensor:
        """(B, C, H, W) in [0, 1] -> (B, A)."""
        logits: Tensor = self.head(self.dropout(self.features(x)))
        return logits

    def label_terms(self, x: Tensor, y: Tensor, generator: torch.Generator | None = None) -> LabelTerms:
        """The cross-entropy and accuracy; see `latentlab.models.training.TrainsByLabel`."""
        if self.training and self.config.shift:
            x = moved(x, self.config.shift, generator)
        logits = self.logits(x).float()
        if self.exclusive:
            label = y.argmax(1)
            loss = functional.cross_entropy(logits, label, reduction="none")
            return LabelTerms(loss, (logits.argmax(1) == label).float())
        loss = functional.binary_cross_entropy_with_logits(logits, y, reduction="none").sum(1)
        return LabelTerms(loss, ((logits > 0.0) == (y > 0.5)).float().mean(1))


def moved(x: Tensor, most: int, generator: torch.Generator | None = None) -> Tensor:
    """Each picture shifted by up to `most` pixels down and across, with its edges replicated; (B, C, H,
    W).
    """
    count, _, height, width = x.shape
    steps = torch.randint(-most, most + 1, (2, count, 1), generator=generator, device=x.device)
    rows = (torch.arange(height, device=x.device) + steps[0]).clamp(0, height - 1)
    columns = (torch.arange(width, device=x.device) + steps[1]).clamp(0, width - 1)
    picture = torch.arange(count, device=x.device)[:, None, None]
    # Indices separated by a slice come first: (B, H, W, C), the layout that the convolutions prefer.
    return x[picture, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _convolution(fan_in: int, fan_out: int, stride: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(fan_in, fan_out, 3, stride=stride, padding=1, bias=False)
    return convolution, nn.GroupNorm(GROUPS, fan_out), nn.SiLU()
