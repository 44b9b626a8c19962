"""The report of reading a source: how many pictures, what was left out and why."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from latentlab.plain import one_line

KEPT = 100
# So many files are named for each reason, and so many reasons in a short report.
_NAMED, _REASONS = 5, 8
_IN_SHORT, _NOTES = 3, 4
# Reasons that differ only in numbers are of one kind; beyond so many kinds they are not kept.
_NUMBERS = re.compile(r"\d[\d.,]*")
_KINDS = 1000


@dataclass(frozen=True)
class Reason:
    """A reason for leaving out files: its text for the first file, the number of files, and some of them."""

    words: str
    count: int
    files: tuple[str, ...]

    def in_words(self, named: int = _NAMED) -> str:
        """A text such as "12 files: a TGA picture, ... (a.tga, b.tga and 10 more)"; for one file "a.tga:
        ...".
        """
        if self.count == 1:
            return f"{self.files[0]}: {self.words}"
        files = self.files[:named]
        more = f" and {self.count - len(files):,} more" if self.count > len(files) else ""
        return f"{self.count:,} files: {self.words} ({', '.join(files)}{more})"


@dataclass(frozen=True)
class ReadingReport:
    """The result of reading a source.

    Attributes:
        source: the path that was read.
        kind: its kind, such as "folder of pictures".
        read: the number of pictures read.
        skipped: (file, reason) of the first hundred things left out.
        skipped_count: how many were left out in all.
        notes: other messages for the user, a sentence each.
        reasons: why things were left out, the most frequent reason first.
    """

    source: str
    kind: str
    read: int
    skipped: tuple[tuple[str, str], ...] = ()
    skipped_count: int = 0
    notes: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def in_words(self) -> str:
        """Some lines for the user: every note, and why things were left out."""
        return "\n".join([self._first_line(), *self._notes(), *self._left_out(_NAMED, _REASONS)])

    def in_short(self) -> str:
        """How many were read, the first notes, and why things were left out, in a few lines."""
        notes, rest = self._notes(), len(self.notes) - _NOTES
        notes = [*notes[:_NOTES], f"And {rest:,} more notes."] if rest > 1 else notes
        return "\n".join([self._first_line(), *notes, *self._left_out(_IN_SHORT, _IN_SHORT)])

    def whole(self) -> str:
        """Every note, every reason, and the first hundred of the files that were left out, one by one."""
        lines = [self._first_line(), *self._notes()]
        if self.skipped_count:
            lines += [f"{self.skipped_count:,} left out:", *(f"  {line}" for line in self.details())]
        return "\n".join(lines)

    def details(self) -> list[str]:
        """Why things were left out: all reasons with counts, then the first hundred files one by one."""
        lines = [reason.in_words() for reason in self.reasons]
        if any(reason.count > 1 for reason in self.reasons):
            more = self.skipped_count - len(self.skipped)
            lines += ["One by one:", *self._one_by_one(), *([f"and {more:,} more"] if more else [])]
        return lines

    def _first_line(self) -> str:
        pictures = "picture" if self.read == 1 else "pictures"
        return f"{self.read:,} {pictures} read from {self.source} ({self.kind})."

    def _notes(self) -> list[str]:
        return [f"{note}." for note in self.notes]

    def _one_by_one(self) -> list[str]:
        return [f"{file}: {reason}" for file, reason in self.skipped]

    def _left_out(self, named: int, most: int) -> list[str]:
        """By file where there are few, else by reason."""
        if not self.skipped_count:
            return []
        told = self.reasons[:most]
        rest = self.skipped_count - sum(reason.count for reason in told)
        lines = [reason.in_words(named) for reason in told]
        if self.skipped_count <= min(named, len(self.skipped)):
            lines, rest = self._one_by_one(), 0
        lines += [f"and {rest:,} more for other reasons"] if rest else []
        return [f"{self.skipped_count:,} left out:", *(f"  {line}" for line in lines)]


@dataclass
class Notebook:
    """Collects the report while a source is read."""

    skipped: list[tuple[str, str]] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)
    _counted: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def skip(self, file: str, reason: str) -> None:
        """Records that something is left out; all are counted, the first hundred kept, and the reasons
        counted by kind.
        """
        self.skipped_count += 1
        if len(self.skipped) < KEPT:
            self.skipped.append((shown(file), reason))
        self._count(reason, [shown(file)], 1)

    def note(self, sentence: str) -> None:
        """Adds a message for the user, without a full stop."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def take_over(self, earlier: Notebook) -> None:
        """Puts the contents of another book before this one's."""
        mine = self._counted, self._counts
        self.skipped = [*earlier.skipped, *self.skipped][:KEPT]
        self.skipped_count += earlier.skipped_count
        self.notes = [*earlier.notes, *(note for note in self.notes if note not in earlier.notes)]
        self._counted, self._counts = {}, {}
        for counted, counts in ((earlier._counted, earlier._counts), mine):
            for kind, (words, *files) in counted.items():
                self._count(words, files, counts[kind])

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why things were left out, the most frequent reason first."""
        found = [
            Reason(words, self._counts[kind], tuple(files)) for kind, (words, *files) in self._counted.items()
        ]
        return tuple(sorted(found, key=lambda reason: -reason.count))

    def _count(self, words: str, files: list[str], count: int) -> None:
        kind = _NUMBERS.sub("0", words)
        if kind not in self._counted:
            if len(self._counted) >= _KINDS:
                return
            self._counted[kind], self._counts[kind] = [words], 0
        kept = self._counted[kind]
        kept += files[: 1 + _NAMED - len(kept)]
        self._counts[kind] += count

    def report(self, source: str, kind: str, read: int) -> ReadingReport:
        return ReadingReport(
            shown(source),
            kind,
            read,
            tuple(self.skipped),
            self.skipped_count,
            tuple(self.notes),
            self.reasons,
        )


def shown(name: str | os.PathLike[str]) -> str:
    """A file's name in printable form, on one line, whatever bytes it is made of."""
    return one_line(os.fspath(name).encode("utf-8", "replace").decode("utf-8"))


def some_shown(names: Sequence[str], most: int) -> str:
    """The first names in printable form, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(shown, names[:most])) + more
