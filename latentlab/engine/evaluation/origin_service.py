"""Serves the window's requests where a made picture comes from; driven like the renderer.

What it takes longest to compute, the features of the training pictures and the distances of the held-out
ones, is kept for the data that were asked for last.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.evaluation.feature_files import (
    default_folder,
    file_of,
    read_features,
    write_features,
)
from latentlab.engine.evaluation.origin import FEATURES, PIXELS, Origin, Surroundings, in_words
from latentlab.engine.evaluation.origin_requests import OriginProgress, OriginReply, OriginRequest
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.model_catalog import card_in
from latentlab.engine.files.training_pictures import are_those, training_spec
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.serving import Reply, Request, Server, handles
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import Classifies
from latentlab.plain import short_name
from latentlab.shipped import model_files


class Known:
    """The pictures of a data set, their classifier, and what has been computed of them; features are kept in
    a folder.
    """

    def __init__(self, spec: str, folder: Path) -> None:
        self.spec, self._folder = spec, folder
        self.train, self.test = catalog.load(spec, "train"), catalog.load(spec, "test")
        self.classifier = _classifier(spec, self.train)
        self._spaces: dict[str, Surroundings] = {}

    def surroundings(self, space: str) -> Iterator[float | Surroundings]:
        """Those of a space, computed on first use: yields the share done, at the end the surroundings."""
        if space not in self._spaces:
            classifier = None if space == PIXELS else self.classifier
            path = features = None
            if classifier is not None:
                path = file_of(self._folder, self.train.fingerprint, classifier.hash)
                features = read_features(path, len(self.train))
            model = None if classifier is None else classifier.model
            for told in Surroundings.made(self.train.images, self.test.images, model, features):
                if isinstance(told, Surroundings):
                    self._spaces[space] = told
                else:
                    yield told
            if path is not None and features is None:
                write_features(path, self._spaces[space].train)
        yield self._spaces[space]

    def measured(self, space: str) -> str:
        """What the distances of a space are, in words."""
        if space == PIXELS or self.classifier is None:
            return "root mean square difference of the pixels; 0: the same, 1: black against white"
        return f"distance between the features of {short_name(self.classifier.name)}; 0: the same"


class OriginService(Server):
    """Not for use by two threads at once.

    Args:
        folder: where features are kept; None takes the user's own cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._known: Known | None = None

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: if the training pictures are not found, or are of another shape than the picture.
        """
        yield from self.answers(request)

    @handles(OriginRequest)
    def _origin(self, request: OriginRequest) -> Iterator[Reply | None]:
        card = _card(request.model)
        data = card.get("data") or {}
        name = Path(request.model).stem or "the model"
        spec = training_spec(data, str(card.get("command", "")), name, request.instead)
        if self._known is None or self._known.spec != spec:
            # The old pictures go first: two large sets may not fit into memory.
            self._known = None
            yield OriginProgress(request.generation, PIXELS, 0.0, "Reading the training pictures …")
            self._known = Known(spec, self._folder)
            yield None
        known = self._known
        x, exact = as_tensor(request.picture), are_those(data, known.train)
        if tuple(x.shape[1:]) != known.train.shape:
            raise LabError(
                f"the picture is {size_in_words((x.shape[1], x.shape[2], x.shape[3]))}, the training "
                f"pictures of {known.train.name} are {size_in_words(known.train.shape)}"
            )
        spaces = (PIXELS, FEATURES) if known.classifier is not None else (PIXELS,)
        for space in spaces:
            for told in known.surroundings(space):
                if isinstance(told, Surroundings):
                    yield _reply(request, known, told, told.origins(x)[0], exact, space == spaces[-1])
                else:
                    words = "Comparing with held-out pictures" if space == PIXELS else "Computing features"
                    yield OriginProgress(request.generation, space, told, f"{words} …")


def as_tensor(picture: Picture) -> Tensor:
    """A uint8 picture (H, W) or (H, W, 3) as (1, C, H, W)."""
    planes = picture[None] if picture.ndim == 2 else np.moveaxis(picture, -1, 0)
    return torch.from_numpy(np.ascontiguousarray(planes)).unsqueeze(0)


def _reply(
    request: OriginRequest, known: Known, surroundings: Surroundings, origin: Origin, exact: bool, last: bool
) -> OriginReply:
    numbers, train = list(origin.numbers), known.train
    return OriginReply(
        generation=request.generation,
        space=origin.space,
        measured=known.measured(origin.space),
        numbers=origin.numbers,
        pictures=tuple(to_pictures(train.images[numbers].float() / 255.0)),
        classes=tuple(train.class_of(number) for number in numbers),
        distances=origin.distances,
        held_out=surroundings.near.numpy(),
        copy=origin.copy,
        words=in_words(origin),
        data=known.spec,
        exact=exact,
        last=last,
    )


def _card(model: str) -> dict[str, Any]:
    if not model:
        return {}
    return dict(card_in(model_files().get(model, Path(model).expanduser())))


def _classifier(spec: str, train: ImageSet) -> LoadedModel | None:
    """The classifier that ships for the data, if one does and it takes such pictures."""
    try:
        found = classifier_for(spec)
    except LabError:
        return None
    fits = isinstance(found.model, Classifies) and found.model.picture_shape == train.shape
    return found if fits else None
