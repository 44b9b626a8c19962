"""Reads the start picture and the mask of a diffusion command, as its model takes them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.data.pictures.decoding import BLACK_GROUND
from latentlab.data.report import shown
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.diffusion.noising import pixels_of
from latentlab.engine.diffusion.recipes import Pixels
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.own_picture import fitted, own_size, read_own
from latentlab.errors import LabError


def read_start(
    arguments: argparse.Namespace, loaded: LoadedModel, shape: tuple[int, int, int]
) -> tuple[Pixels, str]:
    """The picture of --image or --index, of shape (C, H, W), and its name.

    Raises:
        LabError: if it cannot be read, or the data have no such picture.
    """
    if arguments.image is not None:
        seen = fitted(read_own(arguments.image), Fitting(), shape)
        return _pixels(seen), shown(Path(arguments.image).name)
    data = catalog.load(data_of(loaded, arguments.data), arguments.split)
    index = number_of(data, arguments.index)
    if data.shape != shape:
        raise LabError(f"the pictures of {data.name} are {data.shape}, those of {loaded.name} {shape}")
    return _pixels(data.images[index].numpy()), f"{data.name} ({data.split}) {index}"


def read_mask(arguments: argparse.Namespace, shape: tuple[int, int, int]) -> Pixels:
    """The mask cropped to the model's size like the picture; (H, W), 255 in the hole and 0 around it.

    White is the hole. Transparent parts are kept, as black ones are.

    Raises:
        LabError: if it cannot be read, is of another size than the picture and the model's, or has no hole.
    """
    size, frame = own_size(arguments.mask), (shape[2], shape[1])
    fitting = {frame}
    if arguments.image is not None:
        fitting.add(own_size(arguments.image))
    if size not in fitting:
        wanted = " or ".join(f"{width} x {height}" for width, height in sorted(fitting, reverse=True))
        raise LabError(
            f"is {size[0]} x {size[1]} pixels; a mask has the size of the picture or of the "
            f"model's pictures: {wanted}",
            shown(arguments.mask),
        )
    mask = read_own(arguments.mask, ground=BLACK_GROUND)
    hole = np.where(fitted(mask, Fitting(), (1, *shape[1:]))[0] >= 128, 255, 0)
    if not hole.any():
        raise LabError(
            "has nothing white in it, so there is no hole to fill",
            shown(arguments.mask),
            "Paint the hole white; what is black or transparent is kept",
        )
    return pixels_of(hole.astype(np.uint8))


def _pixels(seen: NDArray[np.uint8]) -> Pixels:
    return pixels_of(seen[0] if len(seen) == 1 else seen.transpose(1, 2, 0))
