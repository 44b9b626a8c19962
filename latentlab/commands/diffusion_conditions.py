"""The conditions of the pictures of a diffusion command, and how they were chosen."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from latentlab.commands.printing import warn
from latentlab.data.report import shown
from latentlab.engine.attributes.conditional_sampling import conditions_as_asked, frequencies_of, is_settled
from latentlab.engine.attributes.conditions import as_text, asked_of
from latentlab.engine.diffusion.recipes import (
    FromNoise,
    FromPicture,
    Inpainting,
)
from latentlab.engine.diffusion.sampling import as_rows
from latentlab.engine.diffusion.tape_origin import Origin, changed
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.sample_words import described
from latentlab.errors import LabError
from latentlab.models.base import conditional


@dataclass(frozen=True)
class Asked:
    """The condition of each picture, and a text on how it was chosen, for the terminal and for the file."""

    conditions: tuple[tuple[float, ...], ...]
    words: str
    extra: Mapping[str, str]


def asked_again(arguments: argparse.Namespace, loaded: LoadedModel, again: Origin) -> Asked:
    """The conditions of a recipe; warns on stderr about what has changed.

    Raises:
        LabError: for a model with other conditions.
    """
    told = conditional(loaded.model)
    names = () if told is None else told.condition_names
    rows, start = again.recipe.last_sampler_settings.conditions, again.recipe.start
    if any(len(row) != len(names) for row in rows):
        raise LabError(
            f"was made by {again.model}, a model whose conditions differ from those of {loaded.name}",
            shown(arguments.recipe),
            f"Run it with {again.model}",
        )
    for warning in (changed(again, loaded.name, loaded.hash), again.missing):
        if warning:
            warn(f"latentlab: {shown(arguments.recipe)}: {warning}")
    words = []
    if rows:
        alike = len(set(rows)) == 1
        words.append(as_text(loaded.model, torch.tensor(rows[0])) if alike else "each with its own condition")
    if isinstance(start, FromPicture):
        words.append(f"from a picture, strength {start.strength:g}")
    elif not isinstance(start, FromNoise):
        words.append("inpainted" if isinstance(start, Inpainting) else f"on the arc to seed {start.seed}")
    return Asked(rows, "; ".join(words), {})


def asked_words(arguments: argparse.Namespace, model: object) -> str | None:
    """The text of --condition or --class.

    Raises:
        LabError: if both are given, or a class is asked of a model with attributes.
    """
    told = conditional(model)
    asked: str | None = arguments.condition
    if arguments.class_ is None:
        return asked
    if asked is not None:
        raise LabError("--class and --condition both set the condition", hint="Give only one of them")
    if told is not None and not told.exclusive:
        raise LabError(
            "--class is for class-conditional models; this one is conditioned on attributes",
            hint=f"Use --condition, such as --condition {told.condition_names[0]}=1",
        )
    named: str = arguments.class_
    return named


def asked_by_command(
    loaded: LoadedModel, arguments: argparse.Namespace, count: int, *, always: bool = True
) -> Asked:
    """The conditions of the pictures: none for an unconditional model, or if nothing is asked and not
    `always`.
    """
    text = asked_words(arguments, loaded.model)
    told = conditional(loaded.model)
    if text is None and (told is None or not always):
        if arguments.guidance != 1.0:
            why = "it is not conditional" if told is None else "no condition is given"
            raise LabError(f"--guidance has no effect for {loaded.name} here: {why}")
        return Asked((), "", {})
    asked = {} if text is None else asked_of(loaded.model, text)
    frequencies = None if is_settled(loaded.model, asked) else frequencies_of(loaded, arguments.data)
    found = conditions_as_asked(loaded.model, asked, count, frequencies, arguments.seed)
    assert told is not None
    words = "; ".join(shown(word) for word in (text, found.origin) if word)
    extra = described(told.condition_names, found.y.tolist(), text or "", found.origin)
    return Asked(as_rows(found.y), words, extra)
