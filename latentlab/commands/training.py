"""The command `latentlab train`: shows a training as it goes; the engine does it."""

from __future__ import annotations

import argparse
import sys

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.flags import command_line, read_config, read_plan
from latentlab.data import catalog
from latentlab.engine.destination import check_destination
from latentlab.engine.events import EpochEnded, Finished, Progress, Started, Terms
from latentlab.engine.training_run import Saved, TrainingRun, check_plan


def train_model(arguments: argparse.Namespace) -> None:
    """`latentlab train vae`: a line an epoch on stderr, the saved model's figures on stdout."""
    plan = read_plan(arguments)
    # Before the data is read, so that a slip of the pen is told at once.
    check_plan(plan)
    check_destination(arguments.out, overwrite=arguments.force, suffixes=(".safetensors",))
    run = TrainingRun(
        arguments.kind,
        read_config(arguments),
        plan,
        catalog.load(arguments.data, "train"),
        catalog.load(arguments.data, "test"),
        arguments.out,
        overwrite=arguments.force,
        command=command_line(arguments),
    )
    steps = max(1, run.trainer.steps)
    with progress_bar("Training") as show:
        for event in run.run():
            match event:
                case Started():
                    _say(
                        f"{event.epochs} epochs, {event.steps:,} steps on {event.device} "
                        f"({event.precision}, {event.threads} threads)"
                    )
                case Progress():
                    words = f"{_terms(event.terms)}, {event.images_per_second:,.0f} images/s"
                    show(event.step / steps, words)
                case EpochEnded():
                    test = "" if event.test is None else f"; test {_terms(event.test)}"
                    _say(f"epoch {event.epoch}: train {_terms(event.train)}{test}")
                case Finished():
                    _say(f"trained for {event.seconds:.1f} s")
                case Saved():
                    saved = event
    if arguments.json:
        print_json({"path": str(saved.path), "command": run.command, **saved.metrics})
    else:
        elbo = saved.metrics.get("elbo")
        figure = "" if elbo is None else f": test ELBO {elbo:.3f} nats a picture"
        print(f"Wrote {saved.path}{figure}")


def _terms(terms: Terms) -> str:
    return f"ELBO {terms.elbo:.2f} = {terms.reconstruction:.2f} - {terms.kl:.2f}"


def _say(line: str) -> None:
    """A line for whoever watches; it passes above the bar, for rich redirects stderr while it is shown."""
    print(line, file=sys.stderr)
