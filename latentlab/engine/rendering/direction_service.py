"""Finds the directions of a model in pieces, so that the window stays responsive.

Encoding takes seconds, and most methods hardly any time: encodings are kept, so that another method answers
at once. Steering takes a minute: its results are kept too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.finding import (
    device_of,
    directions_among,
    named,
    shipped_directions,
    steered_among,
)
from latentlab.engine.attributes.known_attributes import attributes_of
from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.encodings import encode_in_chunks
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.models.base import conditional

# The longest that a picture at the probe may have to wait.
_CHUNK = 64


@dataclass(frozen=True, eq=False)
class _Places:
    """The pictures of a data set and their posterior means z (N, D), training and held-out."""

    of: tuple[str, str]
    train: ImageSet
    z: Tensor
    test: ImageSet
    held_out_z: Tensor

    @property
    def all(self) -> tuple[Tensor, ImageSet, Tensor, ImageSet]:
        """The arguments for finding directions."""
        return self.z, self.train, self.held_out_z, self.test


class DirectionFinder:
    """Keeps the encodings of the last model and data set, and what was steered there."""

    def __init__(self) -> None:
        self._places: _Places | None = None
        self._steered: tuple[tuple[str, str], Directions] | None = None

    def find(self, loaded: LoadedModel, request: DirectionsRequest) -> Iterator[DirectionsReply | None]:
        """Replies with the progress, then one with the directions.

        Raises:
            LabError: for data that do not exist or do not fit the model, or have no known attributes; for
                "steered" also if no classifier knows them.
        """
        key = (loaded.hash, request.data)
        steer = request.method == STEERED
        found = self._ready(loaded, request.data) if steer else None
        if steer and found is None:
            # Refused before the long work.
            classifier = classifier_for(request.data, device=device_of(loaded))
            yield None
        told = conditional(loaded.model)
        leans = told is not None and not told.exclusive
        if (found is None or leans) and (self._places is None or self._places.of != key):
            yield from self._encode(loaded, request)
        places = self._places
        if found is None and steer:
            assert places is not None
            for now in steered_among(loaded.model, classifier, *places.all):
                if isinstance(now, Directions):
                    found = named(now, loaded)
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
        attributes_of(train)
        yield None
        found: list[Tensor] = []
        done, total = 0, len(train) + len(test)
        for part in (train, test):
            y = conditions_of(loaded.model, part) if encoder_is_conditional(loaded.model) else None
            means = []
            for chunk in encode_in_chunks(loaded.model, part, _CHUNK, y):
                means.append(torch.from_numpy(chunk.mean))
                done += len(chunk)
                yield DirectionsReply(request.generation, None, done / total)
            found.append(torch.cat(means))
        self._places = _Places((loaded.hash, request.data), train, found[0], test, found[1])
