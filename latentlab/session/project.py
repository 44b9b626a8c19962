"""A project: everything that a person has arranged, as one frozen value, and as the JSON of a project file.

Read like a saved session: what is damaged, of a newer version or out of range makes the whole unusable, and
the reader says so.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field, replace
from typing import Any

from latentlab.engine.diffusion import recipes
from latentlab.engine.diffusion.recipes import Recipe
from latentlab.errors import LabError
from latentlab.session import bounds, saved
from latentlab.session.bounds import MAX_LETTERS
from latentlab.session.state import TRANSIENT, UNSAVED, SessionState
from latentlab.version import __version__

FORMAT, VERSION = "latentlab-project", 1
MAX_TAPES = 16
MAX_NOTES = 1_000_000
MAX_FILES = 256
_MAX_LAYOUTS, _MAX_LAYOUT_BYTES = 64, 2**18
# What of a session is not saved.
_USUAL: dict[str, Any] = {name: getattr(SessionState(), name) for name in TRANSIENT | UNSAVED}


@dataclass(frozen=True)
class ProjectFile:
    """A model or data set that a project uses.

    Attributes:
        named: what the session calls it: a name, a path, or a spec of data with an absolute path.
        relative: its path as seen from the project's folder, where it lies below that; else "".
        hash: of the model's file, or of the data's pixels; "" if unknown.
        size: the bytes of the model's file; 0 if unknown.
        packed: the member of the project file that holds it, "" if none does.
    """

    named: str
    relative: str = ""
    hash: str = ""
    size: int = 0
    packed: str = ""


@dataclass(frozen=True)
class Tapes:
    """The tapes of the diffusion model that was open: each is drawn again from its recipe."""

    model: str
    model_hash: str
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True)
class Project:
    """What a project file holds.

    Attributes:
        session: the state of the window, with its pictures named by their keys, and what waits for other
            models.
        models, data: the files that it uses, but not those that come with LatentLab.
        tapes: the tapes; None if there are none.
        layouts: how the panels stand, by workspace, as Qt writes it down.
        notes: a text of the person's own.
        program: the version of LatentLab that has written it.
        em: the hashes of mixtures whose EM is to be run again step by step, from the recipe in their files.
    """

    session: SessionState = field(default_factory=SessionState)
    models: tuple[ProjectFile, ...] = ()
    data: tuple[ProjectFile, ...] = ()
    tapes: Tapes | None = None
    layouts: tuple[tuple[str, bytes], ...] = ()
    notes: str = ""
    program: str = __version__
    em: tuple[str, ...] = ()


def same_work(one: Project, other: Project) -> bool:
    """Whether there is nothing to save in the one that is not in the other."""
    first, second = ((_work(each.session), each.tapes, each.notes, each.em) for each in (one, other))
    return first == second


def to_json(project: Project) -> str:
    """The text of a project file's document."""
    tapes = project.tapes
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": project.program,
        "session": json.loads(saved.to_text(project.session)),
        "models": [_file_fields(one) for one in project.models],
        "data": [_file_fields(one) for one in project.data],
        "tapes": tapes
        and {
            "model": tapes.model,
            "hash": tapes.model_hash,
            "recipes": [json.loads(recipes.as_json(one)) for one in tapes.recipes],
        },
        "em": list(project.em),
        "layouts": {name: base64.b64encode(content).decode("ascii") for name, content in project.layouts},
        "notes": project.notes,
    }
    return json.dumps(document, indent=1)


def from_json(text: str) -> Project:
    """The project in such a text.

    Raises:
        LabError: if it is damaged, no project, or of a newer version of LatentLab.
    """
    try:
        document = json.loads(text)
        if type(document) is not dict or document.get("format") != FORMAT:
            raise LabError("is no project of LatentLab")
        version, program = document["version"], _text(document.get("program", ""), 40)
        if type(version) is not int or version < 1:
            raise ValueError(f"version {version!r:.20}")
        if version > VERSION:
            raise LabError(
                f"was saved by a newer LatentLab ({program or 'of unknown version'}, project version "
                f"{version}); this is {__version__}, which reads up to version {VERSION}",
                hint="Update LatentLab to open it; the file was not changed",
            )
        session, over = bounds.within(saved.from_text(json.dumps(document["session"])))
        if over:
            raise LabError(f"holds {', '.join(over)}")
        tapes = document["tapes"]
        return Project(
            session=session,
            models=_files(document["models"]),
            data=_files(document["data"]),
            tapes=None if tapes is None else _tapes(tapes),
            layouts=_layouts(document["layouts"]),
            notes=_text(document["notes"], MAX_NOTES),
            program=program,
            em=_hashes(document.get("em", [])),
        )
    except LabError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise LabError(f"is damaged ({type(error).__name__}: {str(error)[:80]})") from None


def _work(session: SessionState) -> SessionState:
    """A session without what is not saved, and the numbers of pictures that are named by their keys."""
    session = replace(session, **_USUAL)
    if session.pictures is not None:
        session = replace(session, selected=None, group_a=(), group_b=(), hidden=frozenset())
    return replace(session, memories=tuple(map(_work, session.memories)))


def _file_fields(one: ProjectFile) -> dict[str, Any]:
    return {name: value for name, value in vars(one).items() if value or name == "named"}


def _files(values: Any) -> tuple[ProjectFile, ...]:
    if type(values) is not list or len(values) > MAX_FILES:
        raise ValueError("its files are not a list, or too many")
    return tuple(map(_file, values))


def _file(value: Any) -> ProjectFile:
    if type(value) is not dict:
        raise ValueError("a file is not described")
    texts = {name: _text(value.get(name, ""), MAX_LETTERS) for name in ("relative", "hash", "packed")}
    size = value.get("size", 0)
    if type(size) is not int or not 0 <= size < 2**63:
        raise ValueError("the size of a file is not a number")
    return ProjectFile(_text(value["named"], MAX_LETTERS), size=size, **texts)


def _tapes(value: dict[str, Any]) -> Tapes:
    if type(value["recipes"]) is not list or not 1 <= len(value["recipes"]) <= MAX_TAPES:
        raise ValueError("its tapes are not a list, or too many")
    read = tuple(recipes.from_json(json.dumps(one)) for one in value["recipes"])
    return Tapes(_text(value["model"], MAX_LETTERS), _text(value["hash"], MAX_LETTERS), read)


def _hashes(values: Any) -> tuple[str, ...]:
    if type(values) is not list or len(values) > MAX_TAPES:
        raise ValueError("its mixtures are not a list, or too many")
    return tuple(_text(one, MAX_LETTERS) for one in values)


def _layouts(values: Any) -> tuple[tuple[str, bytes], ...]:
    if type(values) is not dict or len(values) > _MAX_LAYOUTS:
        raise ValueError("its layouts are not a list, or too many")
    found = []
    for name, text in values.items():
        try:
            found.append((_text(name, 80), base64.b64decode(_text(text, _MAX_LAYOUT_BYTES), validate=True)))
        except binascii.Error as error:
            raise ValueError(f"a layout is damaged ({error})") from None
    return tuple(found)


def _text(value: Any, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise ValueError("a text is missing or too long")
    return value
