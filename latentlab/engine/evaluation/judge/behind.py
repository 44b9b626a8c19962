"""The pictures behind a cell of the judge's table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core.judgement import Cell, Table
from latentlab.core.neighbours import nearest
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional
from latentlab.engine.evaluation.judge.drawing import drawn_again, kept_samples
from latentlab.engine.evaluation.judge.store import Store
from latentlab.engine.evaluation.judge.subject import Subject, open_subject
from latentlab.engine.evaluation.origin import as_pixels
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes


@dataclass(frozen=True, eq=False)
class BehindPictures:
    """Pictures to show for a cell, the most telling first.

    Attributes:
        pictures: uint8 (n, H, W) of grey or (n, H, W, 3).
        beside: as many, one beside each: what a held-out picture is rebuilt as, or the training picture that
            a sample is nearest to; None where there is only one of each.
        captions: a few words for each.
        words: what is told of all of them.
    """

    pictures: NDArray[np.uint8]
    beside: NDArray[np.uint8] | None
    captions: tuple[str, ...]
    words: str


def pictures_behind(
    model: str | Path, data: str, table: Table, cell: Cell, *, store: Path | None = None
) -> BehindPictures:
    """The pictures that a cell names: kept samples, or the same ones drawn again; held-out pictures.

    It may take seconds: call it from a worker.

    Args:
        model: the row's path, or its name where it ships.
        data: the spec of the data set of the table.
        store: as for `judge`.

    Raises:
        LabError: if the model or data cannot be opened, or are others than those of the table.
    """
    subject = open_subject(data)
    numbers, shows = list(cell.behind.numbers), cell.behind.shows
    most = {
        "training": len(subject.train),
        "held-out": len(subject.test),
        "reconstructions": len(subject.test),
    }
    if any(number >= most.get(shows, table.pictures) for number in numbers):
        raise LabError(f"{subject.train.name} has other pictures than when the model was judged")
    beside: Tensor | None = None
    if shows == "training":
        pictures, called = subject.train.images[numbers], "training picture"
    elif shows in ("held-out", "reconstructions"):
        pictures, called = subject.test.images[numbers], "held-out picture"
        if shows == "reconstructions":
            beside = _rebuilt(load_model(model), subject, numbers)
    else:
        pictures, called = _samples(load_model(model), subject, numbers, table, store), "sample"
        if shows == "nearest" and numbers:
            _, found = nearest(as_pixels(pictures), subject.train.images, 1, as_pixels)
            beside = subject.train.images[found[:, 0]]
    captions = tuple(f"{called} {number:,}" for number in numbers)
    return BehindPictures(
        _shown(pictures), None if beside is None else _shown(beside), captions, cell.behind.words
    )


def _samples(
    loaded: LoadedModel, subject: Subject, numbers: list[int], table: Table, folder: Path | None
) -> Tensor:
    store = Store.of(folder, table.data, table.version, table.fingerprint, table.pictures, table.seed)
    kept = kept_samples(loaded.hash, numbers, table.pictures, table.seed, store)
    if kept is not None:
        return kept
    return drawn_again(loaded, subject, numbers, table.pictures, table.seed)


@torch.inference_mode()
def _rebuilt(loaded: LoadedModel, subject: Subject, numbers: list[int]) -> Tensor:
    model, which = loaded.model, torch.zeros(len(subject.test), dtype=torch.bool)
    if not (isinstance(model, Encodes) and isinstance(model, Decodes)):
        raise LabError("does not rebuild pictures", loaded.path)
    which[numbers] = True
    some = subject.test.those(which)
    y = conditions_of(model, some)
    z = model.encode(some.images.float() / 255.0, y if encoder_is_conditional(model) else None).mean
    rebuilt = (model.picture_at(z, y) * 255.0).round().clamp(0.0, 255.0).to(torch.uint8)
    places = {int(number): place for place, number in enumerate(which.nonzero().squeeze(1))}
    return rebuilt[[places[number] for number in numbers]]


def _shown(pictures: Tensor) -> NDArray[np.uint8]:
    """(n, C, H, W) as (n, H, W) or (n, H, W, 3)."""
    grey = pictures.shape[1] == 1
    array: NDArray[np.uint8] = (pictures[:, 0] if grey else pictures[:, :3].permute(0, 2, 3, 1)).numpy()
    return np.ascontiguousarray(array)
