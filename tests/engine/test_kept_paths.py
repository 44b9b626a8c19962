"""What is written down leads to the same file from any folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab.engine.files.kept_paths import found_data, kept_data, kept_model, seen_from


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    (folder / "cats").mkdir(parents=True)
    (folder / "m.safetensors").touch()
    (folder / "mnist").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ("mnist", "mnist"),
        ("faces::side=16", "faces::side=16"),
        ("cats", "{here}/cats"),
        ("./cats::side=16,fit=pad", "{here}/cats::side=16,fit=pad"),
        ("./mnist", "{here}/mnist"),
        ("/gone/cats", "/gone/cats"),
        ("no such data", "no such data"),
        ("", ""),
    ],
)
def test_that_data_are_written_down_from_the_root_on_and_names_as_they_are(here: Path, spec: str, kept: str):
    assert kept_data(spec) == kept.format(here=here)


def test_that_a_models_path_is_written_down_from_the_root_on_and_a_name_as_it_is(here: Path):
    assert kept_model("m.safetensors") == str(here / "m.safetensors")
    assert kept_model("mnist-vae-2d") == "mnist-vae-2d"
    assert kept_model("gone.safetensors") == "gone.safetensors"


def test_that_data_are_looked_for_where_they_were_then_where_the_file_saw_them(here: Path, tmp_path: Path):
    spec = kept_data("cats::side=16")
    seen = seen_from(here / "runs", spec)
    assert seen == "../cats"
    assert found_data(spec, here / "runs", seen) == spec
    moved = here.rename(tmp_path / "moved")
    assert found_data(spec, moved / "runs", "../cats") == spec, "runs/ itself is not there"
    (moved / "runs").mkdir()
    assert found_data(spec, moved / "runs", "../cats") == f"{moved / 'cats'}::side=16"
    assert seen_from(moved, "mnist") == ""
    assert found_data("mnist", moved) == "mnist"


def test_that_a_relative_path_is_looked_for_beside_its_file_and_then_in_the_working_folder(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert found_data("cats", tmp_path) == str(here / "cats")
    (tmp_path / "cats").mkdir()
    assert found_data("cats", tmp_path) == str(tmp_path / "cats")
    monkeypatch.chdir("/")
    assert found_data("dogs", tmp_path) == "dogs"
