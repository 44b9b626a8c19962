"""Finds the directions of a model: at once, or piece by piece for a window that goes on answering meanwhile.

Encoding takes seconds, and most ways to find directions next to nothing: what has been encoded is kept, so
that another way answers at once. Steering takes a minute: what has been steered is kept too, and steered
directions may ship with a model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import shown
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_told
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.attributes.directions import (
    Directions,
    Progress,
    data_of,
    directions_among,
    find_directions,
    require_encoder,
    require_method,
    steered_among,
    told_of,
)
from latentlab.engine.attributes.judges import classifier_for
from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.encodings import encode_in_chunks
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.errors import LabError
from latentlab.models.base import conditional
from latentlab.shipped import DIRECTIONS

# What a picture under the hand may have to wait for.
_CHUNK = 64


def directions_of(
    loaded: LoadedModel,
    data: str | None = None,
    method: str = "means",
    *,
    judge: str = "",
    progress: Progress = lambda share: None,
) -> Directions:
    """The directions of a model from a file; `data` is a name or a path, by default what it learnt from.

    `judge` names the classifier of "steered" directions; by default it is the one that ships for the data,
    and directions that ship are not steered anew.

    Raises:
        LabError: as `find_directions`, and for data that do not exist.
    """
    require_method(method)
    require_encoder(loaded)
    name = data_of(loaded, data)
    ready = shipped_directions(loaded, name) if method == STEERED and not judge else None
    if ready is not None:
        progress(1.0)
        return ready
    train, test = catalog.load(name, "train"), catalog.load(name, "test")
    classifier = classifier_for(name, judge, _device(loaded)) if method == STEERED else None
    found = find_directions(loaded.model, train, test, method, judge=classifier, progress=progress)
    return _named(found, loaded)


def shipped_directions(loaded: LoadedModel, data: str) -> Directions | None:
    """The steered directions of a model in these data that ship with LatentLab; None if there are none.

    A damaged file is none: no model should fail to open for it.
    """
    path = DIRECTIONS / f"{loaded.name}.safetensors"
    if not path.is_file():
        return None
    try:
        found = load_directions(path)
    except LabError:
        return None
    return found if (found.model_hash, found.data) == (loaded.hash, data) else None


@dataclass(frozen=True, eq=False)
class _Places:
    """The pictures of a data set and their posterior means z (N, D), to learn from and held out."""

    of: tuple[str, str]
    train: ImageSet
    z: Tensor
    test: ImageSet
    held_out_z: Tensor

    @property
    def all(self) -> tuple[Tensor, ImageSet, Tensor, ImageSet]:
        """As directions are found among them."""
        return self.z, self.train, self.held_out_z, self.test


class DirectionFinder:
    """Remembers the places of the last model and data set it was asked about, and what was steered there."""

    def __init__(self) -> None:
        self._places: _Places | None = None
        self._steered: tuple[tuple[str, str], Directions] | None = None

    def find(self, loaded: LoadedModel, request: DirectionsRequest) -> Iterator[DirectionsReply | None]:
        """Replies that tell how far it is, then the one with the directions.

        Raises:
            LabError: for data that do not exist or do not fit the model, or of which nothing is known; for
                "steered" also if no classifier knows them.
        """
        key = (loaded.hash, request.data)
        steer = request.method == STEERED
        found = self._ready(loaded, request.data) if steer else None
        if steer and found is None:
            # It is refused before the long work, not after.
            judge = classifier_for(request.data, device=_device(loaded))
            yield None
        told = conditional(loaded.model)
        leans = told is not None and not told.exclusive
        if (found is None or leans) and (self._places is None or self._places.of != key):
            yield from self._encode(loaded, request)
        places = self._places
        if found is None and steer:
            assert places is not None
            for now in steered_among(loaded.model, judge, *places.all):
                if isinstance(now, Directions):
                    found = _named(now, loaded)
                    self._steered = (key, found)
                else:
                    yield DirectionsReply(request.generation, None, now, steering=True)
        elif found is None:
            assert places is not None
            found = directions_among(*places.all, request.method)
        still_told = directions_among(*places.all, "regressed") if leans and places is not None else None
        yield DirectionsReply(request.generation, found, still_told=still_told)

    def _ready(self, loaded: LoadedModel, data: str) -> Directions | None:
        """What has been steered already."""
        if self._steered is not None and self._steered[0] == (loaded.hash, data):
            return self._steered[1]
        return shipped_directions(loaded, data)

    def _encode(self, loaded: LoadedModel, request: DirectionsRequest) -> Iterator[DirectionsReply | None]:
        train, test = catalog.load(request.data, "train"), catalog.load(request.data, "test")
        told_of(train)
        yield None
        found: list[Tensor] = []
        done, total = 0, len(train) + len(test)
        for part in (train, test):
            y = conditions_of(loaded.model, part) if encoder_is_told(loaded.model) else None
            means = []
            for chunk in encode_in_chunks(loaded.model, part, _CHUNK, y):
                means.append(torch.from_numpy(chunk.mean))
                done += len(chunk)
                yield DirectionsReply(request.generation, None, done / total)
            found.append(torch.cat(means))
        self._places = _Places((loaded.hash, request.data), train, found[0], test, found[1])


def _named(found: Directions, loaded: LoadedModel) -> Directions:
    return dataclasses.replace(found, model=shown(loaded.name), model_hash=loaded.hash)


def _device(loaded: LoadedModel) -> torch.device:
    return next(loaded.model.parameters()).device
