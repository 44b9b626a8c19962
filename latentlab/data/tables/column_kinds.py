"""Finds out what the columns of a table hold: yes/no, classes, a split, numbers, or text.

Two values that are known to mean yes and no are an attribute; few whole numbers or words that come again and
again are classes. Names help where values leave it open: a column called "label" with 0 and 1 is of classes.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.data.folders.name_forms import has_picture_suffix
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.tables.sheet import Column, plain_name, words

YES, NO, MINUS, UNKNOWN, STRAY = 1, 0, -1, 8, 9
_YES = ["1", "1.0", "+1", "+1.0", "true", "t", "yes", "y", "+", "present", "on"]
_YES += [
    "ja",
    "wahr",
    "oui",
    "vrai",
    "s\u00ed",
    "si",
    "s\u00ec",
    "sim",
    "verdadero",
    "vero",
    "\u0434\u0430",
    "\u662f",
]
_YES += ["\u2713", "\u2714", "\u2611"]
_NO = ["0", "0.0", "false", "f", "no", "n", "-", "absent", "off"]
_NO += ["nein", "falsch", "non", "faux", "n\u00e3o", "falso", "\u043d\u0435\u0442", "\u5426"]
_NO += ["\u2717", "\u2718", "\u2610"]
# Where these are the only values in a column, empty cells mean no.
_TICKS = frozenset(("x", "*", "\u2713", "\u2714", "\u2611", "\u2022"))
_MINUS = ["-1", "-1.0"]
_TRUTH = dict.fromkeys(_YES, YES) | dict.fromkeys(_NO, NO) | dict.fromkeys(_MINUS, MINUS)
_BLANKS = "tags labels keywords attributes"
# Cells of several words, such as "Mass|Nodule" or "clear, road", are recognised in columns of so many
# different values, and separated by spaces only where the column's name suggests it.
_MOST_CELLS, _MOST_PIECES, _LONGEST_PIECE = 5000, 256, 40
_PARTED_BY_BLANKS = frozenset(_BLANKS.split())
_EMPTY = frozenset(("", "nan", "na", "n/a", "#n/a", "null", "nil", "<na>", "nat", "?"))
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0*|,00?)?")
_NUMBER = re.compile(
    r"[+-]?([0-9]+([.,][0-9]*)*|[.,][0-9]+)([eE][+-]?[0-9]{1,4})?\s?%?|[+-]?inf(inity)?", re.I
)
# Names of the column of classes, the likeliest first.
CLASS_WORDS = words(
    "class label category target species y digit letter classname class_name label_name "
    "labelname labels classes class_id label_id classid labelid category_name category_id "
    "target_name breed diagnosis dx genre style emotion expression"
)
_SPLIT_WORDS = frozenset(
    words(
        "split set subset fold partition usage phase dataset data_set dataset_split data_split "
        "evaluation_status image_set"
    )
)
_TRAINING = frozenset(words("train training trn tr learn learning"))
_VALIDATING = frozenset(words("val valid validation validate dev development eval"))
_TESTING = frozenset(
    words("test testing tst te query holdout held_out held-out heldout publictest privatetest")
)
_HELD_OUT = frozenset(words("is_test istest test_set held_out heldout holdout is_holdout is_testing"))
# If that holds for most lines, the lines are sound.
_VALID = frozenset(words("is_valid is_validation is_val"))
_LEARNT = frozenset(words("is_train istrain is_training is_training_image train_set is_training_set"))
# Numbers that only count lines, and words that only name them.
_COUNTING = re.compile(r"(id|idx|index|no|nr|number|row|#|.*[_ ]id|unnamed: ?\d+|column 1)", re.I)
# Measurements are not classes, however few there are.
_MEASURES = frozenset(
    words("age ages year years height width weight size area length count price depth temperature month day")
)
# In columns without such a name: so many different whole numbers, each so often, may be classes.
_FEW_NUMBERS = 20
# The share of other values allowed in a yes/no column, or in one of many lines.
_STRAY_SHARE, _RARE_SHARE, _MANY = 0.25, 0.01, 100


class Holds(enum.Enum):
    """A kind of contents, and its name in a report."""

    TRUTH = "yes/no"
    SEVERAL = "several words each"
    CLASSES = "classes"
    SPLIT = "test split"
    UNSURE = "-1, 0 and 1"
    FILES = "names of pictures"
    NUMBERS = "numbers"
    TEXT = "text"
    CONSTANT = "the same everywhere"
    EMPTY = "empty"


@dataclass(frozen=True, eq=False)
class Known:
    """A column that has been analysed.

    Attributes:
        column: the column, for some rows.
        holds: its kind.
        truth: the meaning of each value: YES, NO, MINUS, UNKNOWN or STRAY.
        whole: whether all non-empty values are whole numbers.
        called: whether its name is one of a class's, and how likely: 0 the likeliest; None if not.
        different: how many values there are, besides empty ones.
    """

    column: Column
    holds: Holds
    truth: NDArray[np.int8]
    whole: bool
    called: int | None
    different: int

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Which of the values are empty."""
        empty: NDArray[np.bool_] = self.truth == UNKNOWN
        return empty


def look_at(column: Column, *, coordinates: bool = False) -> Known:
    """The kind of a column's contents.

    Args:
        column: its values.
        coordinates: whether there are an "x" and a "y", which then are no classes.
    """
    truth = np.array([truth_of(value) for value in column.values], dtype=np.int8)
    counts = column.counts()
    some = [value for value, code in zip(column.values, truth, strict=True) if code != UNKNOWN]
    filled = int(counts[truth != UNKNOWN].sum())
    whole = bool(some) and all(_WHOLE.fullmatch(value) for value in some)
    name = plain_name(column.name)
    if len(some) == 1 and len(column.values) > 1 and some[0].casefold() in _TICKS:
        truth = np.where(truth == UNKNOWN, NO, YES).astype(np.int8)
        return Known(column, Holds.TRUTH, truth, whole=False, called=None, different=1)
    called = CLASS_WORDS.index(name) if name in CLASS_WORDS and not (coordinates and name == "y") else None
    holds = _holds(column, truth, counts, some, filled, whole=whole, called=called is not None)
    if coordinates and name in ("x", "y") and whole and holds is Holds.CLASSES:
        holds = Holds.NUMBERS
    return Known(column, holds, truth, whole, called, len(some))


def _holds(
    column: Column,
    truth: NDArray[np.int8],
    counts: NDArray[np.intp],
    some: list[str],
    filled: int,
    *,
    whole: bool,
    called: bool,
) -> Holds:
    if not some:
        return Holds.EMPTY
    if splits(column) is not None:
        return Holds.SPLIT
    of = {code: int(counts[truth == code].sum()) for code in (YES, NO, MINUS, STRAY)}
    if not called and _is_truth(of, filled, some, whole=whole):
        return Holds.TRUTH
    if len(some) == 1:
        return Holds.CONSTANT
    if not called and not of[STRAY] and of[NO] and of[MINUS]:
        return Holds.UNSURE
    if 2 * sum(map(has_picture_suffix, some)) > len(some):
        return Holds.FILES
    if pieces_of(column):
        return Holds.SEVERAL
    if len(some) <= MAX_CLASSES and _come_again(column, some, filled, whole=whole, called=called):
        return Holds.CLASSES
    return Holds.NUMBERS if all(map(_NUMBER.fullmatch, some)) else Holds.TEXT


def _is_truth(of: dict[int, int], filled: int, some: list[str], *, whole: bool) -> bool:
    """Whether nearly all values mean yes or no, in one notation."""
    no = of[NO] or of[MINUS]
    if of[NO] and of[MINUS]:
        return False
    if not of[STRAY]:
        # A single letter, the same everywhere, is not "true", "false", "yes" or "no".
        return bool(of[YES] and no) or not any(value.isalpha() and len(value) == 1 for value in some)
    if not (of[YES] and no):
        return False
    if filled >= _MANY and of[STRAY] <= _RARE_SHARE * filled:
        return True
    return not whole and of[STRAY] <= _STRAY_SHARE * filled


def _come_again(column: Column, some: list[str], filled: int, *, whole: bool, called: bool) -> bool:
    """Whether values are few enough, and repeated often enough, to be classes."""
    if called:
        numbers = not whole and all(map(_NUMBER.fullmatch, some))
        return not numbers and len(some) <= max(2, 0.75 * filled)
    if len(some) > filled / 2 or _COUNTING.fullmatch(column.name):
        return False
    if plain_name(column.name) in _SPLIT_WORDS or (whole and plain_name(column.name) in _MEASURES):
        return False
    if whole:
        values = [whole_number(value) for value in some]
        low, high = min(values), max(values)
        return len(some) <= _FEW_NUMBERS and low in (0, 1) and high - low < 2 * len(some)
    return not all(map(_NUMBER.fullmatch, some))


def pieces_of(column: Column) -> dict[str, tuple[str, ...]]:
    """The words in each cell of a column whose cells hold several words each, or none; {} if it is not one.

    The words have to occur in other cells too: "a cat, number 7" is a text, "cat, black" beside "cat, white"
    has two parts.
    """
    some = [value for value in column.values if truth_of(value) != UNKNOWN]
    if not 2 <= len(some) <= _MOST_CELLS:
        return {}
    for mark in ("|", ";", ",", " "):
        if mark == " " and plain_name(column.name) not in _PARTED_BY_BLANKS:
            continue
        if not any(mark in value for value in some):
            continue
        cells = {value: tuple(filter(None, map(str.strip, value.split(mark)))) for value in some}
        often: dict[str, int] = {}
        for pieces in cells.values():
            for piece in set(pieces):
                often[piece] = often.get(piece, 0) + 1
        again = sum(count > 1 for count in often.values())
        numbers = mark != "|" and all(map(_NUMBER.fullmatch, often))
        # Unambiguous separators, and columns with a suggestive name, need less evidence.
        enough = 1 if mark == "|" or plain_name(column.name) in _PARTED_BY_BLANKS else len(often) / 2
        if (
            2 <= len(often) <= _MOST_PIECES
            and max(map(len, often)) <= _LONGEST_PIECE
            and again >= enough
            and not numbers
        ):
            return cells
    return {}


def truth_of(value: str) -> int:
    """YES, NO, MINUS, UNKNOWN or STRAY."""
    value = value.casefold()
    return UNKNOWN if value in _EMPTY else _TRUTH.get(value, STRAY)


def whole_number(value: str) -> int:
    """The whole number in the text of a value."""
    return int(re.split("[.,]", value)[0])


def splits(column: Column, *, asked: bool = False) -> NDArray[np.bool_] | None:
    """Which of the values are for testing; None if the column is not a split.

    Validation counts as training, unless nothing is for testing.

    Args:
        column: the column.
        asked: whether a person says that it does; else its name has to, or all of its values.
    """
    name = plain_name(column.name)
    values = [value.casefold().replace(" ", "") for value in column.values]
    some = {value for value in values if value not in _EMPTY}
    truth = [truth_of(value) for value in values]
    counts = column.counts()
    true = sum(int(count) for count, code in zip(counts, truth, strict=True) if code == YES)
    if name in _VALID and 2 * true > counts.sum() and not asked:
        return None
    if name in _HELD_OUT | _VALID | _LEARNT and STRAY not in truth and YES in truth:
        held_out = np.array([code == YES for code in truth], dtype=bool)
        learnt = np.array([code in (NO, MINUS) for code in truth], dtype=bool)
        return learnt if name in _LEARNT else held_out
    if some <= _TRAINING | _VALIDATING | _TESTING and some & _TRAINING and some - _TRAINING:
        testing = _TESTING if some & _TESTING else _VALIDATING
        return np.array([value in testing for value in values], dtype=bool)
    called = asked or name in _SPLIT_WORDS
    # As in CelebA: 0 train, 1 validation, 2 test.
    if called and {"0"} < some <= {"0", "1", "2"}:
        return np.array([value == ("2" if "2" in some else "1") for value in values], dtype=bool)
    return None
