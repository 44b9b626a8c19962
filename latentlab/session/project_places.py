"""The models and data of a project: which they are, where they lie, and where they are found again.

A model is known by its hash, wherever it has been moved to. Data are looked for where they were, as seen from
the project and on this machine; both may be packed into the project file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.engine.files.model_hash import find_model, hash_of, size_of
from latentlab.engine.files.project_file import unpack
from latentlab.errors import LabError
from latentlab.session.memories import lasting
from latentlab.session.project import Project, ProjectFile
from latentlab.session.state import SessionState
from latentlab.shipped import model_files


@dataclass(frozen=True)
class Found:
    """A project whose files have been looked for: `project` names them as they lie here.

    Those that are missing are named as they were.
    """

    project: Project
    models: tuple[ProjectFile, ...] = ()
    data: tuple[ProjectFile, ...] = ()


def described(project: Project, path: Path, hashes: Mapping[str, str], pack: bool = False) -> Project:
    """The project as it is saved at `path`: with all files that it uses. Hashes them, which may take a while.

    Args:
        path: where it is saved.
        hashes: of data that have been open, by their specs.
        pack: whether its files are to be packed in.
    """
    session = lasting(project.session)
    known = {one.model: one.model_hash for one in (*session.memories, session)}
    if project.tapes is not None:
        known[project.tapes.model] = project.tapes.model_hash
    older = {one.named: one for one in (*project.models, *project.data)}
    models, data = [], []
    for number, (model, model_hash) in enumerate(sorted(known.items())):
        file, before = Path(model), older.get(model, ProjectFile(model))
        if model in model_files() or not file.is_absolute():
            continue
        size = size_of(file)
        packed = f"models/{number}/{file.name}" if pack and size else ""
        if not size:  # it is missing, and is known by what the project said of it
            models.append(replace(before, packed=""))
            continue
        models.append(ProjectFile(model, _seen(file, path), model_hash or hash_of(file), size, packed))
    for number, spec in enumerate(sorted({one.data for one in (*session.memories, session)})):
        source = _source(spec)
        if source is None:
            continue
        packed = f"data/{number}/{source.name}" if pack and source.exists() else ""
        known_hash = hashes.get(spec, older.get(spec, ProjectFile(spec)).hash)
        data.append(ProjectFile(spec, _seen(source, path), known_hash, 0, packed))
    return replace(project, session=session, models=tuple(models), data=tuple(data))


def to_pack(project: Project) -> dict[str, Path]:
    """What is to be packed in, by the name of the member."""
    models = {one.packed: Path(one.named) for one in project.models if one.packed}
    return models | {one.packed: Path(Spec.parse(one.named).source) for one in project.data if one.packed}


def found(project: Project, path: Path, folders: Iterable[Path], unpacked: Path) -> Found:
    """Looks for the files of a project that lies at `path`.

    Args:
        folders: where models may lie that have been moved.
        unpacked: the folder for what is packed in.

    Raises:
        LabError: if what is packed in cannot be unpacked.
    """
    folders = [path.parent, *folders]
    models, data = {}, {}
    for one in project.models:
        model = _model(one, path, folders, unpacked)
        if model is not None:
            models[one.named] = str(model)
            folders.append(model.parent)
    for one in project.data:
        source = _data(one, path, unpacked)
        if source is not None:
            data[one.named] = str(replace(Spec.parse(one.named), source=str(source)))
    return Found(
        renamed(project, models, data),
        tuple(one for one in project.models if one.named not in models),
        tuple(one for one in project.data if one.named not in data),
    )


def renamed(project: Project, models: Mapping[str, str], data: Mapping[str, str]) -> Project:
    """The project with other names for its models and data."""

    def state(one: SessionState) -> SessionState:
        model, spec = models.get(one.model, one.model), data.get(one.data, one.data)
        return replace(one, model=model, data=spec, memories=tuple(map(state, one.memories)))

    def files(those: tuple[ProjectFile, ...], names: Mapping[str, str]) -> tuple[ProjectFile, ...]:
        return tuple(replace(one, named=names.get(one.named, one.named)) for one in those)

    tapes = project.tapes
    return replace(
        project,
        session=state(project.session),
        models=files(project.models, models),
        data=files(project.data, data),
        tapes=tapes and replace(tapes, model=models.get(tapes.model, tapes.model)),
    )


def _model(one: ProjectFile, path: Path, folders: Iterable[Path], unpacked: Path) -> Path | None:
    places = [*_below(one, path), Path(one.named)]
    there = [place for place in places if size_of(place)]
    same = (place for place in there if not one.hash or hash_of(place) == one.hash)
    tries: tuple[Callable[[], Path | None], ...] = (
        lambda: next(same, None),
        lambda: unpack(path, one.packed, unpacked) if one.packed else None,
        lambda: find_model(one.hash, one.size, folders) if one.hash else None,
        # Its file has changed since; the session says so.
        lambda: there[0] if there else None,
    )
    return next((place for place in (attempt() for attempt in tries) if place is not None), None)


def _data(one: ProjectFile, path: Path, unpacked: Path) -> Path | None:
    try:
        source = Path(Spec.parse(one.named).source)
    except LabError:
        return None
    for place in (*_below(one, path), source):
        if _is_there(place):
            return place
    return unpack(path, one.packed, unpacked) if one.packed else None


def _below(one: ProjectFile, path: Path) -> tuple[Path, ...]:
    """The place below the project's folder, if it is one."""
    relative = Path(one.relative)
    if not one.relative or relative.is_absolute() or ".." in relative.parts:
        return ()
    return (path.absolute().parent / relative,)


def _seen(file: Path, path: Path) -> str:
    """The path of a file below the folder of the project; "" if it lies elsewhere."""
    folder = path.absolute().parent
    try:
        return file.relative_to(folder).as_posix()
    except ValueError:
        pass
    try:  # the same through a link
        return Path(os.path.realpath(file)).relative_to(os.path.realpath(folder)).as_posix()
    except (ValueError, OSError):
        return ""


def _source(spec: str) -> Path | None:
    """Where data lie; None for those of the catalog."""
    try:
        source = Spec.parse(spec).source
    except LabError:
        return None
    return Path(source) if source not in SHIPPED_SETS and Path(source).is_absolute() else None


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):
        return False
