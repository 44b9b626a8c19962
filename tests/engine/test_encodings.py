"""Where pictures lie in the plane: always the mean, whatever the chunks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.inference.encodings import encode_all, encode_in_chunks, join, require_shape
from latentlab.errors import LabError
from tests.conftest import make_vae
from tests.tiny import CONFIG, toy_set


def test_that_encodings_are_posterior_means_and_never_draws():
    model, data = make_vae(CONFIG), toy_set("test", 20)
    first, second = encode_all(model, data), encode_all(model, data)
    with torch.no_grad():
        posterior = model.encode(data.images.float() / 255)
    assert np.array_equal(first.mean, second.mean)
    np.testing.assert_allclose(first.mean, posterior.mean.numpy(), atol=1e-6)
    np.testing.assert_allclose(first.log_variance, posterior.log_variance.numpy(), atol=1e-6)
    assert first.mean.dtype == first.log_variance.dtype == np.float32
    assert first.label.tolist() == data.labels.tolist()


@given(st.integers(1, 60), st.integers(1, 70))
def test_that_chunks_join_to_the_whole_in_order(count, chunk):
    model, data = make_vae(CONFIG), toy_set("test", count)
    parts = list(encode_in_chunks(model, data, chunk))
    assert [len(part) for part in parts[:-1]] == [chunk] * (len(parts) - 1)
    joined, whole = join(parts), encode_all(model, data)
    assert len(joined) == count
    np.testing.assert_allclose(joined.mean, whole.mean, atol=1e-5)
    assert np.array_equal(joined.label, whole.label)


def test_that_pictures_without_classes_get_the_label_minus_one():
    data = ImageSet("bare", "test", toy_set("test", 5).images)
    assert encode_all(make_vae(CONFIG), data).label.tolist() == [-1] * 5


def test_that_gradients_are_off_while_encoding_and_as_they_were_between_chunks():
    model, seen = make_vae(CONFIG), []
    model.encoder.register_forward_hook(lambda *call: seen.append(torch.is_grad_enabled()))
    for _ in encode_in_chunks(model, toy_set("test", 30), 10):
        assert torch.is_grad_enabled()
    assert seen == [False] * 3


def test_that_wrong_models_and_shapes_are_told():
    with pytest.raises(LabError, match="a Linear does not encode"):
        encode_all(nn.Linear(2, 2), toy_set("test"))
    with pytest.raises(LabError, match="9 x 9 grey, the model takes 8 x 8 grey"):
        encode_all(make_vae(CONFIG), toy_set("test", 4, (1, 9, 9)))


def test_that_it_is_said_how_ones_own_pictures_are_read_in_the_models_shape():
    own = toy_set("test", 4, (3, 9, 9))
    with pytest.raises(LabError, match="9 x 9 in colour, the model takes 32 x 32 in colour") as refusal:
        require_shape(own, (3, 32, 32))
    assert refusal.value.hint == "PATH::side=32,colour=rgb reads them so"
    with pytest.raises(LabError) as refusal:
        require_shape(own, (1, 8, 8))
    assert refusal.value.hint == "PATH::side=8,colour=grey reads them so"
    shipped = replace(own, name="faces")
    for data, shape in ((own, (1, 8, 12)), (own, (3, 128, 128)), (shipped, (1, 28, 28))):
        with pytest.raises(LabError) as refusal:
            require_shape(data, shape)
        assert refusal.value.hint is None
