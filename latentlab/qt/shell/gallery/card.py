"""The card of a model: what it draws, name, kind, data, size, figure, and what to try."""

from __future__ import annotations

from latentlab.engine.files.model_cards import ModelFacts, matches
from latentlab.qt.shell.gallery.picture_card import CardText, PictureCard


class Card(PictureCard):
    """`clicked` opens the model."""

    def __init__(self, facts: ModelFacts, png: bytes, note: str, is_open: bool) -> None:
        super().__init__(_text(facts, note), png, is_open)
        self.facts, self.note = facts, note

    def matches(self, query: str) -> bool:
        """Whether each word of a query occurs in what is known of the model."""
        return matches(self.facts, query, self.note)


def _text(facts: ModelFacts, note: str) -> CardText:
    first = " · ".join(filter(None, (facts.in_short, facts.data, _bytes(facts.size))))
    learnt = f"Learnt from {facts.learnt:,} pictures" if facts.learnt else ""
    return CardText(
        title=facts.title,
        path=facts.path,
        first=first,
        second=facts.figure,
        third=note.strip().partition("\n")[0] or facts.to_try,
        tip=(first, learnt, facts.figure, facts.to_try, note),
        menu="Rename, duplicate, notes and more.",
    )


def _bytes(size: int) -> str:
    """A size such as "4.5 MB"; "" for 0."""
    if not size:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
