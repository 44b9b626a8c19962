"""What a conditional model is told of each picture, and data that cannot tell it."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import (
    as_text,
    conditions_of,
    encoder_is_conditional,
    known_to,
    packed_conditions,
    parse_condition,
    require_known,
)
from latentlab.engine.evaluation.elbo import evaluate
from latentlab.errors import LabError
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.vae.model import VAE
from tests.tiny import CONFIG, toy_set


def cvae(*names: str, exclusive: bool = True, told: bool = False) -> CVAE:
    return CVAE(
        CVAEConfig(**vars(CONFIG), condition_names=names, exclusive=exclusive, condition_encoder=told)
    )


def with_attributes() -> ImageSet:
    bits = torch.tensor([[True, False], [False, True], [True, True]])
    return dataclasses.replace(toy_set("test", 3), attributes=bits, attribute_names=("hat", "glasses"))


def test_that_a_model_without_conditions_is_told_nothing() -> None:
    assert conditions_of(VAE(CONFIG), toy_set("test")) is None
    assert not encoder_is_conditional(VAE(CONFIG))


def test_that_classes_become_one_hot_rows_by_their_names() -> None:
    y = conditions_of(cvae("odd", "other", "even"), toy_set("test", 3))
    assert y is not None
    assert y.dtype == torch.float32
    assert y.tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1]]


def test_that_attributes_become_columns_by_their_names() -> None:
    y = conditions_of(cvae("glasses", "hat", exclusive=False), with_attributes())
    assert y is not None
    assert y.dtype == torch.float32
    assert y.tolist() == [[0, 1], [1, 0], [1, 1]]


def test_that_only_a_conditioned_encoder_is_told() -> None:
    assert encoder_is_conditional(cvae("even", "odd", told=True))
    assert not encoder_is_conditional(cvae("even", "odd"))


@pytest.mark.parametrize(
    ("model", "data", "reason"),
    [
        (cvae("even", "odd"), dataclasses.replace(toy_set("test"), labels=None), "toy has no classes"),
        (cvae("even", "prime"), toy_set("test"), "has the class 'odd'; the model knows even, prime"),
        (cvae("hat", exclusive=False), toy_set("test"), "attributes of each picture, and toy has none"),
        (cvae("hat", "smile", exclusive=False), with_attributes(), "attribute 'smile'; it knows hat, gla"),
    ],
    ids=["no classes", "another class", "no attributes", "another attribute"],
)
def test_that_data_that_cannot_tell_are_refused_by_name(model: CVAE, data: ImageSet, reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        conditions_of(model, data)


def test_that_of_a_picture_without_a_class_nothing_is_told_and_nothing_is_learnt() -> None:
    model, data = (
        cvae("odd", "even"),
        dataclasses.replace(toy_set("test", 3), labels=torch.tensor([0, -1, 1])),
    )
    told = conditions_of(model, data)
    assert told is not None
    assert told.tolist() == [[0, 1], [0, 0], [1, 0]]
    known = known_to(model, data)
    assert list(known.keys.names) == ["test/00000", "test/00002"]
    assert torch.equal(known.images, data.images[[0, 2]])
    assert known_to(VAE(CONFIG), data) is data


def test_that_pictures_of_which_nothing_is_known_are_no_use_to_who_is_told_and_said_to_be_none() -> None:
    data = dataclasses.replace(toy_set("test", 3), labels=torch.tensor([-1, -1, -1]))
    with pytest.raises(LabError, match=r"no picture of toy \(test\) has the class or all attributes that"):
        require_known(cvae("odd", "even"), data)
    with pytest.raises(LabError, match="no picture of toy"):
        evaluate(cvae("odd", "even"), data, samples=1, elbo_draws=1)
    assert require_known(VAE(CONFIG), data) is data


def test_that_an_unknown_attribute_is_told_as_often_as_it_is_there() -> None:
    data = dataclasses.replace(
        with_attributes(),
        attributes=torch.tensor([[True, False], [True, True], [False, True]]),
        attributes_known=torch.tensor([[True, False], [True, True], [True, True]]),
    )
    model = cvae("glasses", "hat", exclusive=False)
    told = conditions_of(model, data)
    assert told is not None
    assert told.tolist() == [[1.0, 1], [1, 1], [1, 0]]
    assert len(known_to(model, data)) == 2
    assert len(known_to(cvae("hat", exclusive=False), data)) == 3


@pytest.mark.parametrize(
    ("model", "y", "text"),
    [
        (cvae("odd", "even"), [0.0, 1.0], "even"),
        (cvae("hat", "glasses", exclusive=False), [1.0, 0.25], "hat=1,glasses=0.25"),
        (VAE(CONFIG), [1.0], ""),
    ],
    ids=["a class", "attributes", "nothing"],
)
def test_that_a_condition_is_written_as_it_is_read(model, y: list[float], text: str) -> None:
    assert as_text(model, torch.tensor(y)) == text
    if text:
        assert parse_condition(model, text).tolist() == y


def test_that_a_thousand_classes_are_held_as_numbers_and_told_one_hot() -> None:
    names = tuple(map(str, range(1000)))
    labels = torch.tensor([999, -1, 0, 500])
    data = ImageSet("many", "train", torch.zeros(4, 1, 8, 8, dtype=torch.uint8), labels, names)
    told = packed_conditions(cvae(*names, exclusive=True), data)
    assert told.columns.tolist() == [999, -1, 0, 500]
    assert told.rows is None
    rows = told.at(torch.tensor([0, 1, 3]))
    assert rows.shape == (3, 1000)
    assert rows.argmax(1).tolist() == [999, 0, 500]
    assert rows.sum(1).tolist() == [1.0, 0.0, 1.0]
    assert told.those(torch.tensor([2])).at(slice(None)).argmax(1).tolist() == [0]
