"""Finds the directions of a model: what to add to z so that a picture gains an attribute.

    found = find_directions(model, train, test)          found.trust[0].auc    0.97

Directions are found in the posterior means of the pictures to learn from, and judged on those held out.
`latentlab.core.directions` says how, and `latentlab.engine.attributes.steering` of those that are steered
through the decoder; these take a minute, and may ship with a model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core import directions as core
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import shown
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.attributes.directions import Directions, require_method
from latentlab.engine.attributes.known_attributes import (
    METHODS,
    attributes_of,
    known_among_pictures,
    of_known_class,
    wholly_known,
)
from latentlab.engine.attributes.steering import Steering, steered
from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.encodings import encode_in_chunks
from latentlab.errors import LabError
from latentlab.models.base import Encodes
from latentlab.shipped import DIRECTIONS

Progress = Callable[[float], None]
# The share of encoding in the work of steering.
_ENCODING_SHARE = 0.2


def directions_of(
    loaded: LoadedModel,
    data: str | None = None,
    method: str = "means",
    *,
    classifier: str = "",
    progress: Progress = lambda share: None,
) -> Directions:
    """The directions of a model from a file; `data` is a name or a path, by default what it learnt from.

    `classifier` names that of "steered" directions; by default it is the one that ships for the data,
    and directions that ship are not steered anew.

    Raises:
        LabError: as `find_directions`, and for data that do not exist.
    """
    require_method(method)
    require_encoder(loaded)
    name = data_of(loaded, data)
    ready = shipped_directions(loaded, name) if method == STEERED and not classifier else None
    if ready is not None:
        progress(1.0)
        return ready
    train, test = catalog.load(name, "train"), catalog.load(name, "test")
    by = classifier_for(name, classifier, device_of(loaded)) if method == STEERED else None
    found = find_directions(loaded.model, train, test, method, classifier=by, progress=progress)
    return named(found, loaded)


def shipped_directions(loaded: LoadedModel, data: str) -> Directions | None:
    """The shipped steered directions of a model on these data; None if there are none.

    A damaged file counts as none: it must not keep a model from opening.
    """
    path = DIRECTIONS / f"{loaded.name}.safetensors"
    if not path.is_file():
        return None
    try:
        found = load_directions(path)
    except LabError:
        return None
    return found if (found.model_hash, found.data) == (loaded.hash, data) else None


def named(found: Directions, loaded: LoadedModel) -> Directions:
    return dataclasses.replace(found, model=shown(loaded.name), model_hash=loaded.hash)


def device_of(loaded: LoadedModel) -> torch.device:
    return next(loaded.model.parameters()).device


def find_directions(
    model: nn.Module,
    train: ImageSet,
    test: ImageSet,
    method: str = "means",
    *,
    classifier: LoadedModel | None = None,
    progress: Progress = lambda share: None,
) -> Directions:
    """A direction for each attribute (or class), found in `train` and judged on `test`.

    `classifier` is that of "steered" directions. `progress` is called with the share of the work that is
    done, 0 to 1.

    Raises:
        LabError: for an unknown method, a model that does not encode, pictures of another shape, or data
            without attributes or classes, or whose every attribute too few pictures have.
    """
    require_method(method)
    attributes_of(train)
    total = len(train) + len(test)
    # Steering takes longer than encoding.
    encoding = _ENCODING_SHARE if method == STEERED else 1.0
    z = _means(model, train, lambda done: progress(encoding * done / total))
    held_out_z = _means(model, test, lambda done: progress(encoding * (len(train) + done) / total))
    if method != STEERED:
        return directions_among(z, train, held_out_z, test, method)
    for told in steered_among(model, classifier, z, train, held_out_z, test):
        if isinstance(told, Directions):
            progress(1.0)
            return told
        progress(encoding + (1.0 - encoding) * told)
    raise AssertionError("the last thing that steering tells are the directions")


def directions_among(
    z: Tensor, train: ImageSet, held_out_z: Tensor, test: ImageSet, method: str = "means"
) -> Directions:
    """The same for encoded pictures: z (N, D) of `train`, (M, D) of `test`.

    Raises:
        LabError: as `find_directions`, and for "steered" ones, which need the model: `steered_among`.
    """
    require_method(method)
    if method not in METHODS:
        raise LabError("steered directions are trained through the decoder, not from encodings alone")
    z, train, held_out_z, test = *of_known_class(z, train), *of_known_class(held_out_z, test)
    told = known_among_pictures(z, train, held_out_z, test)
    return told.judged(told.vectors(z, method).float(), method)


def steered_among(
    model: nn.Module,
    classifier: LoadedModel | None,
    z: Tensor,
    train: ImageSet,
    held_out_z: Tensor,
    test: ImageSet,
    steering: Steering | None = None,
) -> Iterator[float | Directions]:
    """The same, steered through the decoder of `model`: yields the share that is done, at the end everything.

    Raises:
        LabError: as `find_directions`, and without a classifier, or for one that knows other pictures.
    """
    if classifier is None:
        raise LabError("steered directions need a classifier of the attributes")
    # The other attributes of a picture are held fixed, so all of them have to be known.
    z, train, held_out_z, test = *wholly_known(z, train), *wholly_known(held_out_z, test)
    told = known_among_pictures(z, train, held_out_z, test)
    start, y = core.discriminant(z, told.a), conditions_of(model, train)
    for now in steered(model, classifier, z, told.names, told.a, start, y, steering):
        yield told.judged(now, STEERED) if isinstance(now, Tensor) else now


def data_of(loaded: LoadedModel, data: str | None = None) -> str:
    """`data`, or else the data set of the catalog that the model was trained on.

    Raises:
        LabError: if there is none.
    """
    if data is not None:
        return data
    name: Any = loaded.card.data.get("name")
    if isinstance(name, str) and name in catalog.CATALOG:
        return name
    if isinstance(name, str) and name:
        raise LabError(
            f"{loaded.name} was trained on {name}, pictures of your own, and its file does not "
            "say where they are",
            hint="Give their path (command line: --data PATH)",
        )
    raise LabError(
        f"{loaded.name} does not say which data set it was trained on",
        hint=f"Choose one (command line: --data): {', '.join(catalog.CATALOG)}, or the path of your own",
    )


def require_encoder(loaded: LoadedModel) -> None:
    """Refuses a model without an encoder, by its name.

    Raises:
        LabError: if it has none.
    """
    if not isinstance(loaded.model, Encodes):
        raise LabError(f"{loaded.name} does not encode pictures")


def _means(model: nn.Module, data: ImageSet, tick: Callable[[int], None]) -> Tensor:
    """Encodings of the pictures, (N, D) float32: posterior means, never draws."""
    y = conditions_of(model, data) if encoder_is_conditional(model) else None
    parts: list[Tensor] = []
    for part in encode_in_chunks(model, data, y=y):
        parts.append(torch.from_numpy(part.mean))
        tick(sum(map(len, parts)))
    if not parts:
        raise LabError(f"{data.name} ({data.split}) holds no pictures")
    return torch.cat(parts)
