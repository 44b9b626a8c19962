"""Names the classes of labels: words as they are, numbers by those of well-known sets.

A set is recognised by its contents, or else by its name.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.data.limits import MAX_CLASSES
from latentlab.data.natural import in_natural_order

FASHION = (
    *("T-shirt", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_KUZUSHIJI = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
# The first labels of each part, in the order of the original distribution.
_FASHION_STARTS = ((9, 0, 0, 3, 0, 2, 7, 2, 5, 5), (9, 2, 1, 1, 6, 1, 4, 6, 5, 7))
_DIGITS_STARTS = ((5, 0, 4, 1, 9, 2, 1, 3, 1, 4), (7, 2, 1, 0, 4, 1, 4, 9, 5, 9))
_EMNIST = re.compile("emnist[-_ ]?(letters|balanced|byclass|bymerge|digits|mnist)?", re.IGNORECASE)
_ALL = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MERGED = string.digits + string.ascii_uppercase + "abdefghnqrt"
_OF_EMNIST = {
    "letters": "?" + string.ascii_uppercase,
    "balanced": _MERGED,
    "bymerge": _MERGED,
    "byclass": _ALL,
    "digits": string.digits,
    "mnist": string.digits,
}


def lies_on_its_side(called: str) -> bool:
    """Whether a set stores its pictures column by column: EMNIST does, because it was made with Matlab."""
    return _EMNIST.search(called) is not None


def mapping_in(text: str) -> dict[int, str]:
    """Label -> letter, from a mapping in EMNIST's format: "1 65 97" says that 1 stands for A and a."""
    found = {}
    for line in text.splitlines():
        numbers = line.replace(",", " ").split()
        if len(numbers) >= 2 and all(number.isdecimal() and len(number) < 7 for number in numbers):
            letter = chr(int(numbers[1]))
            found[int(numbers[0])] = letter if letter.isprintable() else numbers[0]
    return found


def classes_of_words(words: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels that are words as classes in natural order; "" is none, and becomes -1."""
    classes = in_natural_order(set(words) - {""})
    number = {word: index for index, word in enumerate(classes)}
    return np.array([number.get(word, -1) for word in words], dtype=np.int64), tuple(classes)


def classes_of(
    parts: Sequence[NDArray[np.int64]], called: str, mapping: Mapping[int, str] | None = None
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Labels that are numbers as classes: those that occur, in numerical order.

    Args:
        parts: the labels of each part of the set, in its own order; -1 for unknown.
        called: the names of the set's files and folders.
        mapping: the meaning of the labels, where a file has it.

    Returns:
        The labels of all parts, renumbered, and the classes' names; (None, ()) for too many.
    """
    every = np.concatenate([np.asarray(part, dtype=np.int64) for part in parts])
    values = np.unique(every[every >= 0])
    if not len(values) or len(values) > MAX_CLASSES:
        return None, ()
    letters = dict(mapping) if mapping else {}
    if not letters or not set(values.tolist()) <= set(letters):
        letters = _known(parts, called, values)
    names = [letters.get(value, str(value)) for value in values.tolist()]
    often = Counter(names)
    names = [
        name if often[name] == 1 else f"{name} ({value})" for name, value in zip(names, values, strict=True)
    ]
    labels = np.where(every >= 0, np.searchsorted(values, every), -1).astype(np.int64)
    return labels, tuple(names)


def _known(parts: Sequence[NDArray[np.int64]], called: str, values: NDArray[np.int64]) -> dict[int, str]:
    highest = int(values.max())
    kinds = _EMNIST.findall(called)
    if kinds:
        letters = _OF_EMNIST.get(next(filter(None, kinds), "").lower(), "")
        # Some copies count from 0.
        letters = letters[1:] if letters.startswith("?") and values.min() == 0 else letters
        return dict(enumerate(letters)) if highest < len(letters) else {}
    starts = [tuple(part[:10].tolist()) for part in parts]
    if highest >= len(FASHION):
        return {}
    if any(start in _FASHION_STARTS for start in starts):
        return dict(enumerate(FASHION))
    if any(start in _DIGITS_STARTS for start in starts):
        return {}
    if "fashion" in called.lower():
        return dict(enumerate(FASHION))
    if re.search("kmnist|k-mnist|kuzushiji", called, re.IGNORECASE):
        return dict(enumerate(_KUZUSHIJI))
    return {}
