"""The data sets that ship."""

from __future__ import annotations

import hashlib

import pytest
import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, join
from latentlab.errors import LabError


@pytest.fixture(scope="module")
def mnist() -> dict[str, ImageSet]:
    return {split: catalog.load("mnist", split) for split in catalog.SPLITS}


def test_that_all_of_mnist_ships(mnist):
    for split, count in (("train", 60_000), ("test", 10_000), ("all", 70_000)):
        data = mnist[split]
        assert data.images.shape == (count, 1, 28, 28)
        assert data.images.dtype == torch.uint8
        assert data.labels.shape == (count,)
        assert data.labels.dtype == torch.int64
        assert (data.name, data.split, len(data), data.shape) == ("mnist", split, count, (1, 28, 28))
        assert data.classes == tuple("0123456789")
        assert data.labels.unique().tolist() == list(range(10))


def test_that_the_digits_are_the_published_ones(mnist):
    assert mnist["train"].labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist["test"].labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert mnist["train"].images.float().mean().item() / 255 == pytest.approx(0.1307, abs=1e-4)


def test_that_all_is_test_and_then_train(mnist):
    both, test, train = mnist["all"], mnist["test"], mnist["train"]
    assert torch.equal(both.images[:10_000], test.images)
    assert torch.equal(both.images[10_000:], train.images)
    assert torch.equal(both.labels, torch.cat([test.labels, train.labels]))


def test_that_unknown_names_list_the_known_ones():
    with pytest.raises(LabError, match=r"'mnits'.*mnist"):
        catalog.load("mnits")
    with pytest.raises(LabError, match=r"'valid'.*train, test, all"):
        catalog.load("mnist", "valid")


def test_that_a_damaged_shipped_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "DATASETS", tmp_path)
    with pytest.raises(LabError, match=r"t10k-images-idx3-ubyte.gz: there is no such file"):
        catalog.load("mnist", "test")


def test_that_the_fingerprint_is_that_of_the_pixels_in_order(mnist):
    images = mnist["test"].images
    data = ImageSet("a", "b", images)
    assert data.fingerprint == hashlib.sha256(images.numpy().tobytes()).hexdigest()
    assert data.fingerprint == mnist["test"].fingerprint
    assert data.fingerprint != mnist["train"].fingerprint
    strided = ImageSet("a", "b", images[::2])
    assert strided.fingerprint == hashlib.sha256(images[::2].contiguous().numpy().tobytes()).hexdigest()


def test_that_sets_without_labels_are_joined_without_labels(mnist):
    bare = ImageSet("x", "test", mnist["test"].images[:3])
    joined = join(bare, mnist["test"])
    assert joined.labels is None
    assert len(joined) == 10_003


def test_that_all_of_the_faces_ship():
    faces = {split: catalog.load("faces", split) for split in catalog.SPLITS}
    for split, count in (("train", 18_000), ("test", 2_000), ("all", 20_000)):
        data = faces[split]
        assert data.images.shape == (count, 3, 32, 32)
        assert data.attributes.shape == (count, 6)
        assert data.attributes.dtype == torch.bool
        assert (data.name, data.split, data.labels, data.classes) == ("faces", split, None, ())
        assert data.attribute_names == ("Hat", "Eyeglasses", "Sunglasses", "Smiling", "Long_Hair", "Earrings")
    assert torch.equal(faces["all"].attributes[:2000], faces["test"].attributes)
    assert torch.equal(faces["all"].images[2000:], faces["train"].images)
    # Sunglasses are a kind of eyeglasses.
    assert not (faces["all"].attributes[:, 2] & ~faces["all"].attributes[:, 1]).any()
    # The same faces must be held out for ever, or shipped models are judged on what they have learnt from.
    assert faces["test"].fingerprint.startswith("690e341f8cc1d661")


def test_that_the_faces_are_as_sharp_as_they_were_drawn():
    images = catalog.load("faces", "test").images
    small = images[:, :, ::2, ::2]
    doubled = small.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert (doubled == images).float().mean() > 0.999


def test_that_a_shipped_set_can_be_read_in_another_way(mnist):
    data = catalog.load("mnist::side=14,colour=rgb", "test")
    assert data.shape == (3, 14, 14)
    assert torch.equal(data.labels, mnist["test"].labels)
    mean = mnist["test"].images[:50].float().unflatten(2, (14, 2)).unflatten(4, (14, 2)).mean((3, 5))
    assert (data.images[:50].float() - mean).abs().max() <= 1
