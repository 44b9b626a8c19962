"""`latentlab evaluate` for a diffusion model: a classifier's figures of its samples, as text or JSON."""

from __future__ import annotations

import argparse

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.printing import say, warn
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.evaluation.nearest import Nearest
from latentlab.engine.evaluation.samples import DenoiserEvaluation, check_denoiser, evaluate_denoiser
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.held_out import in_words, learnt_among

_WIDTH = 56


def evaluate_pictures(arguments: argparse.Namespace, loaded: LoadedModel, data: str) -> None:
    """Draws samples, evaluates them, and prints the figures."""
    train, test = catalog.load(data, "train"), catalog.load(data, "test")
    check_denoiser(loaded.model, train)
    learnt = learnt_among(loaded.card, test, data)
    warn_if_learnt(learnt, test)
    classifier = classifier_for(data, arguments.classifier, next(loaded.model.parameters()).device)
    # A classifier that has learnt these pictures by heart cannot show how often it is right.
    warn_if_learnt(
        learnt_among(classifier.card, test, data), test, f"the judging classifier {classifier.name}"
    )
    with progress_bar(f"Evaluating {loaded.name}") as show:
        result = evaluate_denoiser(
            loaded.model,
            classifier,
            train,
            test,
            pictures=arguments.drawn,
            sampler=arguments.sampler,
            steps=arguments.steps,
            eta=arguments.eta,
            guidance=arguments.guidance,
            left_out=arguments.leave_out,
            seed=arguments.seed,
            progress=lambda share: show(share, ""),
        )
    if arguments.json:
        origin = {"model": loaded.name, "model_hash": loaded.hash, "data": train.name, "learnt_from": learnt}
        print_json({**origin, **result.as_dict()})
    else:
        _print(loaded.name, train.name, result)


def warn_if_learnt(learnt: int | None, data: ImageSet, who: str = "this model") -> None:
    """Warns on stderr how many held-out pictures the model has learnt from, if any."""
    total = data.testing if data.split == "all" else len(data)
    if sentence := in_words(learnt, total, data.name, who):
        warn(f"note: {sentence}")


def _print(name: str, data: str, result: DenoiserEvaluation) -> None:
    sampler_settings = f"{result.sampler}, {result.steps} steps, guidance {result.guidance:g}"
    if result.eta:
        sampler_settings += f", eta {result.eta:g}"
    say(f"{name} on {data}: {result.pictures:,} samples ({sampler_settings}, seed {result.seed})")
    against = f"{result.frechet_pictures:,} against {result.train_pictures:,} training pictures"
    _line(
        f"Fréchet distance on the features of {result.classifier}",
        f"{result.frechet_distance:.4f}",
        f"{against}, {_times(result.frechet_distance, result.frechet_floor)} the floor",
    )
    _line("floor (train against test)", f"{result.frechet_floor:.4f}", f"as many held-out ones: {against}")
    if result.as_asked is not None:
        aside = f"{', '.join(result.left_out)} left out" if result.left_out else ""
        _line("as asked, by the classifier", f"{result.as_asked:.2%}", aside)
        for one, share in result.as_asked_each.items():
            _line(f"  {one}", f"{share:.2%}")
    _line(f"{result.classifier} is right", f"{result.classifier_accuracy:.2%}", "of held-out pictures")
    _line("nearest training picture", *_nearest(result.nearest))
    _line("the same of held-out pictures", *_nearest(result.nearest_held_out))
    say(f"  (root mean square difference, pixels 0 to 1; of {result.nearest_pictures:,} pictures each)")


def _line(what: str, figure: str, more: str = "") -> None:
    say(f"  {what:<{_WIDTH}} {figure:>9}   {more}".rstrip())


def _nearest(one: Nearest) -> tuple[str, str]:
    return f"{one.median:.4f}", f"median; smallest {one.least:.4f}"


def _times(figure: float, floor: float) -> str:
    return f"{figure / floor:.2f} x" if floor > 0.0 else "above"
