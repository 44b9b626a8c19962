"""The card of a project: what its model draws, model and data, when it was saved, what it holds."""

from __future__ import annotations

from latentlab.qt.shell.gallery.picture_card import CardText, PictureCard
from latentlab.qt.shell.gallery.reading import ProjectFacts


class ProjectCard(PictureCard):
    """`clicked` opens the project."""

    def __init__(self, facts: ProjectFacts, png: bytes, is_open: bool) -> None:
        super().__init__(_text(facts), png, is_open)
        self.facts = facts


def _text(facts: ProjectFacts) -> CardText:
    saved = f"Saved {facts.when:%Y-%m-%d %H:%M}"
    shows = " · ".join(filter(None, (facts.model, facts.data)))
    note = facts.notes.strip().partition("\n")[0]
    return CardText(
        title=facts.title,
        path=facts.path,
        first=shows,
        second=saved,
        third=note or facts.holds,
        tip=(shows, saved, facts.holds, note),
        menu="Show this project in its folder, or take it off this list.",
    )
