"""The command `latentlab origin`: the training pictures nearest to a picture, and whether it is a copy."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.printing import say
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import shown
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.evaluation.origin import FEATURES, PIXELS, Origin, Surroundings, in_words
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.own_picture import fitted, read_own


def tell_origin(arguments: argparse.Namespace) -> None:
    """`latentlab origin`."""
    seen = read_own(arguments.image)
    train, test = catalog.load(arguments.data, "train"), catalog.load(arguments.data, "test")
    x = torch.from_numpy(fitted(seen, Fitting(), train.shape).copy()).unsqueeze(0)
    network = None
    if arguments.features:
        network = classifier_for(arguments.data, arguments.classifier).model
    found: dict[str, Origin] = {}
    with progress_bar("Comparing pictures") as show:
        for space, classifier in ((PIXELS, None), (FEATURES, network)):
            if space == FEATURES and network is None:
                continue
            for told in Surroundings.made(train.images, test.images, classifier):
                if isinstance(told, Surroundings):
                    found[space] = told.origins(x)[0]
                else:
                    show(told, space)
    if arguments.json:
        spaces = {space: _as_json(one, train) for space, one in found.items()}
        about = {"image": str(arguments.image), "data": train.name, "copy": found[PIXELS].copy}
        print_json({**about, FEATURES: None, **spaces})
        return
    say(f"{shown(Path(arguments.image).name)} among the {len(train):,} training pictures of {train.name}")
    for space, one in found.items():
        say(f"  in {space}: {in_words(one)}")
        for number, distance in zip(one.numbers, one.distances, strict=True):
            label = train.class_of(number)
            of_class = f"   class {shown(label)}" if label else ""
            say(f"    {distance:8.4f}   train {number:,}{of_class}")


def _as_json(one: Origin, train: ImageSet) -> dict[str, object]:
    return {
        "nearest": [
            {"train": number, "distance": distance, "class": train.class_of(number)}
            for number, distance in zip(one.numbers, one.distances, strict=True)
        ],
        "held_out": one.held_out,
        "held_out_as_near": one.as_near,
        "held_out_as_alone": one.as_alone,
        "copy": one.copy,
        "words": in_words(one),
    }
