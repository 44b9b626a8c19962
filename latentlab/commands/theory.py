"""The command `latentlab theory`: log p(x) of one picture by every way there is."""

from __future__ import annotations

import argparse
import math

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.printing import say
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.engine.attributes.evidence import evidence_of
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.evidence import why_no_ladder
from latentlab.engine.inference.ladder import IMPORTANCE, Estimate, Ladder
from latentlab.errors import LabError
from latentlab.models.base import TellsDensity


def tell_theory(arguments: argparse.Namespace) -> None:
    """`latentlab theory`."""
    loaded = open_model(arguments)
    if why_not := why_no_ladder(loaded.model):
        raise LabError(why_not, loaded.path, "latentlab list says what each model is")
    name = data_of(loaded, arguments.data)
    data = catalog.load(name, arguments.split)
    index = number_of(data, arguments.index)
    with progress_bar(f"log p(x) under {loaded.name}") as show:
        ladder = None
        for ladder in evidence_of(loaded.model, data, index, seed=arguments.seed):
            show(ladder.elbo.draws / max(IMPORTANCE), "")
    assert ladder is not None
    if arguments.json:
        origin = {"model": loaded.name, "model_hash": loaded.hash, "data": data.name, "split": data.split}
        print_json({**origin, "index": index, **as_json(ladder)})
    else:
        _print(loaded, f"{data.name} ({data.split}) {index:,}", ladder)


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
