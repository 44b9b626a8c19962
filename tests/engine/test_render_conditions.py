"""Every request of a conditional model is drawn under the condition that it carries."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import GridRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, LoadRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import (
    ConditionStripRequest,
    PointRequest,
    SheetRequest,
    TraversalRequest,
    TrayRequest,
    WalkRequest,
)
from latentlab.errors import LabError
from latentlab.models.cvae.model import CVAE, CVAEConfig
from tests.engine.conftest import replies
from tests.tiny import CONFIG, toy_set

EVEN, ODD = (1.0, 0.0), (0.0, 1.0)
Z = (0.5, -1.0)


def save_cvae(path: Path, *names: str, exclusive: bool = True, told: bool = False) -> Path:
    config = CVAEConfig(**vars(CONFIG), condition_names=names, exclusive=exclusive, condition_encoder=told)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = CVAE(config)
    return save_model(path, model, ModelCard("cvae", dataclasses.asdict(config)))


@pytest.fixture
def conditional(renderer: Renderer, tmp_path: Path) -> Renderer:
    """A renderer with a model of two classes open, whose encoder is told too."""
    path = save_cvae(tmp_path / "cvae.safetensors", "even", "odd", told=True)
    replies(renderer, LoadRequest(1, str(path), "toy"))
    return renderer


def expected(renderer: Renderer, z: tuple[float, ...], condition: tuple[float, ...]) -> np.ndarray:
    return renderer.decode(torch.tensor([z]), torch.tensor(condition))[0]


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one.astype(int) - other).max() <= 1)


def test_that_a_load_tells_the_condition_names(conditional: Renderer, tmp_path: Path) -> None:
    (loaded,) = replies(conditional, LoadRequest(2, str(tmp_path / "cvae.safetensors"), "toy"))
    assert (loaded.condition_names, loaded.exclusive) == (("even", "odd"), True)
    assert conditional.data is not None
    np.testing.assert_array_equal(loaded.told.argmax(1), conditional.data.labels.numpy())
    path = save_cvae(tmp_path / "hats.safetensors", "hat", exclusive=False)
    (loaded,) = replies(conditional, LoadRequest(3, str(path), "toy"))
    assert (loaded.condition_names, loaded.exclusive) == (("hat",), False)
    (loaded,) = replies(conditional, LoadRequest(4, str(tmp_path / "tiny.safetensors"), "toy"))
    assert loaded.condition_names == ()
    assert loaded.told is None


@pytest.mark.parametrize("condition", [EVEN, ODD])
def test_that_points_trays_walks_grids_and_traversals_are_under_their_condition(
    conditional: Renderer, condition: tuple[float, ...]
) -> None:
    (point,) = replies(conditional, PointRequest(1, Z, condition))
    assert np.array_equal(point.picture, expected(conditional, Z, condition))
    (tray,) = replies(conditional, TrayRequest(1, (Z,), condition))
    (walk,) = replies(conditional, WalkRequest(1, (Z, (0.0, 0.0)), steps=3, condition=condition))
    grid = replies(conditional, GridRequest(1, 3, 3, condition=condition))[-1]
    (strip,) = replies(conditional, TraversalRequest(1, Z, (0,), (-3.0, 0.5), condition))
    assert near(tray.pictures[0], point.picture)
    assert near(walk.pictures[0], point.picture)
    assert near(grid.mosaic[8:16, 8:16], expected(conditional, (0.0, 0.0), condition))
    assert near(strip.strip[:, 8:], point.picture)
    assert point.condition == tray.condition == walk.condition == grid.condition == condition


def test_that_no_condition_means_the_first_class(conditional: Renderer) -> None:
    (point,) = replies(conditional, PointRequest(1, Z))
    assert np.array_equal(point.picture, expected(conditional, Z, EVEN))
    assert not np.array_equal(point.picture, expected(conditional, Z, ODD))


def test_that_a_strip_shows_one_point_under_each_condition(conditional: Renderer) -> None:
    (reply,) = replies(conditional, ConditionStripRequest(4, (Z, Z), (ODD, EVEN)))
    assert (reply.generation, reply.points, reply.conditions) == (4, (Z, Z), (ODD, EVEN))
    for picture, condition in zip(reply.pictures, (ODD, EVEN), strict=True):
        assert near(picture, expected(conditional, Z, condition))
    (empty,) = replies(conditional, ConditionStripRequest(5, (), ()))
    assert empty.pictures == ()


def test_that_a_selected_picture_is_judged_as_what_it_is(conditional: Renderer) -> None:
    data, model = toy_set("test"), conditional.loaded.model
    for index, condition in ((4, EVEN), (5, ODD)):
        (card,) = replies(conditional, SelectionRequest(1, index, draws=2))
        with torch.no_grad():
            x = data.images[index : index + 1].float() / 255
            posterior = model.encode(x, torch.tensor(condition))
        assert card.mean == pytest.approx(posterior.mean[0].tolist())
        assert near(card.reconstruction, expected(conditional, card.mean, condition))
        assert card.condition == condition


def test_that_a_told_encoder_encodes_each_picture_as_what_it_is(conditional: Renderer) -> None:
    encodings = replies(conditional, EncodeRequest(1))[-1]
    for index in (4, 5):
        (card,) = replies(conditional, SelectionRequest(1, index, draws=0))
        assert encodings.mean[index].tolist() == pytest.approx(card.mean, abs=1e-5)


def test_that_data_without_classes_can_be_explored_where_the_encoder_is_not_told(
    conditional: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = dataclasses.replace(toy_set("test"), labels=None, classes=())
    monkeypatch.setitem(catalog.CATALOG, "bare", catalog.Entry("bare", "dots", lambda folder, split: bare))
    told = str(tmp_path / "cvae.safetensors")
    untold = str(save_cvae(tmp_path / "untold.safetensors", "even", "odd"))
    replies(conditional, LoadRequest(2, told, "bare"))
    with pytest.raises(LabError, match="needs the class of each picture, and toy has no classes"):
        replies(conditional, EncodeRequest(1))
    replies(conditional, LoadRequest(3, untold, "bare"))
    assert replies(conditional, EncodeRequest(1))[-1].done
    with pytest.raises(LabError, match="needs the class of each picture, and toy has no classes"):
        replies(conditional, SelectionRequest(1, 0))


def test_that_a_condition_of_another_length_is_told(conditional: Renderer) -> None:
    with pytest.raises(LabError, match="a condition of 3 numbers; the model has 2"):
        replies(conditional, PointRequest(1, Z, (1.0, 0.0, 0.0)))


def test_that_a_model_without_conditions_takes_no_notice_of_one(renderer: Renderer) -> None:
    (plain,), (told,) = (replies(renderer, PointRequest(1, Z, given)) for given in ((), ODD))
    assert np.array_equal(plain.picture, told.picture)


def test_that_each_row_of_a_sheet_is_under_what_its_picture_is_of(conditional: Renderer) -> None:
    data = catalog.load("toy", "test")
    numbers = (0, 0, 1, 5)
    points = tuple((0.1 * k, -0.2 * k) for k in range(len(numbers)))
    (reply,) = replies(conditional, SheetRequest(9, points, numbers))
    assert reply.points == points
    for number, z, picture in zip(numbers, points, reply.pictures, strict=True):
        told = (EVEN, ODD)[int(data.labels[number])]
        assert near(picture, expected(conditional, z, told))
    with pytest.raises(LabError, match="no such pictures"):
        replies(conditional, SheetRequest(10, points[:1], (10_000,)))
    with pytest.raises(LabError, match="4 points and 1 pictures"):
        replies(conditional, SheetRequest(11, points, (0,)))
