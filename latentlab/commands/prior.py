"""The command `latentlab prior`: fits a mixture to a model's encodings and saves the model with it."""

from __future__ import annotations

import argparse

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.printing import say
from latentlab.data import catalog
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.destination import check_destination
from latentlab.engine.training.prior import FittedPrior, PriorPlan, fit_prior, save_with_prior


def fit_a_prior(arguments: argparse.Namespace) -> None:
    """`latentlab prior`."""
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=(".safetensors",))
    loaded = open_model(arguments)
    name = data_of(loaded, arguments.data)
    train, test = catalog.load(name, "train"), catalog.load(name, "test")
    plan = PriorPlan(arguments.components, arguments.fit_to, arguments.seed)
    with progress_bar(f"Fitting a prior of {loaded.name}") as show:
        fitting = fit_prior(loaded, train, plan)
        while True:
            try:
                at = next(fitting)
            except StopIteration as ended:
                fitted: FittedPrior = ended.value
                break
            show(at.share, at.words)
        path = save_with_prior(
            out, loaded, fitted, train, test,
            data=name, plan=plan, overwrite=arguments.force, half=arguments.half,
        )  # fmt: skip
    if arguments.json:
        print_json(
            {
                "path": str(path),
                "model": loaded.name,
                "model_hash": loaded.hash,
                "components": len(fitted.prior.weights),
                "fitted_to": fitted.fitted_to,
                "pictures": fitted.pictures,
                "held_out_log_density": fitted.log_density,
                "held_out_log_density_standard": fitted.standard,
                "held_out_by_components": {str(k): value for k, value in fitted.held_out.items()},
            }
        )
        return
    say(f"log p of a held-out encoding, in nats, by the {fitted.fitted_to} of {fitted.pictures:,} pictures")
    say(f"  {'N(0, I)':<16} {fitted.standard:10.2f}")
    for count, value in fitted.held_out.items():
        words = f"{count:,} Gaussian{'' if count == 1 else 's'}"
        say(f"  {words:<16} {value:10.2f}{'   taken' if value == fitted.log_density else ''}")
    say(f"Wrote {path}")
