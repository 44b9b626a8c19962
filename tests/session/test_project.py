"""A project comes back from its file as it was, or is refused with a reason."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.files.project_file import read_document, write_project
from latentlab.errors import LabError
from latentlab.session.project import VERSION, Project, ProjectFile, Tapes, from_json, same_work, to_json
from latentlab.session.state import PictureKeys, SessionState
from tests.engine.test_recipes import RECIPES
from tests.session.test_saved import JSON, STATE, WORDS

FILE = st.builds(ProjectFile, WORDS.map("x".__add__), WORDS, WORDS, st.integers(0, 2**40), WORDS)
FILES = st.lists(FILE, max_size=3).map(tuple)
PROJECT = st.builds(
    Project,
    STATE,
    FILES,
    FILES,
    st.none() | st.builds(Tapes, WORDS, WORDS, st.lists(RECIPES, min_size=1, max_size=3).map(tuple)),
    st.dictionaries(WORDS, st.binary(max_size=40), max_size=3).map(lambda found: tuple(found.items())),
    st.text(max_size=40),
    em=st.lists(WORDS, max_size=3).map(tuple),
)


@given(PROJECT)
def test_that_a_project_comes_back_as_it_was(project: Project) -> None:
    assert from_json(to_json(project)) == project
    assert same_work(project, from_json(to_json(project)))


@given(PROJECT)
def test_that_it_comes_back_from_its_file_and_that_the_same_makes_the_same_bytes(project: Project) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, again = Path(folder, "a.llab"), Path(folder, "b.llab")
        write_project(path, to_json(project))
        write_project(again, to_json(from_json(read_document(path))))
        assert path.read_bytes() == again.read_bytes()


@given(JSON)
def test_that_any_other_json_is_refused_by_a_lab_error_alone(value: Any) -> None:
    for text in (
        json.dumps(value),
        json.dumps({"format": "latentlab-project", "version": 1, "session": value}),
    ):
        with pytest.raises(LabError):
            from_json(text)


@given(st.sampled_from(sorted(json.loads(to_json(Project())))), JSON)
def test_that_any_part_of_any_kind_is_taken_or_refused_by_a_lab_error(name: str, value: Any) -> None:
    document = json.loads(to_json(Project()))
    try:
        project = from_json(json.dumps({**document, name: value}))
    except LabError:
        return
    assert from_json(to_json(project)) == project


def test_that_a_project_from_before_tapes_of_em_opens() -> None:
    document = json.loads(to_json(Project()))
    del document["em"]
    assert from_json(json.dumps(document)) == Project()


def test_that_a_newer_project_is_refused_and_what_helps_is_said() -> None:
    document = {**json.loads(to_json(Project())), "version": VERSION + 1, "program": "9.1", "tapes": "of 9.1"}
    with pytest.raises(LabError, match=r"saved by a newer LatentLab \(9\.1.*Update LatentLab"):
        from_json(json.dumps(document))


def test_that_only_what_a_person_has_arranged_counts_as_work() -> None:
    keyed = SessionState(selected=3, group_a=(1,), pictures=PictureKeys("a", ("b",)))
    one = Project(keyed)
    # The same pictures have other numbers since some were added to the folder.
    assert same_work(one, replace(one, session=replace(keyed, selected=7, group_a=(4,))))
    assert same_work(one, replace(one, layouts=(("window", b"wider"),)))
    for other in (
        replace(one, session=replace(keyed, pins=((1.0, 1.0),))),
        replace(one, session=replace(keyed, pictures=PictureKeys("c", ("b",)))),
        replace(one, notes="Try beta = 4."),
        replace(one, em=("0123456789ab",)),
    ):
        assert not same_work(one, other)
