"""The command `latentlab ratio`: the density ratio of two sets of pictures."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.interruption import stop_wishes
from latentlab.commands.printing import say
from latentlab.engine.evaluation.ratio.events import RatioProgress, RatioResult, in_words
from latentlab.engine.evaluation.ratio.run import ratio


def tell_ratio(arguments: argparse.Namespace) -> None:
    """`latentlab ratio`: samples that are drawn stay drawn if it is stopped."""
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    events = ratio(
        arguments.a,
        arguments.b,
        pictures=arguments.drawn,
        seed=arguments.seed,
        store=Path(arguments.store) if arguments.store else None,
        device=arguments.device,
    )
    result: RatioResult | None = None
    with progress_bar(f"{arguments.a} and {arguments.b}") as show, stop_wishes() as wished:
        for event in events:
            if isinstance(event, RatioProgress):
                show(event.share, event.words)
            else:
                result = event.result
            if wished.is_set():
                break
    events.close()
    if result is None:
        raise KeyboardInterrupt
    if arguments.json:
        print_json(result.as_dict())
    else:
        say(*_lines(result))


def _lines(result: RatioResult) -> list[str]:
    """The result for readers."""
    heads = "".join(f"{f'{100 * level:g} %':>9}" for level in result.levels)
    lines = [
        in_words(result.auc, result.auc_error, result.a.name, result.b.name),
        f"AUC {result.auc:.4f} ± {result.auc_error:.4f}; 0.5: cannot be told apart, 1: always",
        f"Jensen-Shannon divergence at least {result.jensen_shannon:.3f} of {math.log(2.0):.3f} nats",
        f"calibration error {result.calibration_error:.3f}, by chance {result.by_chance:.3f}",
        "",
        f"log ratio, nats, at quantiles:{heads}",
    ]
    for letter, side, told in (("A", result.a, result.quantiles_a), ("B", result.b, result.quantiles_b)):
        figures = "".join(f"{value:9.2f}" for value in told)
        lines.append(f"{f'{letter}: {side.name}'[:29]:<30}{figures}   {len(side.pictures):,} pictures")
    truth = result.truth
    if truth is not None and truth.correlation is not None:
        lines += [
            "",
            f"both densities are known: correlation with the true log ratio {truth.correlation:.4f}",
        ]
    return lines
