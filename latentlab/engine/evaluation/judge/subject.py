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
from latentlab.engine.attributes.judges import classifier_for
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard
from latentlab.errors import LabError
from latentlab.models.base import Classifies

_FEWEST = 12


@dataclass(frozen=True, eq=False)
class Subject:
    """A data set with its judge.

    Attributes:
        spec: where the data are.
        train, test: its splits; `test` are the held-out pictures.
        judge: the classifier whose features are compared; None if there is none, and `no_judge` says why.
        fingerprint: of pictures, labels and classifier.
    """

    spec: str
    train: ImageSet
    test: ImageSet
    judge: LoadedModel | None
    no_judge: str
    fingerprint: str

    def without_judge(self, card: ModelCard) -> str:
        """Why samples of this model are not looked at by the classifier; "" if they are."""
        if self.judge is None:
            return self.no_judge
        if took_part(card, self.judge):
            return f"left out: {self.judge.name} took part in the training of this model"
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
        judge, why = classifier_for(spec, classifier, device), ""
    except LabError as error:
        if classifier:
            raise
        judge, why = None, error.what
    if judge is not None and not (
        isinstance(judge.model, Classifies) and judge.model.picture_shape == train.shape
    ):
        if classifier:
            raise LabError(f"is not a classifier of pictures such as those of {train.name}", judge.path)
        judge, why = None, f"the classifier for {train.name} takes pictures of another size"
    return Subject(spec, train, test, judge, why, _fingerprint(train, test, judge))


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


def _fingerprint(train: ImageSet, test: ImageSet, judge: LoadedModel | None) -> str:
    told = hashlib.sha256()
    for data in (train, test):
        told.update(data.fingerprint.encode())
        for of_each in (data.labels, data.attributes, data.attributes_known):
            told.update(b"-" if of_each is None else of_each.contiguous().numpy().tobytes())
        told.update(json.dumps([data.classes, data.attribute_names]).encode())
    told.update((judge.hash if judge else "").encode())
    return told.hexdigest()
