"""Commands that print figures: list, evaluate, --info."""

from __future__ import annotations

import argparse
from typing import Any

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.data import catalog
from latentlab.engine.checkpoint import load_model
from latentlab.engine.diagnostics import describe_installation
from latentlab.engine.evaluate import evaluate
from latentlab.errors import LabError
from latentlab.models.registry import find_kind
from latentlab.shipped import model_files

_NATS = "nats a picture"


def show_installation(arguments: argparse.Namespace) -> None:
    """`latentlab --info`: versions and devices, a line each."""
    found = describe_installation()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:<{width}}  {value}")


def list_what_ships(arguments: argparse.Namespace) -> None:
    """`latentlab list`: the models and the data sets that ship; a damaged one says so."""
    models = [_describe_model(name) for name in model_files()]
    data = [
        {"name": entry.name, "title": entry.title, "splits": list(catalog.SPLITS)}
        for entry in catalog.CATALOG.values()
    ]
    if arguments.json:
        print_json({"models": models, "data": data})
        return
    print("Models")
    for model in models:
        print(f"  {model['name']:<20} {_summary(model)}")
    if not models:
        print("  none")
    print("Data sets")
    for entry in data:
        print(f"  {entry['name']:<20} {entry['title']}")


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
        "data": dict(loaded.card.data),
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
        parts.append(f"{model['latents']} latents")
    if "name" in model["data"]:
        parts.append(f"trained on {model['data']['name']}")
    elbo = model["metrics"].get("elbo")
    if isinstance(elbo, int | float):
        # Without a KL it bounds nothing: an autoencoder's figure is of its reconstructions alone.
        what = "ELBO" if model["metrics"].get("kl") else "reconstruction"
        parts.append(f"test {what} {elbo:.2f} {_NATS}")
    return ", ".join(parts)


def evaluate_model(arguments: argparse.Namespace) -> None:
    """`latentlab evaluate`: ELBO terms over a split, log-likelihood over some of it."""
    loaded = open_model(arguments)
    data = catalog.load(arguments.data, arguments.split)
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
        origin = {"model": loaded.name, "model_hash": loaded.hash, "data": data.name, "split": data.split}
        print_json({**origin, "seed": arguments.seed, **result.as_dict()})
        return
    print(f"{loaded.name} on {data.name} ({data.split}), {_NATS}")
    print(f"  ELBO            {result.elbo:10.3f}   over {result.images:,} pictures")
    print(f"  reconstruction  {result.reconstruction:10.3f}")
    shares = sorted(result.kl_per_dimension, reverse=True)
    listed = " + ".join(f"{share:.2f}" for share in shares[:8]) + (" + ..." if len(shares) > 8 else "")
    print(f"  KL              {result.kl:10.3f}   = {listed}")
    print(f"  active units    {result.active_units:10d}   of {len(shares)}")
    if result.log_likelihood is None:
        return
    print(
        f"  log p(x)        {result.log_likelihood:10.3f}   over {result.likelihood_images:,} pictures, "
        f"{result.samples:,} samples each; their ELBO {result.likelihood_elbo:.3f}"
    )
