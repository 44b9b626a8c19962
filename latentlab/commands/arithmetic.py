"""Commands that reckon with pictures: arithmetic, analogy."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.commands.attributes import find_as_told
from latentlab.commands.console import open_model, progress_bar
from latentlab.commands.printing import say, warn
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import Notebook, shown
from latentlab.engine.attributes.conditions import (
    as_text,
    asked_of,
    condition_from,
    conditions_of,
    encoder_is_told,
    parse_condition,
)
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.attributes.directions import Directions, data_of, require_encoder
from latentlab.engine.attributes.finding import directions_of
from latentlab.engine.attributes.implications import contradicted, implied_by
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, Picture, save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.inference.encodings import encode_in_chunks, join
from latentlab.engine.inference.sampling import decode_in_chunks
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.picture_files import names_in, read_picture, read_some
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes

_MOST_SKIPPED = 5


def add_to_pictures(arguments: argparse.Namespace) -> None:
    """`latentlab arithmetic`: pictures with attributes added or taken away, one or a folder of them."""
    folder = arguments.image is not None and os.path.isdir(arguments.image)
    book = Notebook()
    if folder:
        names = _targets(names_in(arguments.image, book))
        _check_folder(arguments, list(names.values()))
    else:
        _check_out(arguments)
    loaded = open_model(arguments)
    require_encoder(loaded)
    decoder = _decoder(loaded)
    y = None if arguments.condition is None else parse_condition(loaded.model, arguments.condition)
    is_of = y
    source: ImageSet | None = None
    if arguments.index is not None:
        source, is_of, y = _of_data(loaded, arguments)
    elif not folder:
        source = read_picture(arguments.image, decoder.picture_shape)
    _require_told(loaded, is_of)
    amounts = _summed(arguments.amounts)
    change = _change(loaded, arguments, is_of, y)
    found = _kept(loaded, decoder, arguments, bool(change) and not amounts)
    found.shift(np.zeros(found.latents), amounts)  # a wrong name is told before a folder is gone through
    if source is None:
        _fill_folder(loaded, decoder, arguments, names, book, found, amounts, y)
        return
    z = found.shift(_encode(loaded, source, is_of), amounts)
    if change:
        z = _still_told(loaded, arguments, found).leant(z, change)
    (picture,) = _decode(loaded, z, y)
    origin = source.name if arguments.index is None else f"{source.name} ({source.split}) {arguments.index}"
    provenance = _provenance(loaded, found, amounts, origin, z[0], y)
    save_picture(
        arguments.out, picture, provenance=provenance, scale=arguments.scale, overwrite=arguments.force
    )
    say(f"Wrote {arguments.out}: {_in_words(amounts) or f'condition {as_text(loaded.model, y)}'}")


def draw_analogy(arguments: argparse.Namespace) -> None:
    """`latentlab analogy`: z = z_c + z_b - z_a."""
    out = _check_out(arguments)
    loaded = open_model(arguments)
    require_encoder(loaded)
    shape = _decoder(loaded).picture_shape
    y = None if arguments.condition is None else parse_condition(loaded.model, arguments.condition)
    _require_told(loaded, y)
    paths = {name: getattr(arguments, name) for name in "abc"}
    a, b, c = (_encode(loaded, read_picture(path, shape), y)[0].astype(np.float64) for path in paths.values())
    z = (c + b - a).astype(np.float32)
    (picture,) = _decode(loaded, z[None], y)
    extra = {name: shown(Path(path).name) for name, path in paths.items()}
    provenance = Provenance(
        "analogy",
        loaded.name,
        loaded.hash,
        z=tuple(map(float, z)),
        extra={**extra, **_told(loaded, y)},
    )
    save_picture(out, picture, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    say(f"Wrote {out}: {extra['c']} + {extra['b']} - {extra['a']}")


def _change(
    loaded: LoadedModel, arguments: argparse.Namespace, is_of: Tensor | None, y: Tensor | None
) -> dict[str, float]:
    """How much more of each attribute is told than the picture has, if z is to lean that way.

    Raises:
        LabError: if nothing is added, and nothing told otherwise.
    """
    model = loaded.model
    # What a picture of one's own is of, only the condition says: it is not told otherwise.
    if not arguments.amounts and (arguments.condition is None or arguments.index is None):
        if arguments.condition is None:
            raise LabError("nothing to change", hint="Give --add Hat=1 or --condition Hat=1")
        raise LabError(
            "nothing to change: for a picture of your own, --condition says what the picture shows",
            hint="Give --add Hat=1; only a picture of the data set (--index) can be decoded under "
            "another condition",
        )
    if is_of is None or y is None or not isinstance(model, Conditional):
        return {}
    if arguments.same_z or model.exclusive:
        return {}
    told = zip(model.condition_names, is_of.tolist(), y.tolist(), strict=True)
    return {name: then - now for name, now, then in told if then != now}


def _still_told(loaded: LoadedModel, arguments: argparse.Namespace, found: Directions) -> Directions:
    """What z still says of what the decoder is told."""
    if found.method == "regressed" and arguments.directions is None:
        return found
    return directions_of(loaded, arguments.data, "regressed")


def _kept(loaded: LoadedModel, decoder: Decodes, arguments: argparse.Namespace, to_lean: bool) -> Directions:
    """The directions of a file, if they are this model's; else found anew, or as z leans along them."""
    if arguments.directions is None:
        if to_lean:
            arguments.method = "regressed"
        return find_as_told(loaded, arguments)
    found = load_directions(arguments.directions, latents=decoder.latents)
    if found.model_hash not in ("", loaded.hash):
        # Another training has another latent space, where these numbers mean nothing.
        raise LabError(
            f"its directions belong to {found.model} ({found.model_hash}), not of {loaded.name} "
            f"({loaded.hash})",
            arguments.directions,
            f"Compute them again: latentlab attributes {arguments.model} --out FILE",
        )
    return found


def _targets(names: list[str]) -> dict[str, str]:
    """The name of the picture that each file of a folder becomes."""
    targets: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        target = f"{os.path.splitext(name)[0]}.png"
        if target in taken:
            raise LabError(f"{taken[target]} and {name} would both become {target}", hint="Rename one")
        targets[name], taken[target] = target, name
    return targets


def _check_folder(arguments: argparse.Namespace, targets: list[str]) -> None:
    """Whether a folder can be filled, before long work."""
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


def _fill_folder(
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
            z = found.shift(_encode(loaded, data, y), amounts)
            for name, place, picture in zip(some, z, _decode(loaded, z, y), strict=True):
                path = out / names[name]
                _make_folder(path.parent)
                save_picture(
                    path,
                    picture,
                    provenance=_provenance(loaded, found, amounts, shown(name), place, y),
                    scale=arguments.scale,
                    overwrite=arguments.force,
                )
                done += 1
            show((done + book.skipped_count - passed_over) / len(names), "")
    reasons = [reason.in_words() for reason in book.reasons[:_MOST_SKIPPED]]
    if not done:
        raise LabError(f"holds no readable picture; {'; '.join(reasons)}", shown(arguments.image))
    pictures = "picture" if done == 1 else "pictures"
    say(f"Wrote {done:,} {pictures} to {out}: {_in_words(amounts)}")
    if reasons:
        warn(f"{book.skipped_count:,} left out: {'; '.join(reasons)}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"the folder could not be made ({error.strerror or error})", folder) from None


def _of_data(
    loaded: LoadedModel, arguments: argparse.Namespace
) -> tuple[ImageSet, Tensor | None, Tensor | None]:
    """One picture of the data set, what it is of, and what to make of it: the same, but for what the
    command says."""
    data = catalog.load(data_of(loaded, arguments.data), arguments.split)
    index = number_of(data, arguments.index)
    one = data.part(data.split, index, index + 1)
    asked = None if arguments.condition is None else asked_of(loaded.model, arguments.condition)
    if not isinstance(loaded.model, Conditional):
        return one, None, None
    try:
        known = conditions_of(loaded.model, data)
    except LabError:
        if asked is None:
            raise
        known = None
    # All zero: of this one it is not known.
    is_of = None if known is None or (loaded.model.exclusive and not known[index].any()) else known[index]
    if asked is None:
        return one, is_of, is_of
    implied = () if known is None or loaded.model.exclusive else implied_by(known.numpy())
    y = condition_from(loaded.model, asked, is_of, implied)
    if odd := contradicted(tuple(y.tolist()), implied):
        a, has, b, so = odd
        names = loaded.model.condition_names
        first, second = "with" if has else "without", "without" if so else "with"
        warn(
            f"note: no picture of {data.name} {first} {names[a]} is {second} {names[b]}; the "
            "result may be meaningless"
        )
    return one, y if is_of is None else is_of, y


def _require_told(loaded: LoadedModel, y: Tensor | None) -> None:
    # Told nothing, it would draw the first class, whatever the picture is of.
    if y is None and isinstance(loaded.model, Conditional):
        raise LabError(
            f"{loaded.name} needs a condition: it draws pictures of a given class or with given attributes",
            hint="Give one with --condition",
        )


def _encode(loaded: LoadedModel, data: ImageSet, y: Tensor | None) -> NDArray[np.float32]:
    """Posterior means, (N, D)."""
    told = y.expand(len(data), -1) if y is not None and encoder_is_told(loaded.model) else None
    z = join(list(encode_in_chunks(loaded.model, data, y=told))).mean
    if not np.isfinite(z).all():
        raise LabError(f"{loaded.name} encodes pictures to values that are not finite")
    return z


def _decode(loaded: LoadedModel, z: NDArray[np.float32], y: Tensor | None) -> list[Picture]:
    pictures: list[Picture] = []
    for some in decode_in_chunks(loaded.model, torch.from_numpy(z), y=y):
        pictures.extend(to_pictures(some))
    return pictures


def _decoder(loaded: LoadedModel) -> Decodes:
    if not isinstance(loaded.model, Decodes):
        raise LabError(f"{loaded.name} does not generate pictures")
    return loaded.model


def _check_out(arguments: argparse.Namespace) -> Path:
    return check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)


def _summed(amounts: list[tuple[str, float]]) -> dict[str, float]:
    """What is added twice is added up."""
    summed: dict[str, float] = {}
    for name, value in amounts:
        summed[name] = summed.get(name, 0.0) + value
    return summed


def _in_words(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{value:+g} {name}" for name, value in amounts.items())


def _told(loaded: LoadedModel, y: Tensor | None) -> dict[str, str]:
    """What the model drew under, for another to draw the same."""
    text = as_text(loaded.model, y)
    return {"condition": text} if text else {}


def _provenance(
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
        **_told(loaded, y),
    }
    return Provenance("arithmetic", loaded.name, loaded.hash, z=tuple(map(float, z)), extra=extra)
