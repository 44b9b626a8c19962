"""Finds the pictures that a model learnt from, as its file says where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.files.recorded_data import is_there, recorded_spec
from latentlab.errors import LabError


def training_spec(data: Mapping[str, Any], command: str, name: str, instead: str = "") -> str:
    """The spec of the data that a model learnt from.

    Args:
        data: what its card says of them.
        command: the command line that trains it again.
        name: what the model is called.
        instead: the spec of data to take where the file does not say where its own are; "" for none.

    Raises:
        LabError: if they are not where the file says, or it does not say, and there is nothing instead.
    """
    called = data.get("name")
    if called in catalog.CATALOG:
        return str(called)
    recorded = recorded_spec(data, command)
    if is_there(recorded):
        return recorded
    if instead:
        return instead
    where = f" at {recorded}" if recorded else ""
    raise LabError(
        f"the pictures that {name} was trained on were not found{where}",
        hint="Open them in the data browser, or give their path (command line: --data PATH)",
    )


def are_those(data: Mapping[str, Any], train: ImageSet) -> bool:
    """Whether a training split is, to the bit, what a model learnt from; also where its file does not say."""
    fingerprint = data.get("sha256")
    return not isinstance(fingerprint, str) or fingerprint == train.fingerprint
