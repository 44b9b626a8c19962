"""What am I seeing? A few sentences on each view: `resources/guide/panels/<view>.md`.

A file begins with a heading; its last line is "More: " and a link to the chapter that tells the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from latentlab.guide.chapters import plain
from latentlab.shipped import GUIDE

FOLDER = GUIDE / "panels"
_NAME = re.compile(r"[a-z][a-z_0-9]*")
_MORE = re.compile(r"^More: \[([^\]]+)\]\(\.\./([^)\s]+)\)\.?$", re.MULTILINE)


@dataclass(frozen=True)
class About:
    """What a view shows.

    Attributes:
        view: its name, that of its folder.
        title: the heading.
        text: Markdown, without heading and last line.
        chapter: the link to its chapter, such as "training.md#comparing".
        chapter_title: the words of that link.
    """

    view: str
    title: str
    text: str
    chapter: str
    chapter_title: str


@lru_cache(maxsize=64)
def about(view: str) -> About | None:
    """What a view shows; None if nothing is written on it, as for a view from another package."""
    path = FOLDER / f"{view}.md"
    if not _NAME.fullmatch(view) or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    more = _MORE.search(rest)
    title, link = more.groups() if more else ("Contents", "README.md")
    # As seen from a chapter, one folder up.
    body = _MORE.sub("", rest).replace("](../", "](").strip()
    return About(view, plain(head), body, link, title)
