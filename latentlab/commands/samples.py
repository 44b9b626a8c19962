"""The command `latentlab sample`: pictures at points drawn from the prior, under given conditions.

A model without a latent space draws directly; for diffusion models, see `latentlab.commands.diffusion`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

from torch import Tensor

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.diffusion import draw_diffusion_samples
from latentlab.commands.diffusion_arguments import OF_SAMPLER
from latentlab.commands.diffusion_conditions import asked_words
from latentlab.commands.printing import say
from latentlab.data.report import shown
from latentlab.engine.attributes.conditional_sampling import (
    DrawnConditions,
    conditions_as_asked,
    frequencies_of,
    is_settled,
)
from latentlab.engine.attributes.conditions import asked_of
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, Picture, save_picture, sheet
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.files.sample_words import described
from latentlab.engine.inference.sampling import decode_in_chunks, draw_in_chunks, points_of
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.errors import LabError
from latentlab.models.base import (
    Conditional,
    Decodes,
    Denoises,
    HasLikelihood,
    Samples,
    Translates,
    conditional,
)


def draw_samples(arguments: argparse.Namespace) -> None:
    """`latentlab sample`: pictures drawn from a model, in an almost square sheet."""
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)
    loaded = open_model(arguments)
    if isinstance(loaded.model, Denoises):
        _refuse(arguments, loaded, ("draw",), "it is a diffusion model, and its pictures are always drawn")
        draw_diffusion_samples(arguments, loaded)
        return
    _refuse(arguments, loaded, tuple(OF_SAMPLER), "it is not a diffusion model")
    model = loaded.model
    if not isinstance(model, Decodes | Samples):
        hint = "It makes them of other pictures: latentlab translate" if isinstance(model, Translates) else ""
        raise LabError(f"{loaded.name} does not generate pictures", hint=hint)
    if not isinstance(model, HasLikelihood):
        _refuse(arguments, loaded, ("draw",), "it has no likelihood p(x|z) to draw a picture from")
    arguments.condition = asked_words(arguments, model)
    told = _told(loaded, arguments)
    pictures = _drawn(loaded, None if told is None else told.y, arguments)
    page = sheet(pictures, columns=math.ceil(math.sqrt(len(pictures))))
    extra = {"n": str(arguments.n), "pictures": "drawn" if arguments.draw else "mean"}
    if told is not None and isinstance(loaded.model, Conditional):
        names = loaded.model.condition_names
        extra |= described(names, told.y.tolist(), arguments.condition or "", told.origin)
    provenance = Provenance("samples", loaded.name, loaded.hash, seed=arguments.seed, extra=extra)
    save_picture(out, page, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    if arguments.json:
        figures = {"pictures": len(pictures), "seed": arguments.seed, "drawn": bool(arguments.draw)}
        rest = {name: text for name, text in extra.items() if name in ("condition", "rest")}
        origin = {"out": str(out), "model": loaded.name, "model_hash": loaded.hash}
        print_json({**origin, **figures, **rest})
        return
    words = [f"{len(pictures):,} pictures, seed {arguments.seed}"]
    if told is not None:
        words += [shown(word) for word in (arguments.condition, told.origin) if word]
    say(f"Wrote {out}: {'; '.join(words)}")


def _refuse(arguments: argparse.Namespace, loaded: LoadedModel, flags: Sequence[str], why: str) -> None:
    """Refuses flags that do not apply to this kind of model."""
    for name in flags:
        value = getattr(arguments, name)
        if value is not None:
            flag = name if value is not False else "mean"  # --mean and --draw are one argument
            raise LabError(f"--{flag} has no effect for {loaded.name}: {why}")


def _told(loaded: LoadedModel, arguments: argparse.Namespace) -> DrawnConditions | None:
    """The condition of each sample; None for an unconditional model."""
    if arguments.condition is None and conditional(loaded.model) is None:
        return None
    asked = {} if arguments.condition is None else asked_of(loaded.model, arguments.condition)
    # Large data are not read if nothing is to be drawn from them.
    settled = is_settled(loaded.model, asked)
    frequencies = None if settled else frequencies_of(loaded, arguments.data)
    return conditions_as_asked(loaded.model, asked, arguments.n, frequencies, arguments.seed)


def _drawn(loaded: LoadedModel, y: Tensor | None, arguments: argparse.Namespace) -> list[Picture]:
    model, n, seed = loaded.model, arguments.n, arguments.seed
    if isinstance(model, Decodes):
        z = points_of(model, n, seed)
        chunks = decode_in_chunks(model, z, y=y, draw=bool(arguments.draw), seed=seed)
    else:
        chunks = draw_in_chunks(model, n, seed, y=y)
    pictures: list[Picture] = []
    with progress_bar("Decoding" if isinstance(model, Decodes) else "Drawing") as show:
        for some in chunks:
            pictures.extend(to_pictures(some))
            show(len(pictures) / n, "")
    return pictures
