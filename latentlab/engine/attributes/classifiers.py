"""Finds the classifier that looks at pictures of a data set."""

from __future__ import annotations

import torch

from latentlab.data.spec import Spec
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.registry import how_to_train, kind_that
from latentlab.shipped import model_files


def classifier_for(data: str, asked: str = "", device: str | torch.device = "cpu") -> LoadedModel:
    """The requested classifier, a shipped name or a file; by default the one that ships for `data`.

    Raises:
        LabError: if there is none.
    """
    kind = kind_that(Capability.CLASSIFIES).name
    name = asked or f"{Spec.parse(data).source}-{kind}"
    if not asked and name not in model_files():
        raise LabError(
            f"no classifier is shipped for {data}",
            hint=f"Train one with {how_to_train(Capability.CLASSIFIES)} --data {data} --out FILE, and give "
            "it with --classifier",
        )
    return load_model(name, device)
