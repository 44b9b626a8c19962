"""What is done with project files in the background: reading, finding what they name, writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from latentlab.engine.files.model_hash import find_model, hash_of
from latentlab.engine.files.project_file import read_document, write_project
from latentlab.errors import LabError
from latentlab.qt.controllers.project_copies import ProjectCopies, UnsavedCopy
from latentlab.session.project import Project, ProjectFile, from_json, to_json
from latentlab.session.project_places import Found, described, found, to_pack

# When a file was changed, and its size.
Stamp = tuple[int, int]


@dataclass(frozen=True)
class Opened:
    """A project that has been read: what it names and where that lies, and what was not saved of it."""

    path: Path
    found: Found
    copy: UnsavedCopy | None = None


def read(path: Path, folders: Iterable[Path], copies: ProjectCopies) -> Opened:
    """Reads a project, and finds its models and data.

    Raises:
        LabError: naming the file, if it is damaged, no project, or of a newer version.
    """
    folders = tuple(folders)
    project = parsed(path)
    copy = copies.find(path)
    if copy is not None:
        there = found(copy.project, path, folders, copies.unpacked).project
        copy = UnsavedCopy(there, copy.when)
    return Opened(path, found(project, path, folders, copies.unpacked), copy)


def parsed(path: Path) -> Project:
    """The project in a file, as it is written there.

    Raises:
        LabError: naming the file.
    """
    text = read_document(path)
    try:
        return from_json(text)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None


def stamp_of(path: Path) -> Stamp | None:
    """Tells one version of a file from another; None if there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


class Locked(Protocol):
    """A project that this window may write.

    Attributes:
        path: where to.
        stamp: of the file as this window knows it; None for one that it may replace.
    """

    path: Path
    stamp: Stamp | None


def write(lock: Locked, project: Project, hashes: Mapping[str, str], pack: bool) -> Project:
    """Writes a project; returns it as it was written.

    Raises:
        LabError: naming the file, if it cannot be written, or is not as it was known.
    """
    path, now = lock.path, stamp_of(lock.path)
    if lock.stamp is not None and now is not None and now != lock.stamp:
        raise LabError(
            "another program has changed it since it was opened", path, "Save the project under another name"
        )
    whole = described(project, path, hashes, pack)
    write_project(path, to_json(whole), to_pack(whole))
    lock.stamp = stamp_of(path)
    return whole


def find_others(folder: Path, missing: Iterable[ProjectFile]) -> dict[str, str]:
    """The missing models that lie in a folder: what they are called, and their paths."""
    places = {one.named: find_model(one.hash, one.size, (folder,)) for one in missing if one.hash}
    return {named: str(place) for named, place in places.items() if place is not None}


def is_it(path: Path, wanted: ProjectFile) -> bool:
    """Whether a file is the model that is missing, by its hash."""
    return not wanted.hash or hash_of(path) == wanted.hash
