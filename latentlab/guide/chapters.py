"""The chapters of the guide: Markdown files of `resources/guide`, their sections, and a search over them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from latentlab.shipped import GUIDE

CONTENTS = "README.md"
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```\n?", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_EXCERPT = 160


@dataclass(frozen=True)
class Section:
    """A heading of a chapter and the text below it, down to the next heading.

    Attributes:
        chapter: the file's name, such as "training.md".
        level: 1 for the chapter's own heading.
        anchor: the heading's, "" for the chapter's own.
        title: the heading, without marks.
        text: Markdown, without the heading.
    """

    chapter: str
    level: int
    anchor: str
    title: str
    text: str

    @property
    def link(self) -> str:
        """Where it stands: "training.md#comparing"."""
        return f"{self.chapter}#{self.anchor}" if self.anchor else self.chapter


def anchor_of(title: str) -> str:
    """The anchor of a heading, as GitHub forms it."""
    # A combining mark, as in x̂, belongs to its letter.
    return re.sub(r"[^\w\-\u0300-\u036f ]", "", title).strip().lower().replace(" ", "-")


@lru_cache(maxsize=64)
def text_of(chapter: str) -> str:
    """The Markdown of a chapter, without comments.

    Raises:
        KeyError: if there is no such chapter.
    """
    path = GUIDE / chapter
    if path.parent != GUIDE or path.suffix != ".md" or not path.is_file():
        raise KeyError(chapter)
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def in_order() -> tuple[str, ...]:
    """The names of the chapters, the contents first, then as the contents lists them."""
    linked = (target for _, target in _LINK.findall(text_of(CONTENTS)))
    return (CONTENTS, *dict.fromkeys(name for name in linked if name.endswith(".md")))


def title_of(chapter: str) -> str:
    """The chapter's first heading."""
    return sections(chapter)[0].title


@lru_cache(maxsize=64)
def sections(chapter: str) -> tuple[Section, ...]:
    """The sections of a chapter in their order; the first is under the chapter's own heading."""
    text = text_of(chapter)
    # Lines that begin with # in a block of code are none.
    quiet = _FENCE.sub(lambda block: " " * len(block.group()), text)
    heads = list(_HEADING.finditer(quiet))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return tuple(
        Section(
            chapter,
            len(head.group(1)),
            anchor_of(head.group(2)) if len(head.group(1)) > 1 else "",
            plain(head.group(2)),
            text[head.end() : end].strip(),
        )
        for head, end in zip(heads, ends, strict=True)
    )


def section_at(link: str) -> Section | None:
    """The section that a link such as "training.md#comparing" leads to; None if there is none."""
    chapter, _, anchor = link.partition("#")
    if chapter not in in_order():
        return None
    return next((section for section in sections(chapter) if section.anchor == anchor), None)


def plain(markdown: str) -> str:
    """Markdown as plain text on one line: without code blocks, marks and the targets of links."""
    text = _LINK.sub(r"\1", _FENCE.sub(" ", markdown))
    text = re.sub(r"</?su[bp]>", "", text)
    # Rows of tables; elsewhere | is the one of q(z|x).
    text = re.sub(r"^\|.*$", lambda row: re.sub(r"\||:?-{3,}:?", " ", row.group()), text, flags=re.MULTILINE)
    text = re.sub(r"^(#+|>|- |\d+\. )", " ", text, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*`]+", "", text).split())


@dataclass(frozen=True)
class Found:
    """A section that a search found, and the words around the place."""

    section: Section
    excerpt: str


def search(query: str) -> tuple[Found, ...]:
    """The sections that contain every word of a query; those whose heading does come first."""
    words = query.lower().split()
    if not words:
        return ()
    found: list[tuple[int, Found]] = []
    for chapter in in_order():
        for section in sections(chapter):
            text = plain(section.text)
            whole = f"{section.title} {text}".lower()
            if all(word in whole for word in words):
                rank = 0 if all(word in section.title.lower() for word in words) else 1
                found.append((rank, Found(section, _excerpt(text, words))))
    return tuple(one for _, one in sorted(found, key=lambda one: one[0]))


def _excerpt(text: str, words: list[str]) -> str:
    """The text around the first of the words."""
    places = [place for word in words if (place := text.lower().find(word)) >= 0]
    start = max(0, min(places, default=0) - _EXCERPT // 3)
    start = text.rfind(" ", 0, start) + 1
    end = min(len(text), start + _EXCERPT)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
