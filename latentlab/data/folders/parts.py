"""Recognises the parts of a data set by folder names: training, validation, test, or to apply a model to.

    train, test          training_set, test_set        seg_train, seg_test, seg_pred
    train, dev           train2017, val2017            trainA, trainB, testA, testB

A name is taken apart into words. One of them tells the part; what else there is has to be a word that says
nothing ("set", "images"), or to come back in the name of another part ("seg"): train_station and test_tube
are no parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

TRAIN, VALIDATION, TEST, APPLY = "train", "validation", "test", "apply"

_WORDS = {
    TRAIN: "train training trn tr learn learning trainval trainvalidation extra",
    VALIDATION: "val valid validation validate dev devel development",
    TEST: "test testing tests tst ts eval evaluation evaluate holdout heldout",
    APPLY: "pred predict prediction predictions infer inference submission apply"
    " unlabeled unlabelled unlabel unsupervised unannotated",
}
_PART_OF = {word: part for part, words in _WORDS.items() for word in words.split()}
# Words of parts that may be classes as well, unless another part is beside them: valid and invalid.
_WEAK_WORDS = "tr ts valid validate extra apply learn learning devel development tests infer"
_WEAK = frozenset(_WEAK_WORDS.split())
_NEUTRAL_WORDS = (
    "set sets data dataset datasets image images img imgs picture pictures pic pics photo photos jpg jpeg "
    "jpegs jpegimages png pngs file files folder frames crops cropped resized sample samples single split "
    "part all raw classes labeled labelled final full x"
)
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
# "trainset", "testimages": written as one word.
_JOINED = re.compile(
    rf"({'|'.join(sorted(_PART_OF, key=len, reverse=True))})"
    r"(sets?|data|images?|imgs?|pictures|pics|photos|folder)"
)
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]|[0-9]+")


@dataclass(frozen=True)
class PartName:
    """A folder's name that may be that of a part.

    Attributes:
        part: one of `TRAIN`, `VALIDATION`, `TEST`, `APPLY`.
        rest: the rest of the name, in lower case and without numbers; "" for none.
        rest_as_written: the same as written, for messages.
        weak: whether it may as well be the name of a class.
    """

    part: str
    rest: str
    rest_as_written: str
    weak: bool


def words_of(name: str) -> list[str]:
    """The words in a name, separated at numbers and capitals: "SegmentationClass2" has two."""
    return [word for word in _PIECES.findall(name) if not word.isdecimal()]


def is_neutral(name: str) -> bool:
    """Whether a folder's name says nothing of its contents, such as "images"."""
    words = [word.lower() for word in words_of(name)]
    return bool(words) and set(words) <= _NEUTRAL


def part_name(name: str) -> PartName | None:
    """A folder's name, if one of its words is that of a part."""
    words = _PIECES.findall(re.sub(r"(?i)(hold|held)[-_ ]out", r"\1out", name))
    parts, others, weak = set(), [], True
    for word in words:
        joined = _JOINED.fullmatch(word.lower())
        bare = joined[1] if joined else word.lower()
        if bare in _PART_OF:
            parts.add(_PART_OF[bare])
            weak = weak and bare in _WEAK
        else:
            others.append(word)
    # Training and validation count as training; training and testing together as neither.
    if not parts or {TRAIN, TEST} <= parts:
        return None
    part = next(part for part in (TRAIN, TEST, VALIDATION, APPLY) if part in parts)
    telling = [word for word in others if word.lower() not in _NEUTRAL and not word.isdecimal()]
    return PartName(part, " ".join(telling).lower(), " ".join(telling or others), weak)


def part_folders(names: Collection[str]) -> dict[str, PartName]:
    """Those of some sibling folders that are parts of a data set; none if they are something else."""
    read = {name: found for name in names if (found := part_name(name)) is not None}
    parts_of_rest: dict[str, set[str]] = {}
    for found in read.values():
        parts_of_rest.setdefault(found.rest, set()).add(found.part)
    parts = {found.part for found in read.values()}
    sure = {n: found for n, found in read.items() if not found.rest or len(parts_of_rest[found.rest]) > 1}
    every = len(read) == len(names)
    if every and len(names) > 1 and (sure or len(parts) == 1):
        return read
    parts = {found.part for found in sure.values()}
    if TRAIN in parts:
        # Beside a bus and a car, a train is a class.
        return sure if parts & {TEST, VALIDATION} else {}
    return sure if len(parts) > 1 else {n: found for n, found in sure.items() if not found.weak}
