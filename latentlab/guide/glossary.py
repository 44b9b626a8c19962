"""The glossary: each heading of the third level in `resources/guide/glossary.md` is a term."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from latentlab.guide.chapters import anchor_of, plain, sections

CHAPTER = "glossary.md"
_ALSO = re.compile(r"^\*Also:\* (.+?)\.?$", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """A term.

    Attributes:
        name: as it stands in the heading.
        also: other names of the same.
        text: what it means, in Markdown.
    """

    name: str
    also: tuple[str, ...]
    text: str

    @property
    def link(self) -> str:
        """Its place in the glossary."""
        return f"{CHAPTER}#{anchor_of(self.name)}"

    @property
    def summary(self) -> str:
        """Its first sentence, as plain text."""
        words = plain(self.text)
        end = re.search(r"\.(?= [A-Z])", words)
        return words[: end.start() + 1] if end else words


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """All terms, in the order of the glossary."""
    return tuple(_term(section.title, section.text) for section in sections(CHAPTER) if section.level == 3)


def _term(name: str, text: str) -> Term:
    also = _ALSO.search(text)
    names = tuple(one.strip() for one in also.group(1).split(", ")) if also else ()
    rest = text.removesuffix("[Contents](README.md)")
    return Term(name, names, _ALSO.sub("", rest).strip())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Term]:
    found: dict[str, Term] = {}
    for term in terms():
        for name in (term.name, *term.also):
            found.setdefault(name.lower(), term)
    return found


def like(query: str) -> tuple[Term, ...]:
    """The terms one of whose names begins like a query of two letters or more."""
    begin = query.strip().lower()
    found = (term for name, term in _by_name().items() if len(begin) > 1 and name.startswith(begin))
    return tuple(dict.fromkeys(found))


def term(name: str) -> Term | None:
    """The term of this name, in whatever letter case; None if the glossary has none."""
    return _by_name().get(name.strip().lower())
