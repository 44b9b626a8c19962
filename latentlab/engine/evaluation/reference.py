"""A classifier as a judge of pictures: Fréchet distances of its features, and its predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from latentlab.core.frechet import Moments, moments, squared_distance
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.attributes.conditions import conditions_of, require_known
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.errors import LabError
from latentlab.models.base import Classifies, Conditional, conditional
from latentlab.models.capabilities import Capability
from latentlab.models.registry import how_to_train

_AT_ONCE = 500


@dataclass(frozen=True, eq=False)
class Reference:
    """A classifier with its features of the training and the held-out pictures; made by `of`."""

    classifier: Classifies
    test: ImageSet
    train_moments: Moments
    test_features: Tensor = field(repr=False)

    @classmethod
    def of(cls, classifier: LoadedModel, train: ImageSet, test: ImageSet) -> Reference:
        """Computes the features of all pictures.

        Raises:
            LabError: if it is no classifier of such pictures.
        """
        model = classifier.model
        if not isinstance(model, Classifies):
            raise LabError(
                "is not a classifier",
                classifier.path,
                f"Train one with {how_to_train(Capability.CLASSIFIES)}",
            )
        for data in (train, test):
            if data.shape != model.picture_shape:
                raise LabError(
                    f"takes pictures {size_in_words(model.picture_shape)}, those of {data.name} "
                    f"are {size_in_words(data.shape)}",
                    classifier.path,
                )
        return cls(model, test, moments(_each(model, model.features, train.images)),
                   _each(model, model.features, test.images))  # fmt: skip

    def check(self, model: object, left_out: tuple[str, ...] = ()) -> None:
        """Refuses a model with conditions that the classifier does not know.

        Raises:
            LabError: naming it.
        """
        told = conditional(model)
        names = () if told is None else told.condition_names
        unknown = [name for name in names if name not in self.classifier.class_names]
        if unknown:
            raise LabError(
                f"the classifier does not know {unknown[0]!r}, a condition of the model",
                hint=f"It knows {', '.join(self.classifier.class_names[:12])}",
            )
        if told is not None and told.exclusive != self.classifier.exclusive:
            raise LabError("the model and the classifier do not match: one has classes, the other attributes")
        strange = [name for name in left_out if name not in names or self.classifier.exclusive]
        if strange:
            raise LabError(f"the model has no attribute {strange[0][:80]!r} to ignore")

    def distance(self, pictures: Tensor) -> float:
        """Fréchet distance of pictures (N, C, H, W) uint8 to the training pictures."""
        return squared_distance(moments(_each(self.classifier, self.classifier.features, pictures)),
                                self.train_moments)  # fmt: skip

    def floor(self, count: int) -> float:
        """The same of so many held-out pictures, spread over all of them."""
        return squared_distance(moments(spread(self.test_features, count)), self.train_moments)

    def as_asked(
        self, pictures: Tensor, model: object, y: Tensor, left_out: tuple[str, ...] = ()
    ) -> tuple[float, dict[str, float]]:
        """The share of pictures classified as their whole condition, and the same by name."""
        assert isinstance(model, Conditional)
        return self._agrees(pictures, y, model.condition_names, left_out)

    def accuracy(self) -> tuple[float, dict[str, float]]:
        """The accuracy on the held-out pictures, overall and by name."""
        test = require_known(self.classifier, self.test)
        y = conditions_of(self.classifier, test)
        assert y is not None
        every, each = self._agrees(test.images, y, self.classifier.class_names)
        # For attributes each answer counts separately.
        return (every if self.classifier.exclusive else sum(each.values()) / len(each)), each

    def _agrees(
        self, pictures: Tensor, y: Tensor, names: tuple[str, ...], left_out: tuple[str, ...] = ()
    ) -> tuple[float, dict[str, float]]:
        logits = _each(self.classifier, self.classifier.logits, pictures)
        columns = torch.tensor([self.classifier.class_names.index(name) for name in names])
        return (_classes if self.classifier.exclusive else _attributes)(logits, columns, y, names, left_out)


def _classes(
    logits: Tensor, columns: Tensor, y: Tensor, names: tuple[str, ...], left_out: tuple[str, ...]
) -> tuple[float, dict[str, float]]:
    asked = columns[y.argmax(1)]
    right = logits.argmax(1) == asked
    each = {
        name: float(right[asked == column].float().mean())
        for name, column in zip(names, columns.tolist(), strict=True)
        if bool((asked == column).any())
    }
    return float(right.float().mean()), each


def _attributes(
    logits: Tensor, columns: Tensor, y: Tensor, names: tuple[str, ...], left_out: tuple[str, ...]
) -> tuple[float, dict[str, float]]:
    right = (logits[:, columns] > 0.0) == (y > 0.5)
    each = dict(zip(names, right.float().mean(0).tolist(), strict=True))
    counted = torch.tensor([name not in left_out for name in names])
    return float(right[:, counted].all(1).float().mean()), each


def spread(rows: Tensor, count: int) -> Tensor:
    """So many rows, spread evenly."""
    return rows[torch.linspace(0, len(rows) - 1, count).round().long()] if count < len(rows) else rows


@torch.inference_mode()
def _each(classifier: object, what: Callable[[Tensor], Tensor], pictures: Tensor) -> Tensor:
    """The classifier's outputs for uint8 pictures, float32 on the CPU."""
    assert isinstance(classifier, nn.Module)
    device = next(classifier.parameters()).device
    parts = pictures.split(_AT_ONCE)
    return torch.cat([what(some.to(device).float() / 255.0).float().cpu() for some in parts])
