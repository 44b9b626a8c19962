"""What is read for the page of the gallery: models and recent projects, their pictures and notes.

Reads files: not for the window's thread. Torch-free.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from latentlab.engine.files.model_cards import ModelFacts, gallery_models
from latentlab.engine.files.model_hash import SUFFIX
from latentlab.engine.files.model_notes import read_drawn, read_note
from latentlab.errors import LabError
from latentlab.qt.clients.latest_task import Token
from latentlab.qt.controllers.project_work import parsed
from latentlab.session.known_data import title_of
from latentlab.session.project import Project


@dataclass(frozen=True)
class ProjectFacts:
    """A recent project.

    Attributes:
        path: its file.
        model, data: the names of what it shows.
        model_hash: of that model.
        when: it was saved.
        holds: what is arranged in it, in words.
        notes: the person's own text.
    """

    path: Path
    model: str
    data: str
    model_hash: str
    when: datetime
    holds: str
    notes: str

    @property
    def title(self) -> str:
        """Its name."""
        return self.path.stem


@dataclass(frozen=True)
class GalleryContents:
    """The models, the pictures (a PNG) and the note of each by its hash, and the recent projects."""

    models: tuple[ModelFacts, ...] = ()
    drawn: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    projects: tuple[ProjectFacts, ...] = ()


def read_contents(
    own: list[Path],
    elsewhere: tuple[str, ...],
    projects: tuple[str, ...],
    notes: Path,
    drawn: Path,
    token: Token,
) -> GalleryContents:
    """Everything that the page shows.

    Args:
        own: the models trained here.
        elsewhere: other models that were open, by path.
        projects: the recent ones, by path.
        notes, drawn: the folders of notes and pictures.
    """
    read: list[ModelFacts] = []
    for one in gallery_models(own, elsewhere):
        token.tick(len(read), 0)
        read.append(one)
    recent = tuple(read_projects(map(Path, projects)))
    hashes = {one.hash for one in read if one.hash}
    pictures = {
        hash_: read_drawn(drawn, hash_) for hash_ in hashes | {one.model_hash for one in recent} if hash_
    }
    said = {hash_: read_note(notes, hash_) for hash_ in hashes}
    return GalleryContents(
        tuple(read),
        {hash_: png for hash_, png in pictures.items() if png},
        {hash_: note for hash_, note in said.items() if note},
        recent,
    )


def read_projects(paths: Iterable[Path]) -> Iterator[ProjectFacts]:
    """What there is to say of these projects; those that are gone or cannot be read are left out."""
    for path in paths:
        with contextlib.suppress(OSError, LabError):
            project, when = parsed(path), datetime.fromtimestamp(path.stat().st_mtime)
            session = project.session
            yield ProjectFacts(
                path=path,
                model=Path(session.model).name.removesuffix(SUFFIX),
                data=title_of(session.data),
                model_hash=session.model_hash,
                when=when,
                holds=_holds(project),
                notes=project.notes,
            )


def drawn_of(folder: Path, hash_: str, token: Token) -> bytes:
    """The pictures of one model."""
    return read_drawn(folder, hash_)


def _holds(project: Project) -> str:
    """What is arranged in a project, as "3 pins, 1 tape and work with 2 more models"."""
    every = (project.session, *project.session.memories)
    counts = (
        (sum(len(one.pins) for one in every), "pin"),
        (len(project.tapes.recipes) if project.tapes else 0, "tape"),
        (len(project.session.memories), "more model"),
    )
    said = [f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in counts if count]
    return ", ".join(said)
