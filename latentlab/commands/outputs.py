"""The commands that write pictures and encodings: manifold, interpolate, encode."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentlab.commands.console import open_model, progress_bar
from latentlab.commands.figures import own_data
from latentlab.commands.printing import say
from latentlab.core import latent
from latentlab.data import catalog
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional, parse_condition
from latentlab.engine.attributes.finding import require_encoder
from latentlab.engine.files.animation import ANIMATION_FORMATS, save_animation
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import (
    ENCODING_SUFFIXES,
    PICTURE_FORMATS,
    Origins,
    Picture,
    save_encodings,
    save_picture,
    sheet,
    strip,
)
from latentlab.engine.files.projector import save_for_projector
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.inference.encodings import encode_in_chunks, join
from latentlab.engine.inference.sampling import at_quantiles, decode_in_chunks, require_decoder
from latentlab.engine.rendering.renderer import to_pictures, walk_points
from latentlab.engine.rendering.requests.points import WalkRequest
from latentlab.errors import LabError
from latentlab.models.base import Decodes

# A walk is animated in these formats; in other formats it is a strip.
_MOVING = tuple(suffix for suffix in ANIMATION_FORMATS if suffix != ".png")
_WALK_SUFFIXES = (*_MOVING, *(suffix for suffix in PICTURE_FORMATS if suffix not in _MOVING))


def draw_manifold(arguments: argparse.Namespace) -> None:
    """`latentlab manifold`: the plane as n x n pictures, top row first."""
    out = _check_out(arguments, PICTURE_FORMATS)
    loaded = open_model(arguments)
    decoder = _decoder(loaded)
    if decoder.latents != 2:
        raise LabError(f"{loaded.name} has {decoder.latents} latents; a plane needs a model of 2")
    n, ends = arguments.n, arguments.range
    if ends is None:
        axis = latent.quantile_axis(n)
        places = at_quantiles(decoder, latent.grid(axis, axis).float())
    else:
        axis = latent.even_axis(ends[0], ends[1], n)
        places = latent.grid(axis, axis).float()
    pictures = _decode(loaded, places, told=arguments.condition)
    page = sheet(pictures, columns=n)
    described = "prior" if ends is None else _as_text(ends)
    extra = {"n": str(n), "range": described, **_told(arguments)}
    provenance = _provenance(loaded, "grid", extra=extra)
    save_picture(out, page, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    _tell(out, f"{n} x {n} pictures")


def draw_walk(arguments: argparse.Namespace) -> None:
    """`latentlab interpolate`: a walk between two points, animated or as a strip."""
    out = _check_out(arguments, _WALK_SUFFIXES)
    loaded = open_model(arguments)
    latents = _decoder(loaded).latents
    ends = (arguments.start, arguments.end)
    for flag, point in zip(("--from", "--to"), ends, strict=True):
        if len(point) != latents:
            raise LabError(f"{flag} has {len(point)} numbers; {loaded.name} has {latents} latents")
    points = walk_points(WalkRequest(0, ends, path=arguments.path, steps=arguments.steps))
    pictures = _decode(loaded, torch.tensor(points), told=arguments.condition)
    extra = {
        "from": _as_text(ends[0]),
        "to": _as_text(ends[1]),
        "path": arguments.path,
        "steps": str(arguments.steps),
        **_told(arguments),
    }
    provenance = _provenance(loaded, "walk", extra=extra)
    if out.suffix.lower() in _MOVING:
        save_animation(
            out,
            pictures,
            frames_per_second=arguments.fps,
            scale=arguments.scale,
            provenance=provenance,
            overwrite=arguments.force,
        )
    else:
        line = strip(pictures)
        save_picture(out, line, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    _tell(out, f"{len(pictures)} pictures")


def write_encodings(arguments: argparse.Namespace) -> None:
    """`latentlab encode`: means and sigmas of a split's posteriors, with labels."""
    out = Path(arguments.out) if arguments.projector else _check_out(arguments, ENCODING_SUFFIXES)
    loaded = open_model(arguments)
    require_encoder(loaded)
    data = catalog.load(arguments.data or own_data(loaded), arguments.split)
    y = conditions_of(loaded.model, data) if encoder_is_conditional(loaded.model) else None
    parts, done = [], 0
    with progress_bar(f"Encoding {data.name} ({data.split})") as show:
        for part in encode_in_chunks(loaded.model, data, y=y):
            parts.append(part)
            done += len(part)
            show(done / len(data), "")
    encodings = join(parts)
    if arguments.projector:
        save_for_projector(out, encodings.mean, data, overwrite=arguments.force)
        _tell(out, f"{len(encodings):,} points for the TensorBoard Projector")
        return
    sigma = np.exp(0.5 * encodings.log_variance)
    every = range(len(data))
    classes = [data.class_of(number) for number in every] if data.classes else ()
    origins = Origins(data.keys.names, [data.split_of(number) for number in every], classes)
    save_encodings(out, encodings.mean, sigma, encodings.label, origins, overwrite=arguments.force)
    _tell(out, f"{len(encodings):,} points of {encodings.mean.shape[1]} numbers")


def _check_out(arguments: argparse.Namespace, suffixes: Sequence[str] | dict[str, str]) -> Path:
    return check_destination(arguments.out, overwrite=arguments.force, suffixes=suffixes)


def _decoder(loaded: LoadedModel) -> Decodes:
    return require_decoder(loaded.model, loaded.name)


def _told(arguments: argparse.Namespace) -> dict[str, str]:
    return {} if arguments.condition is None else {"condition": arguments.condition}


def _decode(loaded: LoadedModel, z: Tensor, *, told: str | None) -> list[Picture]:
    y = None if told is None else parse_condition(loaded.model, told)
    pictures: list[Picture] = []
    with progress_bar("Decoding") as show:
        for some in decode_in_chunks(loaded.model, z, y=y):
            pictures.extend(to_pictures(some))
            show(len(pictures) / len(z), "")
    return pictures


def _provenance(loaded: LoadedModel, what: str, *, extra: dict[str, str]) -> Provenance:
    return Provenance(what, loaded.name, loaded.hash, extra=extra)


def _as_text(values: Sequence[float]) -> str:
    return ",".join(map(repr, values))


def _tell(path: Path, what: str) -> None:
    say(f"Wrote {path}: {what}")
