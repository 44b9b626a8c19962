"""Matches names in a table to pictures.

A table may have been written on another computer, with another program, before the pictures were converted.
Forms of a name are compared from the strictest to the loosest:

    cats/1.png       as it is
    .\\cats\\1.png     with other marks between folders, "./" before, letters composed otherwise
    cats/1.PNG       with the suffix, then all of it, in other letter case; with letters spoilt on the way
    D:/set/cats/1.png, or 1.png      with more or fewer folders before
    1, or cats/1.jpg                 without its suffix, or with another one
    00001                            a number with other zeros before

A looser form never overrides a stricter one, and what may mean several pictures means none. What stands
behind a dot is a suffix only if pictures have such suffixes: "s.1" is no "s".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.data.folders.name_forms import clean, last_part, loose, loosest_forms, number_of, stem_of

ABSENT, AMBIGUOUS, REPEATED = -1, -2, -3
# The worth of a match, by form, for comparing columns that may both name the files.
WORTH = {
    "same": 1.0,
    "clean": 0.99,
    "suffix": 0.98,
    "case": 0.97,
    "tail": 0.95,
    "tail, case": 0.94,
    "base": 0.9,
    "stem": 0.3,
    "stem, case": 0.29,
    "stem, base": 0.25,
    "number": 0.1,
}
# From this form on the suffix is not compared.
WITH_SUFFIX = 0.5

_Key = Callable[[str], str]


@dataclass(frozen=True, eq=False)
class Matched:
    """The picture matched by each of some names.

    Attributes:
        pictures: the picture's index, or ABSENT, AMBIGUOUS (several pictures may be meant, or several names
            mean this one) or REPEATED (a stricter name means it).
        worth: how exact the match is, from 1 for the same name down to 0 for none.
    """

    pictures: NDArray[np.intp]
    worth: NDArray[np.float64]

    @property
    def count(self) -> int:
        return int((self.pictures >= 0).sum())


class Naming:
    """Pictures, by all forms of their names; each form is made on demand."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self.names = list(pictures)
        self.same = {name: index for index, name in enumerate(self.names)}
        self._clean, self._loose = _Memo(clean), _Memo(loose)
        self._indices: dict[tuple[str, bool], dict[str, int]] = {}
        self._screen: frozenset[str] | None = None

    def exact(self, names: Iterable[str]) -> int:
        """How many of these are exact names of pictures."""
        return sum(name in self.same for name in names)

    def maybe(self, name: str) -> bool:
        """Whether a name may match any picture at all: a cheap test before the loosest, most expensive
        forms.
        """
        if self._screen is None:
            self._screen = frozenset(key for name in self.names for key in loosest_forms(name))
        return any(key in self._screen for key in loosest_forms(name))

    def match(self, files: Sequence[str]) -> Matched:
        """Matches these names, all different."""
        work = _Work(files, len(self.names))
        work.by_index("same", _whole, self.same)
        work.drop([file for file in work.rest if not self.maybe(files[file])])
        if not work.rest:
            return work.matched()
        exact, free = self._clean.__getitem__, self._loose.__getitem__
        for form, key in (("clean", exact), ("suffix", self._suffix_folded), ("case", free)):
            self._by_form(work, form, key)
        for form, key in (("tail", exact), ("tail, case", free)):
            self._by_tail(work, form, key, of_file=_whole, stems=False)
        self._by_base(work, "base", lambda name: last_part(free(name)))
        for form, key in (("stem", exact), ("stem, case", free)):
            # The table without suffixes; the pictures without; both with different ones.
            self._by_tail(work, form, key, of_file=_whole, stems=True)
            self._by_tail(work, form, key, of_file=stem_of, stems=False)
            self._by_tail(work, form, key, of_file=stem_of, stems=True)
        self._by_base(work, "stem, base", lambda name: stem_of(last_part(free(name))))
        self._by_base(work, "number", lambda name: number_of(stem_of(last_part(free(name)))))
        return work.matched()

    def _suffix_folded(self, name: str) -> str:
        name = self._clean[name]
        stem = stem_of(name)
        return stem + name[len(stem) :].lower()

    def _by_form(self, work: _Work, form: str, key: _Key) -> None:
        if not work.rest:
            return
        if (form, False) not in self._indices:
            self._indices[form, False] = _unique(map(key, self.names))
        work.by_index(form, key, self._indices[form, False])

    def _by_tail(self, work: _Work, form: str, key: _Key, *, of_file: _Key, stems: bool) -> None:
        """Names of which one ends in the other, or which share their last two parts or more."""
        if not work.rest:
            return
        tails = self._tails(form, key, stems=stems)

        def find(name: str) -> int:
            name = of_file(key(name))
            start = 0
            while True:
                tail = name[start:]
                found = tails.get(tail, ABSENT)
                short = start > 0 and "/" not in tail
                if found >= 0 and short and "/" in self.names[found]:
                    # Only the last part is shared, and their folders contradict each other.
                    found = ABSENT
                if found != ABSENT and not (found == AMBIGUOUS and short):
                    return found
                start = name.find("/", start) + 1
                if start == 0:
                    return ABSENT

        work.by_search(form, find)

    def _tails(self, form: str, key: _Key, *, stems: bool) -> dict[str, int]:
        """The pictures' names, whole and without the first folders; AMBIGUOUS if two have the same ending."""
        if (form, stems) in self._indices:
            return self._indices[form, stems]
        tails: dict[str, int] = {}
        whole = [stem_of(key(picture)) if stems else key(picture) for picture in self.names]
        for index, name in enumerate(whole):
            start, more = 0, True
            while more:
                tail = name[start:]
                tails[tail] = AMBIGUOUS if tail in tails else index
                start = name.find("/", start) + 1
                more = start > 0
        # A whole name is preferred to longer ones with the same ending.
        tails.update(_unique(whole))
        self._indices[form, stems] = tails
        return tails

    def _by_base(self, work: _Work, form: str, last: _Key) -> None:
        """Matches the last part alone, where that is unique among pictures and names."""
        if not work.rest:
            return
        if (form, False) not in self._indices:
            self._indices[form, False] = _unique(map(last, self.names))
            self._indices[form, False].pop("", None)
        bases = self._indices[form, False]
        if AMBIGUOUS in bases.values():
            return
        mine = list(filter(None, (last(work.files[file]) for file in work.rest)))
        if len(set(mine)) == len(mine):
            work.by_index(form, last, bases)


class _Memo(dict[str, str]):
    """A form of names, each made once."""

    def __init__(self, form: _Key) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, name: str) -> str:
        self[name] = made = self._form(name)
        return made


class _Work:
    """Names still to be matched, and the results for the others."""

    def __init__(self, files: Sequence[str], pictures: int) -> None:
        self.files = files
        self.rest = list(range(len(files)))
        self._found = np.full(len(files), ABSENT, dtype=np.intp)
        self._worth = np.zeros(len(files))
        self._taken = np.zeros(pictures, dtype=bool)

    def by_index(self, form: str, key: _Key, index: dict[str, int]) -> None:
        """Matches those whose form is in an index of pictures."""
        self.by_search(form, lambda name: index.get(key(name), ABSENT))

    def by_search(self, form: str, find: Callable[[str], int]) -> None:
        """Matches those for which something is found; two that find the same picture both become
        unmatched.
        """
        rest: list[int] = []
        claims: dict[int, list[int]] = {}
        for file in self.rest:
            picture = find(self.files[file])
            if picture == ABSENT:
                rest.append(file)
            elif picture == AMBIGUOUS:
                self._found[file] = AMBIGUOUS
            elif self._taken[picture]:
                self._found[file] = REPEATED
            else:
                claims.setdefault(picture, []).append(file)
        for picture, files in claims.items():
            if len(files) > 1:
                self._found[files] = AMBIGUOUS
            else:
                self._found[files[0]], self._worth[files[0]] = picture, WORTH[form]
        self._taken[list(claims)] = True
        self.rest = rest

    def drop(self, files: Sequence[int]) -> None:
        """These match no picture in any form."""
        gone = set(files)
        self.rest = [file for file in self.rest if file not in gone]

    def matched(self) -> Matched:
        return Matched(self._found, self._worth)


def _whole(name: str) -> str:
    return name


def _unique(names: Iterable[str]) -> dict[str, int]:
    """Name -> index; AMBIGUOUS for those that occur twice."""
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        found[name] = AMBIGUOUS if name in found else index
    return found
