"""The classifier: shapes, sizes, what it calls right, and that it learns."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.errors import LabError
from latentlab.models.base import Classifies, Conditional, Denoises, Trains, TrainsByLabel
from latentlab.models.classifier.model import Classifier, ClassifierConfig, moved
from latentlab.models.registry import build, count_parameters, find_kind

NAMES = ("cat", "dog", "owl")


def make(**changes) -> Classifier:
    fields = {"shape": (1, 8, 8), "widths": (8, 16), "features": 12, "condition_names": NAMES}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Classifier(ClassifierConfig(**{**fields, **changes})).eval()


def pictures(shape: tuple[int, ...], count: int = 5) -> torch.Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(1))


@settings(max_examples=15)
@given(st.integers(1, 4), st.integers(4, 40), st.integers(4, 40), st.integers(1, 4))
def test_that_pictures_of_any_shape_have_features_and_logits(channels, height, width, levels):
    model = make(shape=(channels, height, width), widths=(8,) * levels)
    x = pictures((channels, height, width), 2)
    assert model.picture_shape == (channels, height, width)
    assert model.features(x).shape == (2, 12)
    assert model.logits(x).shape == (2, 3)
    assert bool(torch.isfinite(model.logits(x)).all())


def test_that_the_logits_are_read_from_the_features_alone():
    model, x = make(), pictures((1, 8, 8))
    torch.testing.assert_close(model.logits(x), model.head(model.features(x)))


def test_that_it_has_the_capabilities_of_a_classifier_and_no_others():
    model = make(exclusive=False)
    assert isinstance(model, Classifies)
    assert isinstance(model, TrainsByLabel)
    assert not isinstance(model, Conditional | Denoises | Trains)
    assert (model.class_names, model.exclusive) == (NAMES, False)


@pytest.mark.parametrize(("shape", "names"), [((1, 28, 28), 10), ((3, 32, 32), 6), ((4, 256, 256), 64)])
def test_that_by_default_it_has_less_than_half_a_million_weights_and_64_features(shape, names):
    config = ClassifierConfig(shape=shape, condition_names=tuple(map(str, range(names))))
    assert count_parameters(find_kind("classifier"), config) < 500_000
    assert config.features == 64


def test_that_an_answer_does_not_hang_on_the_other_pictures_of_a_batch():
    model, x = make(), pictures((1, 8, 8))
    torch.testing.assert_close(model.logits(x)[:1], model.logits(x[:1]))


def test_that_of_classes_the_largest_logit_counts_and_the_loss_is_its_surprise():
    model, x = make(), pictures((1, 8, 8))
    answer = model.logits(x).argmax(1)
    right = model.label_terms(x, torch.eye(3)[answer])
    wrong = model.label_terms(x, torch.eye(3)[(answer + 1) % 3])
    assert right.right.tolist() == [1.0] * 5
    assert wrong.right.tolist() == [0.0] * 5
    expected = -torch.log_softmax(model.logits(x), 1).gather(1, answer[:, None]).squeeze(1)
    torch.testing.assert_close(right.loss, expected)


def test_that_of_attributes_each_logit_counts_by_its_sign_and_the_losses_add_up():
    model, x = make(exclusive=False), pictures((1, 8, 8))
    seen = (model.logits(x) > 0.0).float()
    y = seen.clone()
    y[:, 0] = 1.0 - y[:, 0]
    assert model.label_terms(x, seen).right.tolist() == [1.0] * 5
    assert model.label_terms(x, y).right.tolist() == pytest.approx([2 / 3] * 5)
    chance = torch.sigmoid(model.logits(x))
    expected = -(y * chance.log() + (1.0 - y) * (1.0 - chance).log()).sum(1)
    torch.testing.assert_close(model.label_terms(x, y).loss, expected)


def test_that_in_training_pictures_are_moved_as_the_generator_says_and_else_they_are_not():
    model, x, y = make(dropout=0.0), pictures((1, 8, 8)), torch.eye(3)[[0, 1, 2, 0, 1]]
    still = model.label_terms(x, y, torch.Generator().manual_seed(0)).loss
    torch.testing.assert_close(still, model.label_terms(x, y, torch.Generator().manual_seed(1)).loss)
    model.train()
    first, again, other = (
        model.label_terms(x, y, torch.Generator().manual_seed(seed)).loss for seed in (0, 0, 1)
    )
    torch.testing.assert_close(first, again)
    assert not torch.allclose(first, other)


def test_that_a_moved_picture_is_a_window_on_the_picture_with_its_edges_drawn_out():
    x = pictures((2, 5, 6), 20)
    out = moved(x, 2, torch.Generator().manual_seed(0))
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2), mode="replicate")
    places = set()
    for one, picture in zip(padded, out, strict=True):
        found = [
            (down, across)
            for down in range(5)
            for across in range(5)
            if torch.equal(one[:, down : down + 5, across : across + 6], picture)
        ]
        assert len(found) == 1
        places.update(found)
    assert len(places) > 5
    assert torch.equal(moved(x, 0), x)


@pytest.mark.parametrize("exclusive", [True, False])
def test_that_it_learns_where_the_light_is(exclusive):
    model = make(exclusive=exclusive, shift=1).train()
    torch.manual_seed(0)
    y = torch.eye(3).repeat(20, 1)
    x = 0.3 * pictures((1, 8, 8), 60)
    for column in range(3):
        x[y[:, column] > 0, :, 3 * column : 3 * column + 2] += 0.6
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(30):
        loss = model.label_terms(x, y, torch.Generator().manual_seed(0)).loss.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    terms = model.eval().label_terms(x, y)
    assert float(terms.right.mean()) == 1.0
    assert float(terms.loss.detach().mean()) < math.log(3) / 3


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"condition_names": ()}, "neither classes nor attributes"),
        ({"condition_names": ("a", "a")}, "two of the classes are called 'a'"),
        ({"condition_names": tuple(map(str, range(1001)))}, "1,001 classes; at most 1,000"),
        ({"condition_names": tuple(map(str, range(257))), "exclusive": False}, "257 attributes; at most 256"),
        ({"shape": (5, 8, 8)}, "channels"),
        ({"shape": (1, 3, 8)}, "sides"),
        ({"shape": (1, 8)}, "C, H, W"),
        ({"widths": (12,)}, "multiples of 8"),
        ({"widths": ()}, "widths"),
        ({"features": 0}, "features"),
        ({"dropout": 1.0}, "dropout"),
        ({"shift": -1}, "shift"),
    ],
)
def test_that_a_config_that_makes_no_sense_is_refused_by_name(changes, word):
    with pytest.raises(LabError, match=word):
        build("classifier", {"condition_names": NAMES, **changes})
