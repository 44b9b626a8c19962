"""The command `latentlab theory`: log p(x) of one picture by every way there is."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.encoding import require_condition
from latentlab.commands.printing import say
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.data.report import shown
from latentlab.engine.attributes.conditions import parse_condition
from latentlab.engine.attributes.evidence import evidence_of, evidence_of_picture
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.ladder import IMPORTANCE, Estimate, Ladder
from latentlab.engine.inference.true_posterior import why_no_ladder
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.own_picture import fitted, read_own
from latentlab.errors import LabError
from latentlab.models.base import TellsDensity


def tell_theory(arguments: argparse.Namespace) -> None:
    """`latentlab theory`."""
    loaded = open_model(arguments)
    if why_not := why_no_ladder(loaded.model):
        raise LabError(why_not, loaded.path, "latentlab list says what each model is")
    ladders, picture, origin = _of_the_file(arguments, loaded) or _of_the_data(arguments, loaded)
    with progress_bar(f"log p(x) under {loaded.name}") as show:
        ladder = None
        for ladder in ladders:
            show(ladder.elbo.draws / max(IMPORTANCE), "")
    assert ladder is not None
    if arguments.json:
        print_json({"model": loaded.name, "model_hash": loaded.hash, **origin, **as_json(ladder)})
    else:
        _print(loaded, picture, ladder)


# The ladders of a picture, its name, and where it is from.
_Asked = tuple[Iterator[Ladder], str, dict[str, object]]


def _of_the_data(arguments: argparse.Namespace, loaded: LoadedModel) -> _Asked:
    if arguments.condition is not None:
        raise LabError("--condition goes with --image: that of a picture of the data is known")
    data = catalog.load(data_of(loaded, arguments.data), arguments.split)
    index = number_of(data, arguments.index)
    ladders = evidence_of(loaded.model, data, index, seed=arguments.seed)
    origin: dict[str, object] = {"data": data.name, "split": data.split, "index": index}
    return ladders, f"{data.name} ({data.split}) {index:,}", origin


def _of_the_file(arguments: argparse.Namespace, loaded: LoadedModel) -> _Asked | None:
    """The user's own picture; None if one of the data is meant."""
    if arguments.image is None:
        return None
    y = None if arguments.condition is None else parse_condition(loaded.model, arguments.condition)
    require_condition(loaded, y)
    model: Any = loaded.model
    seen = fitted(read_own(arguments.image), Fitting(), model.picture_shape)
    ladders = evidence_of_picture(loaded.model, torch.from_numpy(seen.copy()), y, seed=arguments.seed)
    return ladders, shown(Path(arguments.image).name), {"image": str(arguments.image)}


def as_json(ladder: Ladder) -> dict[str, object]:
    """The ladder by name, in nats."""
    return {
        "elbo": ladder.elbo.value,
        "reconstruction": ladder.reconstruction.value,
        "kl": ladder.kl,
        "prior_jensen": ladder.prior_jensen.value,
        "naive": ladder.naive.value,
        "importance": {str(k): one.value for k, one in ladder.importance.items()},
        "importance_adapted": None if ladder.adapted is None else ladder.adapted.value,
        "quadrature": ladder.quadrature,
        "exact": ladder.exact,
        "gap": ladder.gap,
        "posterior_average": ladder.posterior_average.value,
        "effective_draws": ladder.effective_draws,
        "errors": {
            "elbo": _finite(ladder.elbo),
            "prior_jensen": _finite(ladder.prior_jensen),
            "naive": _finite(ladder.naive),
            "importance": {str(k): _finite(one) for k, one in ladder.importance.items()},
            "importance_adapted": None if ladder.adapted is None else _finite(ladder.adapted),
        },
        "adapted_effective_draws": None if ladder.adapted is None else ladder.adapted_effective,
    }


def _finite(one: Estimate) -> float | None:
    return one.error if math.isfinite(one.error) else None


def _print(loaded: LoadedModel, picture: str, ladder: Ladder) -> None:
    say(f"log p(x) of {picture} under {loaded.name}, in nats")
    _line("Jensen under the prior", ladder.prior_jensen, "E_p(z)[log p(x|z)], a loose lower bound")
    _line("naive Monte Carlo", ladder.naive, f"{ladder.naive.draws:,} draws of the prior")
    _line("ELBO", ladder.elbo, f"reconstruction {ladder.reconstruction.value:.3f} - KL {ladder.kl:.3f}")
    for k, one in ladder.importance.items():
        _line(f"importance-weighted, K = {k:,}", one, "a lower bound, on average")
    if ladder.adapted is not None:
        words = f"z from a mixture that learns where p(z|x) is, {ladder.adapted.draws:,} draws"
        _line("adapted proposal", ladder.adapted, words)
    if ladder.quadrature is not None:
        _line("quadrature over the plane", Estimate(ladder.quadrature), "the integral itself")
    if ladder.exact is not None:
        assert isinstance(loaded.model, TellsDensity)
        _line("closed form", Estimate(ladder.exact), "exact")
    _line("gap of the ELBO", Estimate(ladder.gap), "KL(q(z|x) || p(z|x))")
    _line(
        "not a bound: log E_q[p(x|z)]",
        ladder.posterior_average,
        f"{ladder.effective_draws:,.0f} of {ladder.elbo.draws:,} draws of q count",
    )


def _line(name: str, one: Estimate, more: str) -> None:
    error = f"+- {one.error:.3f}" if one.error > 0.0005 and math.isfinite(one.error) else ""
    say(f"  {name:<30} {one.value:>11.3f} {error:<9}  {more}".rstrip())
