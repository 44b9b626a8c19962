"""What a data set determines of a training: conditions, palette, and the pictures to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.pictures.palette import palette_of, pixel_of
from latentlab.data.spec import dealt_by_count
from latentlab.engine.attributes.conditions import is_known_of_any, known_of
from latentlab.engine.training.presets import presets
from latentlab.errors import LabError
from latentlab.models.registry import find_kind


def learns_from(kind: str, data: ImageSet) -> ImageSet:
    """The pictures that a model of this kind can learn from: those whose condition (or target) is known.

    Raises:
        LabError: if nothing is known of them, and the kind cannot do without.
    """
    fields = conditions_for(kind, {}, data)
    return known_of(fields.get("condition_names", ()), fields.get("exclusive", True), data)


def conditions_for(kind: str, config: Mapping[str, Any], data: ImageSet) -> dict[str, Any]:
    """The default conditions of a conditional model: the classes, or else the attributes, of its data.

    Raises:
        LabError: if nothing is known of them, and the kind cannot do without, or the config asks for them.
    """
    if not hasattr(find_kind(kind).config, "condition_names") or config.get("condition_names"):
        return {}
    about = find_kind(kind)
    if about.conditioned is not None and not about.conditioned(config):
        return {"condition_names": (), "exclusive": False}
    for names, exclusive in ((data.classes, True), (data.attribute_names, False)):
        # An attribute that is known of no picture of the split cannot be a condition.
        if names and is_known_of_any(names, exclusive, data):
            return {"condition_names": names, "exclusive": exclusive}
    # Asked for, unless the config is that of a training that was begun without any.
    asked = about.conditioned is not None and "condition_names" not in config
    if not about.needs_conditions and not asked:
        return {"condition_names": (), "exclusive": False}
    why = about.needs_conditions or "a condition was asked for"
    what = f"{data.name} has neither classes nor attributes"
    if data.classes or data.attribute_names:
        what = f"of no picture of {data.name} ({data.split}) the class or all attributes are known"
    raise LabError(
        f"{what}, and {why}",
        hint="Sort the pictures into a folder for each class, put a table of attributes beside them, or "
        + (
            f"train a model that needs none, such as a {find_kind(presets()[0].choice.kind).label}"
            if about.needs_conditions
            else "train without a condition"
        ),
    )


def shares(data: ImageSet) -> dict[str, Any]:
    """The frequency of each attribute, for drawing conditions where the pictures are not available."""
    if data.attributes is None:
        return {}
    known = torch.ones_like(data.attributes) if data.attributes_known is None else data.attributes_known
    each = (data.attributes.sum(0) / known.sum(0).clamp(min=1)).tolist()
    return {
        "attributes": {name: round(share, 4) for name, share in zip(data.attribute_names, each, strict=True)}
    }


def palette_for(config: Mapping[str, Any], data: ImageSet) -> dict[str, Any]:
    """The palette of the pictures, where the likelihood uses one."""
    if config.get("likelihood") != "palette" or config.get("palette"):
        return {}
    try:
        colours, pixel = palette_of(data.images)
    except LabError as error:
        hint = "Choose another likelihood (window: Options …; command line: --likelihood gaussian)"
        raise LabError(error.what, hint=hint) from None
    return {"palette": colours, "pixel": pixel}


def pixel_for(kind: str, config: Mapping[str, Any], data: ImageSet) -> dict[str, Any]:
    """The side of a drawn pixel of the pictures, for a kind that wants to know it without a palette."""
    if "pixel" not in {one.name for one in fields(find_kind(kind).config)} or "pixel" in config:
        return {}
    if "likelihood" in config or hasattr(find_kind(kind).config, "likelihood"):
        return {}  # it is a matter of the palette: see `palette_for`
    return {"pixel": pixel_of(data.images)}


def as_it_was(data: str, fingerprint: str) -> tuple[str, ImageSet | None]:
    """The training pictures of this fingerprint, and their spec; None if they have changed.

    Before pictures had keys, they were split by their count.
    """
    for spec in dict.fromkeys((data, dealt_by_count(data))):
        train = catalog.load(spec, "train")
        if train.fingerprint == fingerprint:
            return spec, train
    return data, None
