"""MNIST's files, found by one another."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from latentlab.data.opening import open_data
from latentlab.errors import LabError
from tests.data.test_idx import idx_bytes


def put(folder: Path, stem: str, count: int, zipped: bool = True, side: int = 9) -> np.ndarray:
    """A pair; the label of each picture is the count of its first pixel."""
    folder.mkdir(parents=True, exist_ok=True)
    images = np.random.default_rng(count).integers(0, 256, (count, side, side), dtype=np.uint8)
    images[:, 0, 0] = np.arange(count) % 10
    for name, array in (("images-idx3", images), ("labels-idx1", images[:, 0, 0])):
        content = idx_bytes(array)
        path = folder / f"{stem}-{name}-ubyte{'.gz' if zipped else ''}"
        path.write_bytes(gzip.compress(content) if zipped else content)
    return images


@pytest.mark.parametrize("zipped", [True, False])
def test_that_a_folder_of_four_files_is_read_with_its_splits(tmp_path, zipped):
    train, test = put(tmp_path / "f", "train", 30, zipped), put(tmp_path / "f", "t10k", 12, zipped)
    opened = open_data(str(tmp_path / "f"))
    assert np.array_equal(opened.train.images[:, 0].numpy(), train)
    assert np.array_equal(opened.test.images[:, 0].numpy(), test)
    assert opened.test.labels.tolist() == test[:, 0, 0].tolist()
    assert opened.everything.classes == tuple("0123456789")
    assert (opened.everything.name, opened.report.kind) == ("f", "IDX files")


def test_that_fashion_has_the_names_of_its_clothes(tmp_path):
    put(tmp_path / "Fashion-MNIST", "train", 12)
    put(tmp_path / "Fashion-MNIST", "t10k", 12)
    classes = open_data(str(tmp_path / "Fashion-MNIST")).everything.classes
    assert classes[0] == "T-shirt"
    assert classes[9] == "Ankle boot"


def test_that_one_file_is_read_with_its_labels(tmp_path):
    images = put(tmp_path, "letters-train", 20)
    path = tmp_path / "letters-train-images-idx3-ubyte.gz"
    data = open_data(str(path)).everything
    assert data.labels.tolist() == data.images[:, 0, 0, 0].tolist()
    assert {a.tobytes() for a in data.images[:, 0].numpy()} == {a.tobytes() for a in images}
    (tmp_path / "letters-train-labels-idx1-ubyte.gz").unlink()
    opened = open_data(str(path))
    assert opened.everything.labels is None
    assert "There is no label file beside" in opened.report.in_words()


def test_that_a_folder_with_one_pair_holds_some_out(tmp_path):
    put(tmp_path, "train", 20)
    opened = open_data(str(tmp_path))
    assert (len(opened.train), len(opened.test)) == (16, 4)


def test_that_several_sets_in_a_folder_are_told(tmp_path):
    put(tmp_path, "emnist-letters-train", 5)
    put(tmp_path, "emnist-digits-train", 5)
    with pytest.raises(LabError, match=r"holds several data sets.*Choose one"):
        open_data(str(tmp_path))


def test_that_damage_is_told_with_the_file(tmp_path):
    put(tmp_path, "train", 20)
    labels = tmp_path / "train-labels-idx1-ubyte.gz"
    with pytest.raises(LabError, match="holds labels; choose the file of the images"):
        open_data(str(labels))
    labels.write_bytes(gzip.compress(idx_bytes(np.zeros(19))))
    with pytest.raises(LabError, match=r"train-labels-idx1-ubyte\.gz: 19 labels for the 20 pictures"):
        open_data(str(tmp_path))
    images = tmp_path / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-20])
    with pytest.raises(LabError, match=r"train-images-idx3-ubyte\.gz: the gzip data is truncated"):
        open_data(str(images))
    put(tmp_path, "train", 20)
    put(tmp_path, "t10k", 5, side=8)
    with pytest.raises(LabError, match="pictures of another size"):
        open_data(str(tmp_path))
