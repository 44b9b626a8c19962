"""Finds out whether a model has learnt from the pictures that it is evaluated on.

A model's file says what it learnt from (`latentlab.data.learnt`). For older files it is found from the data,
if unchanged: a data set of the catalog, or the same path.
"""

from __future__ import annotations

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.learnt import Learnt
from latentlab.data.spec import Spec, dealt_by_count
from latentlab.engine.files.checkpoint import ModelCard
from latentlab.errors import LabError


def learnt_by(card: ModelCard, data: str = "") -> Learnt | None:
    """What a model learnt from; None if unknown.

    `data` is the spec of a data set that it may have learnt from.
    """
    text = card.data.get("learnt")
    known = Learnt.parse(text) if isinstance(text, str) else None
    if known is not None:
        return known
    name, fingerprint = str(card.data.get("name", "")), card.data.get("sha256")
    for spec in (name if name in catalog.CATALOG else "", dealt_by_count(data) if data else ""):
        try:
            train = catalog.load(spec, "train") if spec else None
        except LabError:
            continue
        if train is not None and train.fingerprint == fingerprint:
            return Learnt.of(train.keys.hashes)
    return None


def learnt_among(card: ModelCard, data: ImageSet, spec: str = "", *, read_again: bool = True) -> int | None:
    """How many of these held-out pictures the model has learnt from.

    None if unknown; for some older models the data (`spec`) have to be read again. Of the split "all", only
    the held-out ones count.
    """
    shipped = Spec.parse(spec).source if spec else ""
    fixed = shipped in catalog.CATALOG and card.data.get("name") == shipped and "learnt" not in card.data
    if data.split == "train" or fixed:
        return 0
    learnt = learnt_by(card, spec if read_again else "")
    if learnt is None:
        return None
    hashes = data.keys.hashes[: data.testing] if data.split == "all" else data.keys.hashes
    return int(learnt.among(hashes).sum())


def in_words(count: int | None, total: int, data: str, who: str = "this model") -> str:
    """A warning for readers of figures on held-out pictures; "" if there is none."""
    if not count:
        return ""
    pictures = "picture" if total == 1 else "pictures"
    were = "was" if count == 1 else "were"
    return (
        f"{count:,} of the {total:,} held-out {pictures} of {data} {were} used to train {who}: "
        "the metrics on them are better than on pictures that it has never seen"
    )
