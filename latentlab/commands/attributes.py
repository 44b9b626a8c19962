"""The command `latentlab attributes`: prints the direction of each attribute, and its trust."""

from __future__ import annotations

import argparse
from typing import Any

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.picture_figures import warn_if_learnt
from latentlab.commands.printing import say
from latentlab.data import catalog
from latentlab.engine.attributes.direction_files import SUFFIXES, save_directions
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.finding import data_of, directions_of, require_encoder, shipped_directions
from latentlab.engine.attributes.trust import STEERED
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.held_out import learnt_among
from latentlab.plain import short_name

_TITLES = {
    "means": "difference of means",
    "regressed": "the others regressed out",
    "discriminant": "Fisher's linear discriminant",
    "steered": "steered through the decoder",
}


def show_attributes(arguments: argparse.Namespace) -> None:
    """`latentlab attributes`: a direction for each attribute, and how far to trust it."""
    out = arguments.out
    if out is not None:
        out = check_destination(out, overwrite=arguments.force, suffixes=SUFFIXES)
    loaded = open_model(arguments)
    found = find_as_told(loaded, arguments)
    data = data_of(loaded, arguments.data)
    held_out = catalog.load(data, "test")
    warn_if_learnt(learnt_among(loaded.card, held_out, data), held_out)
    if out is not None:
        save_directions(out, found, overwrite=arguments.force)
    if arguments.json:
        path = {} if out is None else {"path": str(out)}
        print_json({**path, **_as_json(found)})
        return
    _print_table(found)
    if out is not None:
        say(f"Wrote {out}: {len(found)} directions of {found.latents} numbers")


def find_as_told(loaded: LoadedModel, arguments: argparse.Namespace) -> Directions:
    """The directions of a model in the command's --data, by its --method, or by the window's default."""
    require_encoder(loaded)
    data = data_of(loaded, arguments.data)
    steers = arguments.classifier or shipped_directions(loaded, data) is not None
    method = arguments.method or (STEERED if steers else "means")
    with progress_bar("Steering" if method == STEERED else f"Encoding {data}") as show:
        return directions_of(
            loaded, data, method, classifier=arguments.classifier, progress=lambda share: show(share, "")
        )


def _print_table(found: Directions) -> None:
    say(f"{found.model} on {found.data}: {_TITLES[found.method]}")
    names = [short_name(name) for name in found.names]
    width = max(len("attribute"), *map(len, names))
    head = f"{'with':>8}{'without':>9}{'AUC':>8}{'Cohen d':>9}{'|v|':>8}  most similar (cosine)"
    say(f"  {'attribute':<{width}}{head}")
    for index, name in enumerate(names):
        one, other = found.trust[index], found.closest(index)
        figures = (
            f"{found.have[index]:>8,}{found.lack[index]:>9,}{_figure(one.auc, 8, 3)}"
            f"{_figure(one.cohens_d, 9, 2)}{found.lengths[index]:>8.3f}"
        )
        alike = "" if other is None else f"{short_name(other[0])} ({other[1]:+.2f})"
        say(f"  {name:<{width}}{figures}  {alike}")
    if found.left_out:
        say(
            "Skipped, because fewer than 2 pictures have or lack it: "
            f"{', '.join(map(short_name, found.left_out))}"
        )
    say(f"AUC and Cohen's d are measured on {found.judged_on} held-out pictures; chance is 0.5 and 0")


def _figure(value: float | None, width: int, digits: int) -> str:
    return f"{'-' if value is None else format(value, f'.{digits}f'):>{width}}"


def _as_json(found: Directions) -> dict[str, Any]:
    attributes = []
    for index, name in enumerate(found.names):
        one, other = found.trust[index], found.closest(index)
        attributes.append(
            {
                "name": name,
                "with": found.have[index],
                "without": found.lack[index],
                "auc": one.auc,
                "cohens_d": one.cohens_d,
                "test_with": one.have,
                "test_without": one.lack,
                "length": float(found.lengths[index]),
                "closest": None if other is None else other[0],
                "closest_cosine": None if other is None else other[1],
            }
        )
    return {
        "model": found.model,
        "model_hash": found.model_hash,
        "data": found.data,
        "method": found.method,
        "attributes": attributes,
        "cosines": found.cosines.tolist(),
        "left_out": list(found.left_out),
    }
