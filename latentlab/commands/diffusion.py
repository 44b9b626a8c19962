"""The commands of diffusion models: diffuse, edit, inpaint, and `latentlab sample` for one."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.diffusion_arguments import OF_SAMPLER, OF_TAPE
from latentlab.commands.diffusion_conditions import Asked, asked_again, asked_by_command
from latentlab.commands.printing import say
from latentlab.commands.start_pictures import read_mask, read_start
from latentlab.engine.diffusion.recipes import (
    MOST_PICTURES,
    BetweenNoises,
    FromNoise,
    FromPicture,
    Inpainting,
    Recipe,
    SamplerSettings,
    Start,
)
from latentlab.engine.diffusion.runner import BREATH, Diffusion, Frame
from latentlab.engine.diffusion.tape import Look
from latentlab.engine.diffusion.tape_files import TAPE_SUFFIXES, TapeFile, save_frame
from latentlab.engine.diffusion.tape_origin import Origin, provenance_of, read_tape
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, Picture, save_picture, sheet
from latentlab.errors import LabError
from latentlab.models.base import Denoises


def draw_diffusion_samples(arguments: argparse.Namespace, loaded: LoadedModel) -> None:
    """`latentlab sample` for a diffusion model: any number of pictures, equal to those of the tape of the
    same seed.
    """
    _settle(arguments, OF_SAMPLER)
    diffusion = _diffusion(loaded)
    asked = asked_by_command(loaded, arguments, arguments.n)
    sampler_settings = _sampler_settings(arguments, asked)
    pictures: list[Picture] = []
    steps = len(diffusion.times(Recipe(1, sampler_settings))) - 1
    with progress_bar("Sampling") as show:
        for some, share in _drawn(diffusion, sampler_settings, arguments.n, steps):
            pictures.extend(some)
            show(share, "")
    first = min(arguments.n, MOST_PICTURES)
    # A tape has a limited number of pictures; they equal the first of many.
    told = SamplerSettings(**{**vars(sampler_settings), "conditions": sampler_settings.conditions[:first]})
    save_picture(
        arguments.out,
        sheet(pictures, columns=math.ceil(math.sqrt(len(pictures)))),
        provenance=provenance_of(
            Origin(Recipe(first, told), loaded.name, loaded.hash), {"n": str(arguments.n), **asked.extra}
        ),
        scale=arguments.scale,
        overwrite=arguments.force,
    )
    _tell(
        arguments, loaded, sampler_settings, asked, f"{len(pictures):,} pictures", {"pictures": len(pictures)}
    )


def run_tape(arguments: argparse.Namespace) -> None:
    """`latentlab diffuse`: a tape from noise, or that of an exported picture again."""
    check_destination(arguments.out, overwrite=arguments.force, suffixes=TAPE_SUFFIXES)
    look = Look(arguments.show, arguments.picture)
    again = None if arguments.recipe is None else _read_recipe(arguments)
    loaded = open_model(arguments)
    diffusion = _diffusion(loaded)
    if again is None:
        _settle(arguments, OF_TAPE)
        arc = arguments.between is not None
        start: Start = BetweenNoises(arguments.between) if arc else FromNoise()
        asked = asked_by_command(loaded, arguments, 1 if arc else arguments.n, always=not arc)
        recipe = Recipe(arguments.n, _sampler_settings(arguments, asked), start)
    else:
        asked, recipe = asked_again(arguments, loaded, again), again.recipe
    total = len(diffusion.times(recipe))
    kept = {*range(0, total, arguments.every), total - 1}
    file = TapeFile(
        arguments.out,
        Origin(recipe, loaded.name, loaded.hash),
        diffusion.model.picture_shape,
        len(kept),
        diffusion.schedule.alpha_bar.numpy(),
        look,
        frames_per_second=arguments.fps,
        scale=arguments.scale,
        overwrite=arguments.force,
        extra=asked.extra,
    )
    for frame in _frames(diffusion, recipe):
        if frame.number in kept:
            file.add(frame)
    file.save()
    fields = {"pictures": recipe.count, "frames": len(kept)}
    counted = f"{len(kept):,} frames of {_counted(recipe.count)}"
    _tell(arguments, loaded, recipe.sampler_settings, asked, counted, fields)


def edit_picture(arguments: argparse.Namespace) -> None:
    """`latentlab edit`: SDEdit."""
    _change(arguments, "strength")


def fill_hole(arguments: argparse.Namespace) -> None:
    """`latentlab inpaint`: RePaint."""
    _change(arguments, "mask")


def _change(arguments: argparse.Namespace, how: str) -> None:
    check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)
    _settle(arguments, OF_SAMPLER)
    loaded = open_model(arguments)
    diffusion = _diffusion(loaded)
    shape = diffusion.model.picture_shape
    pixels, source = read_start(arguments, loaded, shape)
    start: Start
    if how == "mask":
        start = Inpainting(pixels, read_mask(arguments, shape), arguments.repeats)
    else:
        start = FromPicture(pixels, arguments.strength)
    asked = asked_by_command(loaded, arguments, arguments.n, always=False)
    recipe = Recipe(arguments.n, _sampler_settings(arguments, asked), start)
    *_, frame = _frames(diffusion, recipe)
    save_frame(
        arguments.out,
        frame,
        Origin(recipe, loaded.name, loaded.hash),
        diffusion.schedule.alpha_bar.numpy(),
        scale=arguments.scale,
        overwrite=arguments.force,
        extra={"picture": source, **asked.extra},
    )
    fields = {"pictures": recipe.count, "picture": source}
    _tell(arguments, loaded, recipe.sampler_settings, asked, f"{_counted(recipe.count)} of {source}", fields)


def _read_recipe(arguments: argparse.Namespace) -> Origin:
    """The recipe of a file, if the command does not specify another run."""
    for name in OF_TAPE:
        if getattr(arguments, name) is not None:
            raise LabError(
                f"{_flag(name)} cannot be combined with --recipe, which already sets it",
                hint="Give only one of them",
            )
    return read_tape(arguments.recipe)


def _settle(arguments: argparse.Namespace, usual: Mapping[str, Any]) -> None:
    """Fills in the defaults.

    Raises:
        LabError: for a flag that would mean nothing.
    """
    if arguments.eta is not None and arguments.sampler not in (None, "ddim"):
        raise LabError(f"--eta has no effect with the sampler {arguments.sampler}", hint="Only ddim has it")
    for name, value in usual.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)


def _sampler_settings(arguments: argparse.Namespace, asked: Asked) -> SamplerSettings:
    return SamplerSettings(
        sampler=arguments.sampler,
        steps=arguments.steps,
        eta=arguments.eta,
        guidance=arguments.guidance,
        conditions=asked.conditions,
        seed=arguments.seed,
    )


def _diffusion(loaded: LoadedModel) -> Diffusion:
    if not isinstance(loaded.model, Denoises):
        raise LabError("is not a diffusion model", loaded.path)
    return Diffusion(loaded.model)


def _drawn(
    diffusion: Diffusion, sampler_settings: SamplerSettings, count: int, steps: int
) -> Iterator[tuple[list[Picture], float]]:
    """Pictures as they are drawn, and the share of all work that is done."""
    done, breaths, pauses = 0, 0, max(1, steps // BREATH)
    for some in diffusion.sample(sampler_settings, count):
        breaths = 0 if len(some) else breaths + 1
        done += len(some)
        ahead = min(diffusion.piece, count - done) * min(1.0, breaths / (pauses + 1))
        yield _as_pictures(some), (done + ahead) / count


def _as_pictures(some: NDArray[np.uint8]) -> list[Picture]:
    return [one[0] if len(one) == 1 else np.ascontiguousarray(one[:3].transpose(1, 2, 0)) for one in some]


def _frames(diffusion: Diffusion, recipe: Recipe) -> Iterator[Frame]:
    """A recipe's frames, with a progress bar."""
    with progress_bar("Running") as show:
        for frame in diffusion.run(recipe):
            if frame is not None:
                show((frame.number + 1) / frame.total, f"t = {frame.t}")
                yield frame


def _flag(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name.strip('_').replace('_', '-')}"


def _counted(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


def _tell(
    arguments: argparse.Namespace,
    loaded: LoadedModel,
    sampler_settings: SamplerSettings,
    asked: Asked,
    what: str,
    fields: Mapping[str, Any],
) -> None:
    if arguments.json:
        how = {name: getattr(sampler_settings, name) for name in ("seed", *OF_SAMPLER)}
        origin = {"out": str(arguments.out), "model": loaded.name, "model_hash": loaded.hash}
        told = {name: asked.extra[name] for name in ("condition", "rest") if name in asked.extra}
        print_json({**origin, **fields, **how, **told})
        return
    words = [
        what,
        f"{sampler_settings.sampler}, {sampler_settings.steps} steps",
        f"seed {sampler_settings.seed}",
    ]
    if sampler_settings.conditions and sampler_settings.guidance != 1.0:
        words.append(f"guidance {sampler_settings.guidance:g}")
    say(f"Wrote {arguments.out}: {'; '.join([*words, *([asked.words] if asked.words else [])])}")
