"""The spec of the classifier: config, and when to use it. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_conditions, require_shape
from latentlab.models.objectives.figures import LABELS
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec, Shape

# Channels of a group of the group norm.
GROUPS = 8


@dataclass(frozen=True)
class ClassifierConfig:
    """The size of a classifier.

    Attributes:
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels.
        widths: channels of each level, the finest first; multiples of 8, each level has half the sides of
            the one before.
        features: F, the features before the last layer; 1 to 1024.
        dropout: the share of hidden units silenced in training; 0 to 0.9.
        shift: in training a picture is moved by up to so many pixels in each direction; 0 to 16.
        condition_names: the classes or attributes, up to 1,000 or 256.
        exclusive: classes, of which one holds, rather than attributes, of which any may.
    """

    shape: tuple[int, ...] = from_data((1, 28, 28))
    widths: tuple[int, ...] = setting(
        (32, 64, 128),
        "channels of each level, the finest first",
        low=8,
        high=1024,
        length=(1, 6),
        counted="how many",
    )
    features: int = setting(64, "numbers from which the answer is read", low=1, high=1024)
    dropout: float = setting(0.2, "share of hidden units silenced in training", low=0.0, high=0.9)
    shift: int = setting(2, "pixels by which a picture may be moved in training", low=0, high=16)
    condition_names: tuple[str, ...] = from_data(())
    exclusive: bool = from_data(True)

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        for width in self.widths:
            if width % GROUPS:
                raise LabError(f"config field 'widths' has {width}, expected multiples of {GROUPS}")
        names = self.condition_names
        if not names:
            raise LabError("there is nothing to classify: the pictures have neither classes nor attributes")
        require_conditions(names, exclusive=self.exclusive, least=1)


def _nothing(shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
    """No fields: the defaults suit all pictures."""
    return {}


KIND = KindSpec(
    name="classifier",
    title="Classifier",
    when="It makes no pictures: it tells what they show, and so judges those that other models make.",
    aside=", which judges what other models make,",
    config=ClassifierConfig,
    model="latentlab.models.classifier.model:Classifier",
    capabilities=frozenset({Capability.CLASSIFIES}),
    figures=LABELS,
    listed="test accuracy {accuracy:.2%}",
    propose=_nothing,
    usual={
        "epochs": 6,
        "learning_rate": 2e-3,
        "warmup_steps": 200,
        "weight_decay": 0.02,
        "gradient_norm": 1.0,
    },
    seen=360_000,
    fewest_epochs=6,
    needs_conditions="a classifier has nothing to classify",
)
