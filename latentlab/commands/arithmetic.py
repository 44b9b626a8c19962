"""The command `latentlab arithmetic`: adds attributes to pictures, or removes them."""

from __future__ import annotations

import argparse
import os

import numpy as np
from torch import Tensor

from latentlab.commands.attributes import find_as_told
from latentlab.commands.console import open_model
from latentlab.commands.encoding import (
    check_out,
    decode_points,
    decoder_of,
    encode_pictures,
    require_condition,
)
from latentlab.commands.picture_folder import (
    amounts_in_words,
    check_folder,
    fill_folder,
    provenance_of_sum,
    target_names,
)
from latentlab.commands.printing import say, warn
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import Notebook
from latentlab.engine.attributes.conditions import (
    as_text,
    asked_of,
    condition_from,
    conditions_of,
    known_condition,
    parse_condition,
)
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.finding import data_of, directions_of, require_encoder
from latentlab.engine.attributes.implications import contradicted, implied_by
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.export import save_picture
from latentlab.engine.rendering.picture_files import names_in, read_picture
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes


def add_to_pictures(arguments: argparse.Namespace) -> None:
    """`latentlab arithmetic`: pictures with attributes added or taken away, one or a folder of them."""
    folder = arguments.image is not None and os.path.isdir(arguments.image)
    book = Notebook()
    if folder:
        names = target_names(names_in(arguments.image, book))
        check_folder(arguments, list(names.values()))
    else:
        check_out(arguments)
    loaded = open_model(arguments)
    require_encoder(loaded)
    decoder = decoder_of(loaded)
    y = None if arguments.condition is None else parse_condition(loaded.model, arguments.condition)
    is_of = y
    source: ImageSet | None = None
    if arguments.index is not None:
        source, is_of, y = _of_data(loaded, arguments)
    elif not folder:
        source = read_picture(arguments.image, decoder.picture_shape)
    require_condition(loaded, is_of)
    amounts = _summed(arguments.amounts)
    change = _change(loaded, arguments, is_of, y)
    found = _kept(loaded, decoder, arguments, bool(change) and not amounts)
    found.shift(np.zeros(found.latents), amounts)  # a wrong name is reported before a whole folder is read
    if source is None:
        fill_folder(loaded, decoder, arguments, names, book, found, amounts, y)
        return
    z = found.shift(encode_pictures(loaded, source, is_of), amounts)
    if change:
        z = _still_told(loaded, arguments, found).compensated(z, change)
    (picture,) = decode_points(loaded, z, y)
    origin = source.name if arguments.index is None else f"{source.name} ({source.split}) {arguments.index}"
    provenance = provenance_of_sum(loaded, found, amounts, origin, z[0], y)
    save_picture(
        arguments.out, picture, provenance=provenance, scale=arguments.scale, overwrite=arguments.force
    )
    say(f"Wrote {arguments.out}: {amounts_in_words(amounts) or f'condition {as_text(loaded.model, y)}'}")


def _change(
    loaded: LoadedModel, arguments: argparse.Namespace, is_of: Tensor | None, y: Tensor | None
) -> dict[str, float]:
    """The change of the condition, for the compensation of z.

    Raises:
        LabError: if nothing is added, and the condition does not change.
    """
    model = loaded.model
    # For a user's own picture the condition is given, not known: it does not change.
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
    """What z still says of the decoder's condition."""
    if found.method == "regressed" and arguments.directions is None:
        return found
    return directions_of(loaded, arguments.data, "regressed")


def _kept(
    loaded: LoadedModel, decoder: Decodes, arguments: argparse.Namespace, to_compensate: bool
) -> Directions:
    """The directions of a file, if they are this model's; else computed, or those for compensation."""
    if arguments.directions is None:
        if to_compensate:
            arguments.method = "regressed"
        return find_as_told(loaded, arguments)
    found = load_directions(arguments.directions, latents=decoder.latents)
    if found.model_hash not in ("", loaded.hash):
        # Another training has another latent space, where these numbers have no meaning.
        raise LabError(
            f"its directions belong to {found.model} ({found.model_hash}), not of {loaded.name} "
            f"({loaded.hash})",
            arguments.directions,
            f"Compute them again: latentlab attributes {arguments.model} --out FILE",
        )
    return found


def _of_data(
    loaded: LoadedModel, arguments: argparse.Namespace
) -> tuple[ImageSet, Tensor | None, Tensor | None]:
    """One picture of the data set, its condition, and the new condition: the same, except as the command
    says.
    """
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
    is_of = known_condition(loaded.model, None if known is None else known[index])
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


def _summed(amounts: list[tuple[str, float]]) -> dict[str, float]:
    """Amounts given twice are added."""
    summed: dict[str, float] = {}
    for name, value in amounts:
        summed[name] = summed.get(name, 0.0) + value
    return summed
