"""The ideal denoiser of a model's training pictures, for the frames of a tape.

The mathematics stand in `latentlab.core.ideal_denoiser`. A model that was asked for a class, or attributes,
is compared with the mean over the training pictures that have just these; one asked for nothing, over all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from latentlab.core.ideal_denoiser import Ideal, IdealDenoiser
from latentlab.core.schedules import Schedule
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, require_known
from latentlab.engine.diffusion.requests import IdealReply, IdealRequest
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.training_pictures import are_those, training_spec
from latentlab.errors import LabError
from latentlab.models.base import conditional

# The nearest training pictures that are shown.
NEAREST = 4
# After the first one, frames at once: one pass over the pictures serves all of them.
_AT_ONCE = 16
# More names than these are not listed.
_LISTED = 6


class IdealPictures:
    """The training pictures of a model, by what it may be asked for.

    Raises:
        LabError: if they are not found, or are not of the model's shape.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        card, model = loaded.card, loaded.model
        spec = training_spec(card.data, card.command, loaded.name)
        train = catalog.load(spec, "train")
        shape = getattr(model, "picture_shape", train.shape)
        if train.shape != shape:
            raise LabError(f"the training pictures of {loaded.name} are {train.shape}, its own {shape}")
        told = conditional(model)
        self._names = () if told is None else told.condition_names
        self._exclusive = True if told is None else told.exclusive
        self.exact = are_those(card.data, train)
        self._train: ImageSet = train if told is None else require_known(model, train)
        self._y: Tensor | None = conditions_of(model, self._train)
        # The pictures of the last condition.
        self._kept: tuple[tuple[float, ...], IdealDenoiser, str] | None = None

    def under(self, condition: Sequence[float]) -> tuple[IdealDenoiser, str]:
        """The ideal denoiser of the pictures with a condition (A,), () for all; which these are, in words.

        A number that is neither 0 nor 1 does not matter.

        Raises:
            LabError: if no training picture has it.
        """
        key = tuple(condition)
        if self._kept is None or self._kept[0] != key:
            images, words = self._train.images, "training pictures"
            if key and self._y is not None:
                asked = torch.tensor(key)
                sure = (asked == 0.0) | (asked == 1.0)
                which = (self._y[:, sure] == asked[sure]).all(1)
                words = self._words(key)
                if not bool(which.any()):
                    raise LabError(f"there are no training pictures {words} to average")
                images, words = images[which], f"training pictures {words}"
            self._kept = key, IdealDenoiser(images), words
        return self._kept[1], self._kept[2]

    def _words(self, condition: tuple[float, ...]) -> str:
        names = [name for name, value in zip(self._names, condition, strict=True) if value == 1.0]
        if self._exclusive:
            return f"of class {names[0]}"
        listed = ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
        return f"with just {listed}" if listed else "with none of the attributes"


def answered(
    pictures: IdealPictures, schedule: Schedule, request: IdealRequest
) -> Iterator[IdealReply | None]:
    """The replies to a request: the first frame by itself, then the others, with None between pieces.

    Raises:
        LabError: if no training picture has the condition, or the frames are not of the model's pictures.
    """
    denoiser, words = pictures.under(request.condition)
    shape = tuple(denoiser.pictures.shape[1:])
    if request.x_t.shape != (len(request.t), *shape) or not all(0 <= t <= schedule.steps for t in request.t):
        raise LabError(f"frames of shape {request.x_t.shape}, expected {(len(request.t), *shape)}")
    for first in (0, *range(1, len(request.t), _AT_ONCE)):
        some = slice(first, first + (1 if first == 0 else _AT_ONCE))
        x_t = torch.from_numpy(np.ascontiguousarray(request.x_t[some]))
        times = torch.tensor(request.t[some], dtype=torch.int64)
        for ideal in denoiser.denoised(x_t, schedule.alpha_bar[times], NEAREST):
            yield None if ideal is None else _reply(request, some, ideal, denoiser, words, pictures.exact)


def _reply(
    request: IdealRequest, some: slice, ideal: Ideal, denoiser: IdealDenoiser, words: str, exact: bool
) -> IdealReply:
    return IdealReply(
        generation=request.generation,
        t=request.t[some],
        picture=request.picture,
        mean=ideal.mean.numpy(),
        nearest=denoiser.pictures[ideal.numbers].numpy(),
        weights=ideal.weights.numpy(),
        effective=ideal.effective.numpy(),
        among=len(denoiser),
        words=words,
        exact=exact,
    )
