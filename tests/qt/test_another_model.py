"""A session that goes on with another model: what stays, and on which pictures it is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from latentlab.qt.app import _state_for, _tell_of_other_data
from latentlab.session.fitting import on_data
from latentlab.session.recent_data import RecentData
from latentlab.session.state import PictureKeys, SessionState
from latentlab.session.switching import for_model, on_its_data
from tests.tiny import save_tiny_cvae

BUSY = replace(SessionState(), probe=(1.0, 2.0), selected=5, group_a=(3,), data="mnist")


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(save_tiny_cvae(tmp_path / "mine.safetensors"))


@pytest.fixture
def beings(tmp_path: Path) -> str:
    (tmp_path / "beings").mkdir()
    return f"{tmp_path / 'beings'}::side=8"


def recent(*specs: str, shape: tuple[int, int, int] = (1, 8, 8)) -> tuple[RecentData, ...]:
    return tuple(RecentData(spec, shape) for spec in specs)


def test_that_a_model_is_opened_on_the_pictures_that_it_learnt_if_they_were_opened_lately(
    model: str, beings: str
) -> None:
    state = on_its_data(BUSY, model, recent("/far/dogs", beings))
    assert (state.model, state.data, state.probe) == (model, beings, (0.0, 0.0))
    # Numbers of other pictures.
    assert (state.selected, state.group_a) == (None, ())


def test_that_the_pictures_in_sight_stay_where_no_others_are_known_to_be_the_models(
    model: str, beings: str
) -> None:
    for others in (recent("/far/dogs"), recent("/gone/beings"), recent(beings, shape=(3, 8, 8))):
        assert on_its_data(BUSY, model, others).data == "mnist"
    here = replace(BUSY, data="/elsewhere/beings")
    assert on_its_data(here, model, recent(beings)).data == "/elsewhere/beings"


def test_that_a_folder_called_as_pictures_that_ship_is_not_taken_for_them(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    mine = recent(str(tmp_path / "faces"), shape=(3, 32, 32))
    assert on_its_data(BUSY, "faces-vae", mine).data == "mnist"


def test_that_the_pictures_named_with_a_model_are_those_that_it_is_opened_on(model: str) -> None:
    state = _state_for(BUSY, model, "/far/cats")
    assert (state.model, state.data, state.group_a) == (model, "/far/cats", ())
    # Beside a diffusion model they are for the page.
    assert _state_for(BUSY, "faces-ddpm", "/far/cats").data == "mnist"


def test_that_pictures_that_a_model_cannot_show_are_not_dropped_without_a_word() -> None:
    said: list[str] = []
    window = SimpleNamespace(bench=SimpleNamespace(messages=SimpleNamespace(say=said.append)))
    _tell_of_other_data(window, "faces", SimpleNamespace(model="faces-vae", data="faces"))
    assert said == []
    _tell_of_other_data(window, "mnist", SimpleNamespace(model="faces-vae", data="faces"))
    assert said == ["faces-vae is made for other pictures than mnist: it shows faces."]


def test_that_a_kept_session_selects_nothing_in_another_model() -> None:
    kept = replace(BUSY, pictures=PictureKeys(selected="a.png", group_a=("b.png",)))
    state = for_model(kept, "faces-vae")
    assert (state.selected, state.pictures) == (None, PictureKeys(group_a=("b.png",)))
    assert on_data(kept, "/far/cats").pictures is None
