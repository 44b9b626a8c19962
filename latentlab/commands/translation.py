"""The command `latentlab translate`: a picture is made of another one."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch
from torch import Tensor

from latentlab.commands.console import open_model, print_json
from latentlab.commands.printing import say
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.data.image_set import size_in_words
from latentlab.data.report import shown
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.inference.translating import require_translator, translated
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.own_picture import read_own
from latentlab.engine.rendering.translation import source_of_own
from latentlab.errors import LabError
from latentlab.models.base import Translates


def translate_picture(arguments: argparse.Namespace) -> None:
    """`latentlab translate`."""
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)
    beside = None
    if arguments.source is not None:
        beside = check_destination(arguments.source, overwrite=arguments.force, suffixes=PICTURE_FORMATS)
        if os.path.realpath(beside) == os.path.realpath(out):
            raise LabError("is the file of both --out and --source", out, "Give each a name of its own")
    if arguments.whole and arguments.image is None:
        raise LabError("--whole is about --image", hint="The source of --index is always taken first")
    loaded = open_model(arguments)
    model = require_translator(loaded.model, loaded.name)
    source, name = _source(arguments, loaded, model)
    made = to_pictures(translated(model, source))[0]
    extra = {"picture": name, "from": model.source_name}
    provenance = Provenance("translation", loaded.name, loaded.hash, extra=extra)
    save_picture(out, made, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    if beside is not None:
        given = to_pictures(source.clone())[0]
        save_picture(beside, given, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    if arguments.json:
        origin = {"out": str(out), "model": loaded.name, "model_hash": loaded.hash}
        print_json({**origin, "picture": name, "from": model.source_name})
        return
    say(f"Wrote {out}: made by {loaded.name} of {name}")


def _source(arguments: argparse.Namespace, loaded: LoadedModel, model: Translates) -> tuple[Tensor, str]:
    """What the model is given, (1, C', H, W) on its device, and the name of the picture.

    Raises:
        LabError: if the picture cannot be read, or the data have no such picture or are of another size.
    """
    device = next(loaded.model.parameters()).device
    if arguments.image is not None:
        pixels = read_own(arguments.image)
        return source_of_own(model, pixels, whole=arguments.whole).to(device), shown(
            Path(arguments.image).name
        )
    data = catalog.load(data_of(loaded, arguments.data), arguments.split)
    index = number_of(data, arguments.index)
    if data.shape != model.picture_shape:
        raise LabError(
            f"the pictures of {data.name} are {size_in_words(data.shape)}, "
            f"those of {loaded.name} {size_in_words(model.picture_shape)}"
        )
    x = data.images[index][None].to(device).float() / 255.0
    with torch.no_grad():
        return model.source_of(x), f"{data.name} ({data.split}) {index}"
