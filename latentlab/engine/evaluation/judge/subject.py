"""What models are judged on: a data set, and the classifier that looks at their samples."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shlex
from dataclasses import dataclass

import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard
from latentlab.errors import LabError
from latentlab.models.base import Classifies

_FEWEST = 12


@dataclass(frozen=True, eq=False)
class Subject:
    """A data set with its classifier.

    Attributes:
        spec: where the data are.
        train, test: its splits; `test` are the held-out pictures.
        classifier: the one whose features are compared; None if there is none, and `no_classifier` says why.
        fingerprint: of pictures, labels and classifier.
    """

    spec: str
    train: ImageSet
    test: ImageSet
    classifier: LoadedModel | None
    no_classifier: str
    fingerprint: str

    def without_classifier(self, card: ModelCard) -> str:
        """Why samples of this model are not looked at by the classifier; "" if they are."""
        if self.classifier is None:
            return self.no_classifier
        if took_part(card, self.classifier):
            return f"left out: {self.classifier.name} took part in the training of this model"
        return ""


def open_subject(spec: str, classifier: str = "", device: str | torch.device = "cpu") -> Subject:
    """Reads the data, and opens the classifier: the one that ships for them, unless another is given.

    Raises:
        LabError: if the data cannot be read or have too few pictures, or the given classifier is none.
    """
    train, test = catalog.load(spec, "train"), catalog.load(spec, "test")
    if min(len(train), len(test)) < _FEWEST:
        raise LabError(
            f"{train.name} has {len(train):,} training and {len(test):,} held-out pictures; "
            f"judging takes at least {_FEWEST} of each"
        )
    try:
        found, why = classifier_for(spec, classifier, device), ""
    except LabError as error:
        if classifier:
            raise
        found, why = None, error.what
    if found is not None and not (
        isinstance(found.model, Classifies) and found.model.picture_shape == train.shape
    ):
        if classifier:
            raise LabError(f"is not a classifier of pictures such as those of {train.name}", found.path)
        found, why = None, f"the classifier for {train.name} takes pictures of another size"
    return Subject(spec, train, test, found, why, _fingerprint(train, test, found))


def took_part(card: ModelCard, classifier: LoadedModel) -> bool:
    """Whether a model's file says that it was trained with this classifier, by name, file or hash."""
    said = json.dumps({**dataclasses.asdict(card), "command": ""}, default=str)
    try:
        words = shlex.split(card.command)
    except ValueError:
        words = card.command.replace("'", " ").replace('"', " ").split()
    named = {classifier.name, f"{classifier.name}.safetensors", classifier.hash}
    parts = {
        part for word in words for text in word.split("=") for part in text.replace("\\", "/").split("/")
    }
    return classifier.hash in said or f'"{classifier.name}"' in said or bool(named & parts)


def _fingerprint(train: ImageSet, test: ImageSet, classifier: LoadedModel | None) -> str:
    told = hashlib.sha256()
    for data in (train, test):
        told.update(data.fingerprint.encode())
        for of_each in (data.labels, data.attributes, data.attributes_known):
            told.update(b"-" if of_each is None else of_each.contiguous().numpy().tobytes())
        told.update(json.dumps([data.classes, data.attribute_names]).encode())
    told.update((classifier.hash if classifier else "").encode())
    return told.hexdigest()
