"""Adds attributes to each picture of a folder, writing the results to another folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentlab.commands.console import progress_bar
from latentlab.commands.encoding import (
    condition_words,
    decode_points,
    encode_pictures,
)
from latentlab.commands.printing import say, warn
from latentlab.data.report import Notebook, shown
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.rendering.picture_files import read_some
from latentlab.errors import LabError
from latentlab.models.base import Decodes

_MOST_SKIPPED = 5


def target_names(names: list[str]) -> dict[str, str]:
    """The output name for each file of a folder."""
    targets: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        target = f"{os.path.splitext(name)[0]}.png"
        if target in taken:
            raise LabError(f"{taken[target]} and {name} would both become {target}", hint="Rename one")
        targets[name], taken[target] = target, name
    return targets


def check_folder(arguments: argparse.Namespace, targets: list[str]) -> None:
    """Checks before long work whether the results can be written to a folder."""
    out = Path(arguments.out)
    try:
        if out.exists() and not out.is_dir():
            raise LabError("is a file; when --image is a folder, the output has to be a folder too", out)
        if not out.is_dir():
            check_destination(out)
        elif not arguments.force:
            taken = next((target for target in targets if os.path.lexists(out / target)), None)
            if taken is not None:
                check_destination(out / taken)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be written ({reason})", out, "Choose another name") from None


def fill_folder(
    loaded: LoadedModel,
    decoder: Decodes,
    arguments: argparse.Namespace,
    names: dict[str, str],
    book: Notebook,
    found: Directions,
    amounts: Mapping[str, float],
    y: Tensor | None,
) -> None:
    done, out, passed_over = 0, Path(arguments.out), book.skipped_count
    with progress_bar("Drawing") as show:
        for some, data in read_some(arguments.image, list(names), decoder.picture_shape, book):
            z = found.shift(encode_pictures(loaded, data, y), amounts)
            for name, place, picture in zip(some, z, decode_points(loaded, z, y), strict=True):
                path = out / names[name]
                _make_folder(path.parent)
                save_picture(
                    path,
                    picture,
                    provenance=provenance_of_sum(loaded, found, amounts, shown(name), place, y),
                    scale=arguments.scale,
                    overwrite=arguments.force,
                )
                done += 1
            show((done + book.skipped_count - passed_over) / len(names), "")
    reasons = [reason.in_words() for reason in book.reasons[:_MOST_SKIPPED]]
    if not done:
        raise LabError(f"holds no readable picture; {'; '.join(reasons)}", shown(arguments.image))
    pictures = "picture" if done == 1 else "pictures"
    say(f"Wrote {done:,} {pictures} to {out}: {amounts_in_words(amounts)}")
    if reasons:
        warn(f"{book.skipped_count:,} left out: {'; '.join(reasons)}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"the folder could not be made ({error.strerror or error})", folder) from None


def amounts_in_words(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{value:+g} {name}" for name, value in amounts.items())


def provenance_of_sum(
    loaded: LoadedModel,
    found: Directions,
    amounts: Mapping[str, float],
    origin: str,
    z: NDArray[np.float32],
    y: Tensor | None,
) -> Provenance:
    extra = {
        "picture": origin,
        "add": ",".join(f"{name}={value!r}" for name, value in amounts.items()),
        "method": found.method,
        "data": found.data,
        **condition_words(loaded, y),
    }
    return Provenance("arithmetic", loaded.name, loaded.hash, z=tuple(map(float, z)), extra=extra)
