"""Directions of a model: found in one split, judged on the other, added to points by name."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from latentlab.commands import attribute_arguments
from latentlab.core import directions as core
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.directions import Directions, Trust, shift
from latentlab.engine.attributes.finding import data_of, directions_of, find_directions
from latentlab.engine.attributes.known_attributes import METHODS
from latentlab.engine.attributes.trust import FOUND, STEERED
from latentlab.engine.files.checkpoint import load_model
from latentlab.errors import LabError
from latentlab.models.cvae.model import CVAE, CVAEConfig
from tests.conftest import make_vae
from tests.tiny import CONFIG, save_tiny_model, toy_set

SURE = Trust(1.0, 3.0, 5, 5)


def set_of(split: str, count: int = 80) -> ImageSet:
    """Pictures of noise, brighter where "Bright" and in their left half where "Left"; "Coin" is chance."""
    data = toy_set(split, count)
    draw = torch.Generator().manual_seed(len(split))
    told = torch.rand(count, 3, generator=draw) < 0.5
    images = data.images // 3
    images[told[:, 0]] += 80
    images[told[:, 1], :, :, :4] += 80
    return ImageSet("toy", split, images, None, (), told, ("Bright", "Left", "Coin"))


TRAIN, TEST = set_of("train"), set_of("test", 60)


def made(names: tuple[str, ...] = ("Hat", "Smiling"), latents: int = 3, **others: object) -> Directions:
    count = len(names)
    vectors = np.arange(1, count * latents + 1, dtype=np.float32).reshape(count, latents)
    return Directions(
        **{
            "names": names,
            "vectors": vectors,
            "method": "means",
            "have": (5,) * count,
            "lack": (7,) * count,
            "trust": (SURE,) * count,
            **others,
        }
    )


def encoded(model: nn.Module, data: ImageSet) -> torch.Tensor:
    with torch.no_grad():
        return model.encode(data.images.float() / 255.0).mean


@pytest.mark.parametrize("method", METHODS)
def test_that_directions_come_from_the_means_of_one_split_and_figures_from_the_other(method):
    model = make_vae(CONFIG)
    found = find_directions(model, TRAIN, TEST, method)
    expected = METHODS[method](encoded(model, TRAIN), TRAIN.attributes)
    np.testing.assert_allclose(found.vectors, expected, atol=1e-5)
    assert found.names == ("Bright", "Left", "Coin")
    assert (found.method, found.data, found.left_out) == (method, "toy", ())
    assert found.have == tuple(TRAIN.attributes.sum(0).tolist())
    assert [have + lack for have, lack in zip(found.have, found.lack, strict=True)] == [80] * 3
    for number, trust in enumerate(found.trust):
        has = TEST.attributes[:, number]
        scores = core.project(encoded(model, TEST), torch.from_numpy(found.vectors[number]))
        assert trust.auc == pytest.approx(core.auc(scores, has), abs=1e-6)
        assert trust.cohens_d == pytest.approx(core.cohens_d(scores, has), abs=1e-4)
        assert (trust.have, trust.lack) == (int(has.sum()), 60 - int(has.sum()))


@pytest.mark.parametrize("method", METHODS)
def test_that_what_can_be_seen_is_trusted_and_a_coin_is_not(method):
    found = find_directions(make_vae(dataclasses.replace(CONFIG, latents=8)), TRAIN, TEST, method)
    bright, _, coin = found.trust
    assert bright.auc > 0.95
    assert abs(coin.auc - 0.5) < 0.2


def test_that_classes_stand_in_for_attributes():
    found = find_directions(make_vae(CONFIG), toy_set("train"), toy_set("test"))
    assert found.names == ("even", "odd")
    np.testing.assert_allclose(found.vectors[0], -found.vectors[1], atol=1e-6)
    assert found.closest(0) == ("odd", pytest.approx(-1.0))
    assert found.have == found.lack == (32, 32)


def test_that_rare_and_constant_attributes_are_left_out_and_named():
    told = TRAIN.attributes.clone()
    told[:, 0], told[:, 2] = False, True
    told[0, 0] = told[1, 0] = True
    train = dataclasses.replace(TRAIN, attributes=told)
    found = find_directions(make_vae(CONFIG), train, TEST, "regressed")
    assert (found.names, found.left_out) == (("Bright", "Left"), ("Coin",))
    told[1, 0] = False
    assert find_directions(make_vae(CONFIG), train, TEST).left_out == ("Bright", "Coin")
    told[:, 1] = True
    with pytest.raises(LabError, match="no attribute of toy is present in at least 2 pictures"):
        find_directions(make_vae(CONFIG), train, TEST)


def with_gaps(data: ImageSet, *shares: float) -> ImageSet:
    """The same, with so large a part of each attribute known."""
    draw = torch.Generator().manual_seed(3)
    known = torch.rand(data.attributes.shape, generator=draw) < torch.tensor(shares)
    return dataclasses.replace(data, attributes=data.attributes & known, attributes_known=known)


def only(data: ImageSet, number: int) -> ImageSet:
    """The pictures of which one attribute is known, and nothing else of them."""
    here = data.those(data.attributes_known[:, number])
    name = data.attribute_names[number]
    told = here.attributes[:, number : number + 1]
    return dataclasses.replace(here, attributes=told, attribute_names=(name,), attributes_known=None)


@pytest.mark.parametrize("method", ["means", "discriminant"])
def test_that_what_is_not_known_of_one_attribute_costs_the_others_nothing(method):
    model = make_vae(CONFIG)
    train, test = with_gaps(TRAIN, 1.0, 0.5, 0.2), with_gaps(TEST, 1.0, 0.6, 0.3)
    found = find_directions(model, train, test, method)
    assert found.names == TRAIN.attribute_names
    for number, name in enumerate(found.names):
        alone = find_directions(model, only(train, number), only(test, number), method)
        np.testing.assert_allclose(found.vectors[number], alone.vectors[0], rtol=1e-5, atol=1e-6)
        assert (found.have[number], found.lack[number]) == (alone.have[0], alone.lack[0]), name
        trust, expected = found.trust[number], alone.trust[0]
        assert (trust.have, trust.lack) == (expected.have, expected.lack), name
        assert (trust.auc, trust.cohens_d) == pytest.approx((expected.auc, expected.cohens_d), abs=1e-4), name
    assert found.have[0] + found.lack[0] == len(TRAIN)
    assert found.trust[0].have + found.trust[0].lack == len(TEST)
    fewest = int(test.attributes_known[:, 2].sum())
    assert found.judged_on == f"{fewest} to {len(TEST)}"
    assert find_directions(model, TRAIN, TEST, method).judged_on == f"{len(TEST)}"


def test_that_an_attribute_known_of_few_leaves_those_of_all_as_they_are():
    model = make_vae(CONFIG)
    for method in METHODS:
        whole = find_directions(model, TRAIN, TEST, method)
        found = find_directions(
            model, with_gaps(TRAIN, 1.0, 1.0, 0.0), with_gaps(TEST, 1.0, 1.0, 0.0), method
        )
        assert (found.names, found.left_out) == (("Bright", "Left"), ("Coin",))
        assert found.have == whole.have[:2]
        if method != "regressed":
            np.testing.assert_allclose(found.vectors, whole.vectors[:2], rtol=1e-5, atol=1e-6)


def test_that_one_attribute_is_regressed_on_those_of_which_it_is_known():
    model = make_vae(CONFIG)
    train = with_gaps(TRAIN, 0.5, 0.0, 0.0)
    found, known = find_directions(model, train, TEST, "regressed"), train.attributes_known[:, 0]
    expected = core.difference_of_means(encoded(model, train)[known], train.attributes[known, :1])
    assert found.names == ("Bright",)
    np.testing.assert_allclose(found.vectors, expected.float().numpy(), rtol=1e-4, atol=1e-6)


def test_that_too_few_held_out_pictures_leave_the_figures_unknown():
    told = torch.zeros_like(TEST.attributes)
    told[0, 0] = True
    found = find_directions(make_vae(CONFIG), TRAIN, dataclasses.replace(TEST, attributes=told))
    assert found.trust[0].auc is not None
    assert found.trust[0].cohens_d is None
    assert found.trust[1] == Trust(None, None, 0, 60)


def test_that_an_encoder_that_is_told_is_told():
    config = CVAEConfig(
        shape=(1, 8, 8),
        encoder_widths=(8,),
        decoder_widths=(8,),
        condition_names=("Left",),
        exclusive=False,
        condition_encoder=True,
    )
    model, seen = CVAE(config).eval(), []
    encode = model.encode
    model.encode = lambda x, y=None: seen.append(y) or encode(x, y)
    find_directions(model, TRAIN, TEST)
    assert [y.flatten().bool().tolist() for y in seen] == [s.attributes[:, 1].tolist() for s in (TRAIN, TEST)]


def test_that_progress_rises_to_one():
    told: list[float] = []
    find_directions(make_vae(CONFIG), TRAIN, TEST, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_that_data_that_say_nothing_are_told():
    bare = dataclasses.replace(TRAIN, attributes=None, attribute_names=())
    with pytest.raises(LabError, match="toy has neither attributes nor classes"):
        find_directions(make_vae(CONFIG), bare, TEST)
    with pytest.raises(LabError, match="held-out pictures of toy have other attributes"):
        find_directions(make_vae(CONFIG), TRAIN, toy_set("test"))
    with pytest.raises(LabError, match=r"\(train\) holds no pictures"):
        find_directions(make_vae(CONFIG), TRAIN.part("train", 0, 0), TEST)


def test_that_wrong_models_methods_and_shapes_are_told():
    with pytest.raises(LabError, match="a Linear does not encode"):
        find_directions(nn.Linear(2, 2), TRAIN, TEST)
    with pytest.raises(LabError, match=r"'magic'.*Known: means, regressed, discriminant"):
        find_directions(make_vae(CONFIG), TRAIN, TEST, "magic")
    with pytest.raises(LabError, match="8 x 8 grey, the model takes 28 x 28 grey"):
        find_directions(make_vae(dataclasses.replace(CONFIG, shape=(1, 28, 28))), TRAIN, TEST)


def test_that_a_model_that_overflows_is_told():
    model = make_vae(CONFIG)
    with torch.no_grad():
        model.encoder.layers[-1].bias.fill_(math.inf)
    with pytest.raises(LabError, match="not finite"):
        find_directions(model, TRAIN, TEST)


def test_that_a_model_file_brings_its_name_its_hash_and_its_data(tmp_path, monkeypatch):
    from latentlab.data import catalog

    entry = catalog.Entry("toy", "random dots", lambda folder, split: set_of(split))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    loaded = load_model(save_tiny_model(tmp_path / "tiny.safetensors"))
    assert data_of(loaded) == "toy"
    assert data_of(loaded, "mnist") == "mnist"
    found = directions_of(loaded, method="discriminant")
    assert (found.model, found.model_hash, found.data) == ("tiny", loaded.hash, "toy")
    monkeypatch.delitem(catalog.CATALOG, "toy")
    with pytest.raises(LabError, match="tiny was trained on toy, pictures of your own"):
        data_of(loaded)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=2), st.integers(0, 4))
def test_that_shifting_adds_each_vector_as_often_as_asked(amounts, count):
    found = made()
    z = np.random.default_rng(count).normal(size=(count, 3)).astype(np.float32)
    expected = z + np.array(amounts) @ found.vectors
    moved = shift(found, z, dict(zip(found.names, amounts, strict=True)))
    np.testing.assert_allclose(moved, expected, rtol=1e-5, atol=1e-5)
    assert (moved.dtype, moved.shape) == (np.float32, z.shape)
    back = found.shift(moved, {name: -amount for name, amount in zip(found.names, amounts, strict=True)})
    np.testing.assert_allclose(back, z, atol=1e-4)


def test_that_shifting_leaves_what_came_in_alone_and_takes_one_point_or_many():
    z = np.zeros(3, np.float32)
    assert shift(made(), z, {"Smiling": 2.0}).tolist() == [8.0, 10.0, 12.0]
    assert z.tolist() == [0.0, 0.0, 0.0]
    assert shift(made(), [[0, 0, 0], [1, 1, 1]], {}).tolist() == [[0.0] * 3, [1.0] * 3]


@pytest.mark.parametrize(
    ("z", "amounts", "reason"),
    [
        ([0.0] * 3, {"Beard": 1.0}, "no attribute is called 'Beard'. Known: Hat, Smiling"),
        ([0.0] * 3, {"Hat": math.nan}, "Hat has the amount nan, expected a finite number"),
        ([0.0] * 2, {"Hat": 1.0}, r"points of shape \(2,\); the directions take \(N, 3\)"),
        (0.0, {}, r"points of shape \(\)"),
    ],
)
def test_that_shifting_refuses_what_means_nothing(z, amounts, reason):
    with pytest.raises(LabError, match=reason):
        shift(made(), z, amounts)


def test_that_a_thousand_names_are_not_all_listed():
    many = made(tuple(f"class {number}" for number in range(1000)), latents=1)
    with pytest.raises(LabError, match="class 39, …") as caught:
        shift(many, [0.0], {"none": 1.0})
    assert len(str(caught.value)) < 600


def test_that_lengths_and_cosines_are_those_of_the_vectors():
    vectors = np.array([[3.0, 4.0], [0.0, 2.0], [-2.0, 0.0]], np.float32)
    found = made(("a", "b", "c"), vectors=vectors)
    assert found.lengths.tolist() == [5.0, 2.0, 2.0]
    np.testing.assert_allclose(found.cosines, [[1, 0.8, -0.6], [0.8, 1, 0], [-0.6, 0, 1]], atol=1e-7)
    assert found.closest(0) == ("b", pytest.approx(0.8))
    assert found.closest(2) == ("a", pytest.approx(-0.6))
    assert made(("a",)).closest(0) is None
    np.testing.assert_allclose(found.cosines.diagonal(), 1.0)


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({"names": ()}, "0 directions"),
        ({"names": ("Hat", "Hat")}, "two attributes are called 'Hat'"),
        ({"names": ("Hat", "a\0b")}, "cannot be stored in a file"),
        ({"names": ("Hat", "\ud83d")}, "cannot be stored in a file"),
        ({"data": "x" * 1001}, "1,001 characters"),
        ({"vectors": np.zeros((2, 3))}, "float64"),
        ({"vectors": np.zeros((3, 2), np.float32)}, r"shape \(3, 2\)"),
        ({"vectors": np.zeros((2, 0), np.float32)}, r"shape \(2, 0\)"),
        ({"vectors": np.full((2, 3), np.nan, np.float32)}, "NaN"),
        ({"method": "magic"}, "magic"),
        ({"have": (1,)}, "one for each"),
        ({"trust": ()}, "one for each"),
    ],
    ids=str,
)
def test_that_fields_that_do_not_go_together_are_refused(others, reason):
    with pytest.raises(LabError, match=reason):
        made(**others)


def test_that_the_command_line_knows_the_same_methods():
    assert (*METHODS, STEERED) == attribute_arguments.METHODS == FOUND
