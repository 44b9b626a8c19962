"""The pictures of a data set as rows: what the data browser shows, and what is saved of a selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Column, Kept, Numbers, Words
from latentlab.core.matching import NAME
from latentlab.data.keys import Keys, NumberedNames
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.session.known_data import title_of
from latentlab.session.picture_columns import Fact, columns_of, shown_facts

# For type checking only: it imports torch, for which the window does not wait.
if TYPE_CHECKING:
    from latentlab.data.image_set import ImageSet

_LISTED = 12


@dataclass(frozen=True, eq=False)
class PictureRows:
    """N pictures with what is known of them; shared between threads and read-only.

    Attributes:
        data, split: the spec and the split.
        images: uint8 (N, C, H, W).
        labels: int64 (N,), -1 for unknown; None: there are no classes.
        classes: the classes' names.
        keys: see `latentlab.data.keys`; None where they are unknown.
        testing: of the split "all", how many from the first on are held out.
        kept: the attributes of the pictures, and the other columns of their table.
        figures: what a model has computed of each picture, by name.
    """

    data: str
    split: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    classes: tuple[str, ...] = ()
    keys: Keys | None = None
    testing: int = 0
    kept: tuple[Kept, ...] = ()
    figures: dict[str, Numbers] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def title(self) -> str:
        """The name of the data set."""
        return title_of(self.data)

    @property
    def file_names(self) -> Sequence[str] | None:
        """The path of each picture below the data's root; None where they have no files."""
        names = None if self.keys is None else self.keys.names
        made_up = isinstance(names, NumberedNames) or self.data in SHIPPED_SETS
        return None if names is None or made_up else names

    def class_of(self, row: int) -> str:
        """The name of a picture's class, "" where it is unknown."""
        label = -1 if self.labels is None else int(self.labels[row])
        return "" if label < 0 else self.classes[label]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """All columns by name, as in an expression."""
        known = columns_of(
            len(self), self.labels, self.classes, self.kept, self.keys, self.split, self.testing
        )
        return {**known, **self.figures}

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What can be sorted by and shown, the number first."""
        named = self.file_names is not None
        return shown_facts({name: one for name, one in self.columns.items() if named or name != NAME})

    def fact(self, name: str) -> Fact:
        """The one of a name; the number of the pictures where there is none."""
        return next((one for one in self.facts if one.name == name), self.facts[0])

    def same_as(self, other: PictureRows | None) -> bool:
        """Whether these are the same pictures, so that their numbers mean the same."""
        if other is None or (self.data, self.split, len(self)) != (other.data, other.split, len(other)):
            return False
        mine, theirs = self.images.__array_interface__, other.images.__array_interface__
        return (mine["data"], mine["shape"]) == (theirs["data"], theirs["shape"]) or (
            self.keys is not None and other.keys is not None and self.keys.same_as(other.keys)
        )


def rows_of(model: LoadedReply) -> PictureRows:
    """The pictures that are open with a model."""
    return PictureRows(
        model.data,
        model.split,
        model.images,
        model.labels,
        model.classes,
        model.keys,
        model.testing,
        model.columns,
    )


def rows_of_set(spec: str, pictures: ImageSet) -> PictureRows:
    """The pictures of a data set that has been read."""
    return PictureRows(
        data=spec,
        split=pictures.split,
        images=pictures.images.numpy(),
        labels=None if pictures.labels is None else pictures.labels.numpy(),
        classes=pictures.classes,
        keys=pictures.keys,
        testing=pictures.testing,
        kept=pictures.all_columns,
    )


def found_in_words(rows: PictureRows, *, also_none: bool = True) -> str:
    """What was found in a data set: classes and attributes, and how many pictures are held out.

    Args:
        also_none: whether it says that there are no classes.
    """
    count, parts = len(rows), []
    if rows.labels is not None and rows.classes:
        each = np.bincount(rows.labels[rows.labels >= 0], minlength=len(rows.classes)).tolist()
        named = [f"{name} ({number:,})" for name, number in zip(rows.classes, each, strict=True)]
        more = f" and {len(named) - _LISTED:,} more" if len(named) > _LISTED else ""
        classes = "1 class" if len(named) == 1 else f"{len(named):,} classes"
        parts.append(f"{classes}: {', '.join(named[:_LISTED])}{more}")
        unknown = count - sum(each)
        if unknown:
            parts.append(f"{unknown:,} of no known class")
    elif also_none:
        parts.append("No classes")
    for what, is_one in (("attribute", True), ("column", False)):
        known = [one.name for one in rows.kept if (isinstance(one, Words) and one.truth) is is_one]
        if known:
            more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
            counted = f"1 {what}" if len(known) == 1 else f"{len(known):,} {what}s"
            parts.append(f"{counted}: {', '.join(known[:_LISTED])}{more}")
    if rows.split == "all" and rows.testing:
        held = "1 is" if rows.testing == 1 else f"{rows.testing:,} are"
        parts.append(f"{count - rows.testing:,} are for training, {held} held out from it for testing")
    return ". ".join(parts) + "." if parts else ""


def facts_in_words(rows: PictureRows, row: int) -> str:
    """What is known of one picture, a line each."""
    known = [(one.title, one.text(row)) for one in rows.facts if not one.is_attribute]
    has = [one.title for one in rows.facts if one.is_attribute and one.text(row) == "yes"]
    lines = [f"{title}: {text}" for title, text in known if text]
    return "\n".join([*lines, *([f"Attributes: {', '.join(has)}"] if has else [])])
