"""What the data browser says of the pictures that it shows."""

from __future__ import annotations

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.picture_rows import PictureRows, found_in_words

WAITING = "The pictures are shown here when a model is open."
NO_DATA = "The model is open without its pictures. Open them by the File menu, or drop their folder here."
NONE_SHOWN = "No picture is found, or all are hidden by the filters of the points."
_SPLITS = {"all": "pictures", "test": "test pictures", "train": "training pictures"}


def heading(rows: PictureRows, shown: int, chosen: int) -> str:
    """How many pictures there are, and how many of them are shown and selected."""
    count, what = len(rows), _SPLITS[rows.split]
    words = f"{count:,} {what}" if shown == count else f"{shown:,} of {count:,} {what}"
    return f"{words}, {chosen:,} selected" if chosen else words


def of_no_model(rows: PictureRows, model: LoadedReply | None) -> str:
    """What was found in pictures that are not the open model's, and whether it takes such pictures."""
    words = f"{len(rows):,} pictures of {rows.title}. {found_in_words(rows)}"
    if model is not None and not fits(rows, model):
        words += f" {model.model} is made for other pictures; a model can be trained on these."
    return words


def example(rows: PictureRows) -> str:
    """An expression that finds some of these pictures."""
    attributes = [one.name for one in rows.facts if one.is_attribute]
    if len(attributes) > 1:
        return f"{attributes[0]} and not {attributes[1]}"
    if rows.labels is not None and len(rows.classes) > 1:
        return f"{rows.classes[0]} or {rows.classes[1]}"
    return "number < 100"


def fits(rows: PictureRows, model: LoadedReply | None) -> bool:
    """Whether the open model takes such pictures."""
    return model is not None and rows.images.shape[1:] == model.images.shape[1:]
