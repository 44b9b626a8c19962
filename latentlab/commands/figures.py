"""The commands that print figures: list, evaluate, --info."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.evaluation_arguments import OF_DIFFUSION, OF_ELBO, flag_of
from latentlab.commands.picture_figures import evaluate_pictures, warn_if_learnt
from latentlab.commands.printing import say
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.evaluation.density import evaluate_density
from latentlab.engine.evaluation.elbo import evaluate, has_elbo
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.files.held_out import learnt_among
from latentlab.engine.inference.diagnostics import describe_installation
from latentlab.errors import LabError
from latentlab.models.base import Denoises, HasPrior, TellsDensity, has_kl
from latentlab.models.priors import is_standard
from latentlab.models.registry import find_kind
from latentlab.shipped import model_files

_NATS = "nats per picture"
# The name of a density that is not exact.
_HOW = {"bound": "a bound from below", "estimate": "an estimate"}


def show_installation(arguments: argparse.Namespace) -> None:
    """`latentlab --info`: versions and devices, one on each line."""
    found = describe_installation()
    width = max(map(len, found))
    for name, value in found.items():
        say(f"{name:<{width}}  {value}")


def list_what_ships(arguments: argparse.Namespace) -> None:
    """`latentlab list`: the models and the data sets that ship; damaged ones are marked."""
    models = [_describe_model(name) for name in model_files()]
    data = [
        {"name": entry.name, "title": entry.title, "splits": list(catalog.SPLITS)}
        for entry in catalog.CATALOG.values()
    ]
    if arguments.json:
        print_json({"models": models, "data": data})
        return
    say("Models")
    for model in models:
        say(f"  {model['name']:<20} {_summary(model)}")
    if not models:
        say("  none")
    say("Data sets")
    for entry in data:
        say(f"  {entry['name']:<20} {entry['title']}")


def _describe_model(name: str) -> dict[str, Any]:
    try:
        loaded = load_model(name)
    except LabError as error:
        return {"name": name, "error": str(error)}
    return {
        "name": name,
        "kind": loaded.card.kind,
        "title": find_kind(loaded.card.kind).title,
        "latents": getattr(loaded.model, "latents", None),
        "picture_shape": getattr(loaded.model, "picture_shape", None),
        # The fingerprint of the training data is long, and of no use to a reader.
        "data": {name: value for name, value in loaded.card.data.items() if name != "learnt"},
        "metrics": dict(loaded.card.metrics),
        "command": loaded.card.command,
        "hash": loaded.hash,
        "path": str(loaded.path),
    }


def _summary(model: dict[str, Any]) -> str:
    if "error" in model:
        return f"cannot be opened: {model['error']}"
    parts = [model["title"]]
    if model["latents"] is not None:
        parts.append(f"{model['latents']} latent{'' if model['latents'] == 1 else 's'}")
    if "name" in model["data"]:
        parts.append(f"trained on {model['data']['name']}")
    if figures := find_kind(model["kind"]).in_a_list(model["metrics"]):
        parts.append(figures)
    return ", ".join(parts)


def evaluate_model(arguments: argparse.Namespace) -> None:
    """`latentlab evaluate`: ELBO terms and log-likelihood over a split, or a denoiser's samples."""
    loaded = open_model(arguments)
    told = isinstance(loaded.model, TellsDensity)
    if not (isinstance(loaded.model, Denoises) or has_elbo(loaded.model) or told):
        raise LabError(
            f"{loaded.name} has no ELBO to evaluate, nor does it say how likely a picture is",
            hint=f"It is {find_kind(loaded.card.kind).in_a_sentence}",
        )
    data = arguments.data or own_data(loaded)
    if isinstance(loaded.model, Denoises):
        _settle(arguments, loaded, OF_DIFFUSION, OF_ELBO)
        evaluate_pictures(arguments, loaded, data)
    else:
        _settle(arguments, loaded, OF_ELBO, OF_DIFFUSION)
        (_evaluate_elbo if has_elbo(loaded.model) else _evaluate_density)(arguments, loaded, data)


def own_data(loaded: LoadedModel) -> str:
    """The data set of the catalog that a model learnt from; mnist if its file does not say.

    Raises:
        LabError: for a model that learnt from other data: figures on mnist would be meaningless.
    """
    return data_of(loaded) if loaded.card.data.get("name") else "mnist"


def _settle(
    arguments: argparse.Namespace, loaded: LoadedModel, mine: Mapping[str, Any], foreign: Mapping[str, Any]
) -> None:
    """Fills in the defaults.

    Raises:
        LabError: for a flag that does not apply to this model.
    """
    for name in foreign:
        if getattr(arguments, name) is not None:
            raise LabError(
                f"{flag_of(name)} has no effect for {loaded.name}: it is "
                f"{find_kind(loaded.card.kind).in_a_sentence}",
                hint="See latentlab evaluate --help",
            )
    for name, value in mine.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)


def _evaluate_elbo(arguments: argparse.Namespace, loaded: LoadedModel, name: str) -> None:
    data = catalog.load(name, arguments.split)
    learnt = learnt_among(loaded.card, data, name)
    warn_if_learnt(learnt, data)
    with progress_bar(f"Evaluating {loaded.name}") as show:
        result = evaluate(
            loaded.model,
            data,
            samples=arguments.samples,
            likelihood_images=arguments.likelihood_images,
            seed=arguments.seed,
            progress=lambda share: show(share, ""),
        )
    if arguments.json:
        _print_json(arguments, loaded, data, learnt, result.as_dict())
        return
    say(f"{loaded.name} on {data.name} ({data.split}), {_NATS}")
    over = f"   over {result.images:,} pictures"
    shares = sorted(result.kl_per_dimension, reverse=True)
    if has_kl(loaded.model):
        assert isinstance(loaded.model, HasPrior)
        prior = loaded.model.latent_prior
        say(f"  ELBO            {result.elbo:10.3f}{over}")
        say(f"  reconstruction  {result.reconstruction:10.3f}")
        listed = (
            "= " + " + ".join(f"{share:.2f}" for share in shares[:8]) + (" + ..." if len(shares) > 8 else "")
        )
        words = listed if is_standard(prior) else f"an estimate by draws of q; the prior is a {prior.formula}"
        say(f"  KL              {result.kl:10.3f}   {words}")
    else:  # without a prior there is no ELBO
        say(f"  reconstruction  {result.reconstruction:10.3f}{over}")
    say(f"  active units    {result.active_units:10d}   of {len(shares)}")
    if result.log_likelihood is None:
        return
    if result.density is not None and result.density.how == "exact":
        say(f"  log p(x)        {result.log_likelihood:10.3f}   exact, over {result.images:,} pictures")
        return
    say(
        f"  log p(x)        {result.log_likelihood:10.3f}   over {result.likelihood_images:,} "
        f"pictures, {result.samples:,} samples each; ELBO on these {result.likelihood_elbo:.3f}"
    )


def _evaluate_density(arguments: argparse.Namespace, loaded: LoadedModel, name: str) -> None:
    """For a model without a posterior: log p(x) as it reports it."""
    data = catalog.load(name, arguments.split)
    learnt = learnt_among(loaded.card, data, name)
    warn_if_learnt(learnt, data)
    with progress_bar(f"Evaluating {loaded.name}") as show:
        result = evaluate_density(
            loaded.model,
            data,
            samples=arguments.samples,
            seed=arguments.seed,
            progress=lambda share: show(share, ""),
        )
    if arguments.json:
        _print_json(arguments, loaded, data, learnt, result.as_dict())
        return
    say(f"{loaded.name} on {data.name} ({data.split}), {_NATS}")
    exact = result.density.how == "exact"
    how = "exact" if exact else f"{_HOW[result.density.how]}, {result.samples:,} samples each"
    say(f"  log p(x)        {result.log_likelihood:10.3f}   {how}, over {result.images:,} pictures")
    if result.bits_per_dimension is not None:
        say(f"  bits/dimension  {result.bits_per_dimension:10.3f}")


def _print_json(
    arguments: argparse.Namespace,
    loaded: LoadedModel,
    data: ImageSet,
    learnt: int | None,
    figures: Mapping[str, Any],
) -> None:
    origin = {"model": loaded.name, "model_hash": loaded.hash, "data": data.name, "split": data.split}
    print_json({**origin, "seed": arguments.seed, "learnt_from": learnt, **figures})
