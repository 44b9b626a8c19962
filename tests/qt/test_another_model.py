"""A session that goes on with another model: what stays, and on which pictures it is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from latentlab.qt.another_model import on_its_data
from latentlab.qt.app import _state_for
from latentlab.qt.recent_data import RecentData
from latentlab.session.state import SessionState
from tests.tiny import save_tiny_cvae

RECENT = (RecentData("/far/dogs", (1, 8, 8)), RecentData("/far/beings::side=8", (1, 8, 8)))
BUSY = replace(SessionState(), probe=(1.0, 2.0), group_a=(3,), data="mnist")


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(save_tiny_cvae(tmp_path / "mine.safetensors"))


def test_that_a_model_is_opened_on_the_pictures_that_it_learnt_if_they_were_opened_lately(model: str) -> None:
    state = on_its_data(BUSY, model, RECENT)
    assert (state.model, state.data, state.probe) == (model, "/far/beings::side=8", (0.0, 0.0))
    # Numbers of other pictures.
    assert state.group_a == ()


def test_that_the_pictures_in_sight_stay_where_no_others_are_known_to_be_the_models(model: str) -> None:
    assert on_its_data(BUSY, model, RECENT[:1]).data == "mnist"
    assert on_its_data(BUSY, "mnist-ae-2d", RECENT).data == "mnist"
    here = replace(BUSY, data="/elsewhere/beings")
    assert on_its_data(here, model, RECENT).data == "/elsewhere/beings"


def test_that_the_pictures_named_with_a_model_are_those_that_it_is_opened_on(model: str) -> None:
    state = _state_for(BUSY, model, "/far/cats", RECENT)
    assert (state.model, state.data, state.group_a) == (model, "/far/cats", ())
    # Beside a diffusion model they are for the page.
    assert _state_for(BUSY, "faces-ddpm", "/far/cats", RECENT).data == "mnist"
