"""What became of a source while it was read: how many pictures, what was left out and why."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from latentlab.plain import one_line

KEPT = 100
_IN_WORDS = 5


@dataclass(frozen=True)
class ReadingReport:
    """How a reading went.

    Attributes:
        source: the path that was read.
        kind: what it turned out to be, such as "folder of pictures".
        read: the number of pictures read.
        skipped: (file, reason) of the first hundred things left out.
        skipped_count: how many were left out in all.
        notes: what else a person should know, a sentence each.
    """

    source: str
    kind: str
    read: int
    skipped: tuple[tuple[str, str], ...] = ()
    skipped_count: int = 0
    notes: tuple[str, ...] = ()

    def in_words(self) -> str:
        """A few lines for a person."""
        pictures = "picture" if self.read == 1 else "pictures"
        lines = [f"{self.read:,} {pictures} read from {self.source} ({self.kind})."]
        lines += [f"{note}." for note in self.notes]
        if self.skipped_count:
            lines.append(f"{self.skipped_count:,} left out:")
            lines += [f"  {file}: {reason}" for file, reason in self.skipped[:_IN_WORDS]]
            if self.skipped_count > _IN_WORDS:
                lines.append(f"  and {self.skipped_count - min(_IN_WORDS, len(self.skipped)):,} more")
        return "\n".join(lines)


@dataclass
class Notebook:
    """Collects, while a source is read, what its report will say."""

    skipped: list[tuple[str, str]] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)

    def skip(self, file: str, reason: str) -> None:
        """Something is left out; all are counted, the first hundred kept."""
        self.skipped_count += 1
        if len(self.skipped) < KEPT:
            self.skipped.append((shown(file), reason))

    def note(self, sentence: str) -> None:
        """Something a person should know, without a full stop."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def report(self, source: str, kind: str, read: int) -> ReadingReport:
        return ReadingReport(
            shown(source), kind, read, tuple(self.skipped), self.skipped_count, tuple(self.notes)
        )


def shown(name: str | os.PathLike[str]) -> str:
    """A file's name that can be printed, on one line, whatever bytes it is made of."""
    return one_line(os.fspath(name).encode("utf-8", "replace").decode("utf-8"))
