"""What is not asked for is drawn as it occurs among real pictures, and the same for the same seed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.attributes.conditional_sampling import (
    ConditionFrequencies,
    conditions_as_asked,
    frequencies_of,
    is_settled,
)
from latentlab.engine.attributes.conditions import asked_of, condition_from, parse_condition
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.inference.sampling import decode_in_chunks, prior_points
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.points import SamplesRequest, WaysRequest
from latentlab.errors import LabError
from tests.engine.conftest import replies
from tests.tiny import beings, save_tiny_cvae, save_tiny_model, toy_set


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, read in (("beings", beings), ("toy", toy_set)):
        entry = catalog.Entry(name, "dots", lambda folder, split, read=read: read(split))
        monkeypatch.setitem(catalog.CATALOG, name, entry)


@pytest.fixture
def cvae(tmp_path: Path) -> LoadedModel:
    return load_model(save_tiny_cvae(tmp_path / "cvae.safetensors"))


@pytest.fixture
def classes(tmp_path: Path) -> LoadedModel:
    return load_model(
        save_tiny_cvae(tmp_path / "classes.safetensors", ("even", "odd"), exclusive=True, data="toy")
    )


def rows(y: torch.Tensor) -> set[tuple[float, ...]]:
    return {tuple(row) for row in y.tolist()}


def test_that_every_sample_is_as_asked_and_the_rest_as_some_real_picture_has_it(cvae: LoadedModel) -> None:
    told = conditions_as_asked(cvae.model, {"hat": 1.0}, 200, frequencies_of(cvae), seed=3)
    real = beings("train").attributes
    assert real is not None
    assert told.y.shape == (200, 3)
    assert rows(told.y) == rows(real[real[:, 0]].float())
    assert told.origin == "the others as in 32 of 64 real pictures of beings (train) that match"


def test_that_rows_are_drawn_as_often_as_they_occur(cvae: LoadedModel) -> None:
    told = conditions_as_asked(cvae.model, {}, 4000, frequencies_of(cvae), seed=0)
    assert told.y.mean(0).tolist() == pytest.approx([0.5, 0.5, 0.25], abs=0.03)
    assert told.origin == "each as one of 64 real pictures of beings (train)"


def test_that_the_same_seed_draws_the_same_and_another_others(cvae: LoadedModel) -> None:
    frequencies = frequencies_of(cvae)
    one, same, other = (
        conditions_as_asked(cvae.model, {"hat": 0.0}, 30, frequencies, seed).y for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_that_where_no_picture_agrees_each_is_drawn_alone(cvae: LoadedModel) -> None:
    told = conditions_as_asked(cvae.model, {"beard": 1.0, "smile": 1.0}, 500, frequencies_of(cvae))
    assert bool((told.y[:, 1:] == 1.0).all())
    assert float(told.y[:, 0].mean()) == pytest.approx(0.5, abs=0.1)
    assert told.origin.startswith("the others drawn independently")
    assert "no picture of beings (train) matches" in told.origin


def test_that_a_number_between_is_told_as_it_is_and_rules_no_row_out(cvae: LoadedModel) -> None:
    told = conditions_as_asked(cvae.model, {"hat": 0.3}, 50, frequencies_of(cvae))
    assert told.y[:, 0].tolist() == pytest.approx([0.3] * 50)
    assert "64 of 64" in told.origin


def test_that_nothing_is_left_to_chance_where_all_is_asked(cvae: LoadedModel, classes: LoadedModel) -> None:
    asked = {"smile": 1.0, "hat": 0.0, "beard": 1.0}
    assert is_settled(cvae.model, asked)
    assert not is_settled(cvae.model, {"hat": 1.0})
    told = conditions_as_asked(cvae.model, asked, 4, None)
    assert (told.y.tolist(), told.origin) == ([[0.0, 1.0, 1.0]] * 4, "")
    told = conditions_as_asked(classes.model, {"odd": 1.0}, 2, None)
    assert (told.y.tolist(), told.origin) == ([[0.0, 1.0]] * 2, "")


def test_that_classes_that_are_not_asked_for_occur_as_in_the_data(classes: LoadedModel) -> None:
    told = conditions_as_asked(classes.model, {}, 400, frequencies_of(classes))
    assert rows(told.y) == {(1.0, 0.0), (0.0, 1.0)}
    alone = ConditionFrequencies(None, torch.tensor([0.0, 1.0]), "elsewhere")
    assert rows(conditions_as_asked(classes.model, {}, 20, alone).y) == {(0.0, 1.0)}


@pytest.mark.parametrize("known", [{"hat": 1.0, "beard": 0.0, "smile": 0.5}, None])
def test_that_without_the_data_the_models_file_says_how_often(cvae: LoadedModel, known) -> None:
    data = {"name": "elsewhere"} if known is None else {"name": "elsewhere", "attributes": known}
    away = dataclasses.replace(cvae, card=dataclasses.replace(cvae.card, data=data))
    frequencies = frequencies_of(away)
    assert frequencies.rows is None
    assert frequencies.shares.tolist() == ([0.5] * 3 if known is None else [1.0, 0.0, 0.5])
    y = conditions_as_asked(away.model, {"smile": 0.0}, 300, frequencies).y
    assert y[:, 2].unique().tolist() == [0.0]
    assert float(y[:, 0].mean()) == pytest.approx(0.5 if known is None else 1.0, abs=0.1)


def test_that_named_data_that_know_nothing_of_it_are_refused(cvae: LoadedModel) -> None:
    with pytest.raises(LabError, match="toy has none"):
        frequencies_of(cvae, "toy")
    with pytest.raises(LabError, match="no data set is called 'nowhere'"):
        frequencies_of(cvae, "nowhere")


def test_that_words_ask_by_name(cvae: LoadedModel, classes: LoadedModel) -> None:
    assert asked_of(cvae.model, "hat=1, smile = 0 ,beard=0.5") == {"hat": 1.0, "smile": 0.0, "beard": 0.5}
    assert asked_of(cvae.model, "hat,hat=1") == {"hat": 1.0}
    assert asked_of(classes.model, "odd") == {"odd": 1.0}
    assert parse_condition(cvae.model, "beard").tolist() == [0.0, 1.0, 0.0]
    assert condition_from(cvae.model, {"hat": 0.0}, torch.ones(3)).tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wings=1", "no condition is called 'wings'. Known: hat, beard, smile"),
        ("hat=2", "hat is '2', expected a number from 0 to 1"),
        ("hat=-0.1", "expected a number from 0 to 1"),
        ("hat=nan", "expected a number from 0 to 1"),
        ("hat=yes", "expected a number from 0 to 1"),
        ("hat=", "hat is '', expected a number from 0 to 1"),
        ("hat=1,hat=0", "hat cannot be both 1 and 0"),
        ("", "no condition is called ''"),
    ],
)
def test_that_words_that_cannot_be_met_are_refused(cvae: LoadedModel, text: str, reason: str) -> None:
    with pytest.raises(LabError) as caught:
        asked_of(cvae.model, text)
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["even,odd", "even=0", "even=0.5"])
def test_that_a_picture_has_one_class(classes: LoadedModel, text: str) -> None:
    with pytest.raises(LabError, match=r"a picture has one|expected 0 or 1"):
        asked_of(classes.model, text)


def test_that_a_model_without_conditions_cannot_be_asked(tmp_path: Path) -> None:
    plain = load_model(save_tiny_model(tmp_path / "plain.safetensors"))
    with pytest.raises(LabError, match="the model is not conditional"):
        asked_of(plain.model, "hat")
    with pytest.raises(LabError, match="the model is not conditional"):
        conditions_as_asked(plain.model, {"hat": 1.0}, 1, None)


def test_that_each_point_may_be_told_its_own(cvae: LoadedModel) -> None:
    z, y = prior_points(5, 2, 0), torch.rand(5, 3)
    together = torch.cat(list(decode_in_chunks(cvae.model, z, y=y, chunk=2)))
    alone = [next(decode_in_chunks(cvae.model, z[n : n + 1], y=y[n])) for n in range(5)]
    assert torch.allclose(together, torch.cat(alone), atol=1e-6)


# The same in the window's renderer


@pytest.fixture
def opened(tmp_path: Path) -> Renderer:
    made = Renderer()
    replies(made, LoadRequest(0, str(save_tiny_cvae(tmp_path / "cvae.safetensors")), "beings"))
    return made


def test_that_a_window_draws_what_the_command_line_draws(opened: Renderer, cvae: LoadedModel) -> None:
    (reply,) = replies(opened, SamplesRequest(3, (("hat", 1.0),), 12, 5, "beings"))
    told = conditions_as_asked(cvae.model, {"hat": 1.0}, 12, frequencies_of(cvae), 5)
    z = prior_points(12, 2, 5)
    assert (reply.generation, reply.seed, reply.asked) == (3, 5, (("hat", 1.0),))
    assert reply.conditions == tuple(tuple(row) for row in told.y.tolist())
    assert reply.points == tuple(tuple(row) for row in z.tolist())
    assert reply.origin == told.origin
    for picture, point, condition in zip(reply.pictures, z, told.y, strict=True):
        wanted = opened.decode(point[None], condition)[0]
        assert np.abs(picture.astype(int) - wanted).max() <= 1


def test_that_long_draws_let_others_go_first(opened: Renderer) -> None:
    pieces = list(opened.serve(SamplesRequest(1, (), 40, 0, "beings")))
    assert pieces.count(None) >= 5
    assert pieces[-1] is not None


def test_that_data_in_sight_serve_where_those_of_the_training_are_not_at_hand(tmp_path: Path) -> None:
    renderer = Renderer()
    path = save_tiny_cvae(tmp_path / "cvae.safetensors", data="elsewhere")
    replies(renderer, LoadRequest(0, str(path), "beings"))
    (reply,) = replies(renderer, SamplesRequest(1, (("hat", 1.0),), 3, 0, "beings"))
    assert "beings (train) that match" in reply.origin


def test_that_a_model_that_is_told_nothing_can_be_drawn_from_too(tmp_path: Path) -> None:
    renderer = Renderer()
    replies(renderer, LoadRequest(0, str(save_tiny_model(tmp_path / "plain.safetensors")), "toy"))
    (reply,) = replies(renderer, SamplesRequest(1, (), 3, 0, "toy"))
    assert (reply.conditions, reply.origin, len(reply.pictures)) == ((), "", 3)


def test_that_a_strip_of_ways_has_each_point_under_its_own_condition(opened: Renderer) -> None:
    points = tuple((0.1 * n, -0.2 * n) for n in range(70))
    conditions = tuple((float(n % 2), 0.5, 0.0) for n in range(70))
    *pauses, reply = list(opened.serve(WaysRequest(2, points, conditions)))
    assert len(pauses) >= 2
    assert (reply.points, reply.conditions) == (points, conditions)
    for picture, z, told in zip(reply.pictures, points, conditions, strict=True):
        wanted = opened.decode(torch.tensor([z]), torch.tensor(told))[0]
        assert np.abs(picture.astype(int) - wanted).max() <= 1
    with pytest.raises(LabError, match="2 points and 1 conditions"):
        replies(opened, WaysRequest(3, points[:2], conditions[:1]))
    with pytest.raises(LabError, match="a point of 3 numbers"):
        replies(opened, WaysRequest(4, ((0.0, 0.0, 0.0),), conditions[:1]))


def test_that_an_unknown_name_is_refused(opened: Renderer) -> None:
    with pytest.raises(LabError, match="no condition is called 'wings'"):
        replies(opened, SamplesRequest(1, (("wings", 1.0),), 3, 0, "beings"))
