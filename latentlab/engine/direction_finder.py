"""Finds directions piece by piece, for a window that goes on answering meanwhile.

Encoding takes seconds, the rest next to nothing: what has been encoded is kept, so that another way of
finding directions in the same pictures answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.checkpoint import LoadedModel
from latentlab.engine.conditions import conditions_of, encoder_is_told
from latentlab.engine.directions import directions_among, told_of
from latentlab.engine.encodings import encode_in_chunks
from latentlab.engine.requests import DirectionsReply, DirectionsRequest

# What a picture under the hand may have to wait for.
_CHUNK = 64


@dataclass(frozen=True, eq=False)
class _Places:
    """The pictures of a data set and their posterior means z (N, D), to learn from and held out."""

    of: tuple[str, str]
    train: ImageSet
    z: Tensor
    test: ImageSet
    held_out_z: Tensor


class DirectionFinder:
    """Remembers the places of the last model and data set it was asked about."""

    def __init__(self) -> None:
        self._places: _Places | None = None

    def find(self, loaded: LoadedModel, request: DirectionsRequest) -> Iterator[DirectionsReply | None]:
        """Replies that tell how far it is, then the one with the directions.

        Raises:
            LabError: for data that do not exist or do not fit the model, or of which nothing is known.
        """
        key = (loaded.hash, request.data)
        if self._places is None or self._places.of != key:
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
            self._places = _Places(key, train, found[0], test, found[1])
        places = self._places
        directions = directions_among(places.z, places.train, places.held_out_z, places.test, request.method)
        yield DirectionsReply(request.generation, directions)
