"""The models and data of a project are found again where they lie now, or are said to be missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from latentlab.data.spec import Spec
from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.files.model_hash import hash_of
from latentlab.engine.files.project_file import write_project
from latentlab.session.project import Project, ProjectFile, Tapes, to_json
from latentlab.session.project_places import described, found, to_pack
from latentlab.session.state import SessionState
from tests.tiny import save_tiny_model

OTHER = SessionState(model="mnist-vae-2d", model_hash="5149f044ed06", pins=((1.0, 1.0),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model, pictures, and a project that is to be saved beside them."""
    made = tmp_path / "work"
    (made / "cats").mkdir(parents=True)
    (made / "cats" / "1.png").write_bytes(b"a cat")
    save_tiny_model(made / "mine.safetensors")
    return made


def project_in(folder: Path) -> Project:
    model = str(folder / "mine.safetensors")
    session = SessionState(
        model=model,
        model_hash=hash_of(Path(model)),
        data=f"{folder / 'cats'}::side=8",
        memories=(OTHER, replace(OTHER, model="mine (training)", model_hash="0" * 12)),
    )
    return Project(session, tapes=Tapes(model, hash_of(Path(model)), (Recipe(),)))


def saved(project: Project, path: Path, pack: bool = False) -> Project:
    whole = described(project, path, {project.session.data: "test 0123"}, pack)
    write_project(path, to_json(whole), to_pack(whole))
    return whole


def test_that_what_lies_below_the_project_moves_with_it(folder: Path, tmp_path: Path) -> None:
    project = saved(project_in(folder), folder / "my.llab")
    (model,) = project.models
    assert (model.relative, model.hash) == ("mine.safetensors", project.session.model_hash)
    assert [(one.relative, one.hash) for one in project.data] == [("cats", "test 0123")]
    moved = folder.rename(tmp_path / "elsewhere")
    there = found(project, moved / "my.llab", (), tmp_path / "unpacked")
    assert (there.models, there.data) == ((), ())
    session = there.project.session
    assert (session.model, session.data) == (str(moved / "mine.safetensors"), f"{moved / 'cats'}::side=8")
    assert there.project.tapes.model == session.model
    assert session.memories == project.session.memories


def test_that_what_is_packed_in_is_there_when_nothing_else_is(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.llab"
    project = saved(project_in(folder), path, pack=True)
    content = (folder / "mine.safetensors").read_bytes()
    folder.rename(tmp_path / "away")
    there = found(project, path, (), tmp_path / "unpacked")
    assert (there.models, there.data) == ((), ())
    model, data = Path(there.project.session.model), Spec.parse(there.project.session.data)
    assert (model.read_bytes(), str(data.options)) == (content, "side=8")
    assert (Path(data.source) / "1.png").read_bytes() == b"a cat"
    # Packed again from where it was unpacked.
    again = saved(there.project, tmp_path / "again.llab", pack=True)
    assert [bool(one.packed) for one in (*again.models, *again.data)] == [True, True]


def test_that_a_model_is_found_by_its_hash_under_any_name_and_a_changed_one_is_better_than_none(
    folder: Path, tmp_path: Path
) -> None:
    path, mine = tmp_path / "my.llab", folder / "mine.safetensors"
    project = saved(project_in(folder), path)
    renamed = mine.rename(folder / "best.safetensors")
    assert [one.named for one in found(project, path, (), tmp_path).models] == [str(mine)]
    assert found(project, path, (folder,), tmp_path).project.session.model == str(renamed)
    # Another has been trained under its name: the one that is meant comes first.
    save_tiny_model(mine, seed=7)
    assert found(project, path, (folder,), tmp_path).project.session.model == str(renamed)
    renamed.unlink()
    assert found(project, path, (folder,), tmp_path).project.session.model == str(mine)


def test_that_what_is_missing_is_still_known_when_the_project_is_saved_again(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "my.llab"
    project = saved(project_in(folder), path)
    folder.rename(tmp_path / "away")
    there = found(project, path, (), tmp_path / "unpacked")
    assert [one.named for one in there.models] == [project.session.model]
    assert [one.named for one in there.data] == [project.session.data]
    again = saved(there.project, path)
    assert (again.models, again.data) == (project.models, project.data)


def test_that_a_path_that_leads_out_of_the_project_is_not_followed(folder: Path, tmp_path: Path) -> None:
    project = saved(project_in(folder), folder / "my.llab")
    for relative in ("../lab/cats", str(folder / "cats"), "/"):
        odd = replace(project, data=(ProjectFile("/gone", relative=relative),))
        assert [one.named for one in found(odd, folder / "my.llab", (), tmp_path).data] == ["/gone"]
