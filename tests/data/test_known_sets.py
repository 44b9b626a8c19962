"""Well-known sets, in the forms in which they are given out."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from latentlab.data.arrays.pixel_tables import layout_of
from latentlab.data.known_sets import FASHION, classes_of, mapping_in
from latentlab.data.opening import open_data
from latentlab.errors import LabError

TYPES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}
FASHION_TRAIN = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]


def idx(array: np.ndarray, kind: str = "u1") -> bytes:
    head = bytes([0, 0, TYPES[kind], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(kind).tobytes()


def pictures(count: int, seed: int = 0) -> np.ndarray:
    """Each has its number in its upper right corner, and is not its own mirror image."""
    images = np.random.default_rng(seed).integers(0, 256, (count, 9, 9), dtype=np.uint8)
    images[:, 0, 8] = np.arange(count)
    return images


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def numbers(data) -> list[int]:
    return data.images[:, 0, 0, 8].tolist()


TRAIN, TEST = pictures(20), pictures(12, 1)
PAIR = {"train-images": idx(TRAIN), "train-labels": idx(np.arange(20) % 10)}
PAIR |= {"t10k-images": idx(TEST), "t10k-labels": idx(np.arange(12) % 10)}


def mnist(dashes: str = "-", nested: bool = False, packed: bool = False) -> dict[str, bytes]:
    found = {}
    for name, content in PAIR.items():
        file = f"{name}{dashes}idx{3 if 'images' in name else 1}-ubyte{'.gz' if packed else ''}"
        found[f"{file}/{file}" if nested else file] = gzip.compress(content) if packed else content
    return found


LAYOUTS = {
    "plain": mnist(),
    "packed": mnist(packed=True),
    "dots": mnist("."),
    "folders of the files' names": mnist(nested=True),
    "Kaggle": mnist(nested=True) | mnist("."),
    "packed beside unpacked": mnist(packed=True) | mnist(),
    "torchvision": {f"MNIST/raw/{name}": content for name, content in (mnist() | mnist(packed=True)).items()},
}


@pytest.mark.parametrize("container", ["folder", "zip"])
@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_that_mnist_is_read_however_it_is_laid_out(tmp_path, files, container):
    path = lay(tmp_path / "set", files)
    if container == "zip":
        path = tmp_path / "set.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    opened = open_data(str(path))
    assert np.array_equal(opened.train.images[:, 0].numpy(), TRAIN)
    assert np.array_equal(opened.test.images[:, 0].numpy(), TEST)
    assert opened.test.labels.tolist() == [n % 10 for n in range(12)]
    assert opened.everything.classes == tuple("0123456789")
    assert opened.everything.keys.names[0] == "test/00000"
    assert opened.everything.name == ("MNIST" if any("MNIST" in name for name in files) else "set")
    again = any("Copies of the same files" in note for note in opened.report.notes)
    assert again == (len(files) > 4)


@pytest.mark.parametrize("asked", ["", "MNIST", "MNIST/raw"])
def test_that_a_set_is_found_from_any_folder_around_it(tmp_path, asked):
    lay(tmp_path / "data" / "MNIST" / "raw", mnist(packed=True))
    data = open_data(str(tmp_path / "data" / asked)).everything
    assert (data.name, len(data)) == ("MNIST", 32)


def test_that_several_sets_inside_are_named(tmp_path):
    for name in ("MNIST", "FashionMNIST"):
        lay(tmp_path / name / "raw", mnist())
    with pytest.raises(LabError, match=r"several data sets \(FashionMNIST/raw, MNIST/raw\)\. Choose one"):
        open_data(str(tmp_path))


def test_that_a_set_at_the_root_comes_before_what_lies_deeper(tmp_path):
    lay(tmp_path / "x", mnist())
    lay(tmp_path, {"old/train-images-idx3-ubyte": idx(pictures(3))})
    lay(tmp_path, {name: content for name, content in mnist().items() if name.startswith("t10k")})
    assert len(open_data(str(tmp_path)).everything) == 12


def test_that_fashion_is_known_by_what_is_in_it(tmp_path):
    labels = np.array([*FASHION_TRAIN, *range(10)])
    files = {"train-images-idx3-ubyte": idx(pictures(20)), "train-labels-idx1-ubyte": idx(labels)}
    assert open_data(str(lay(tmp_path / "clothes", files))).everything.classes == FASHION
    digits = np.array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4, *range(10)])
    files["train-labels-idx1-ubyte"] = idx(digits)
    assert open_data(str(lay(tmp_path / "fashion" / "raw", files))).everything.classes == tuple("0123456789")
    files["train-labels-idx1-ubyte"] = idx(np.arange(20) % 10)
    assert open_data(str(lay(tmp_path / "FashionMNIST" / "raw", files))).everything.classes == FASHION


def test_that_fashion_is_known_in_an_npz_and_a_table_of_pixels(tmp_path):
    images, labels = pictures(20), np.array([*FASHION_TRAIN, *range(10)])
    path = tmp_path / "a.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2])
    assert open_data(str(path)).everything.classes == FASHION
    rows = [
        f"{label},{','.join(map(str, image.ravel()))}" for label, image in zip(labels, images, strict=True)
    ]
    path = tmp_path / "train.csv"
    path.write_text("\n".join(rows))
    assert open_data(str(path)).everything.classes == FASHION


def emnist(kind: str, labels: np.ndarray) -> dict[str, bytes]:
    on_their_side = pictures(len(labels)).transpose(0, 2, 1)
    stem = f"emnist-{kind}-train"
    return {
        f"{stem}-images-idx3-ubyte.gz": gzip.compress(idx(on_their_side)),
        f"{stem}-labels-idx1-ubyte.gz": gzip.compress(idx(labels)),
    }


def test_that_emnist_stands_upright_and_has_letters(tmp_path):
    labels = np.arange(20) % 4 + 1
    data = open_data(str(lay(tmp_path / "set", emnist("letters", labels)))).everything
    assert sorted(map(bytes, data.images[:, 0].numpy())) == sorted(map(bytes, pictures(20)))
    assert data.classes == ("A", "B", "C", "D")
    assert data.labels.tolist() == [n % 4 for n in numbers(data)]


def test_that_emnists_mapping_says_what_its_labels_are(tmp_path):
    files = emnist("balanced", np.arange(20) % 2 + 3)
    files["emnist-balanced-mapping.txt"] = b"3 81\r\n4 122\r\n"
    opened = open_data(str(lay(tmp_path / "set", files)))
    assert opened.everything.classes == ("Q", "z")
    assert "emnist-balanced-mapping.txt says what the labels stand for" in opened.report.notes
    assert mapping_in("1 65 97\n2 66 98\nrubbish\n") == {1: "A", 2: "B"}


EMNIST = {
    "letters": ([1, 26], ("A", "Z")),
    "letters from 0": ([0, 25], ("A", "Z")),
    "balanced": ([0, 10, 36, 46], ("0", "A", "a", "t")),
    "bymerge": ([9, 35, 37], ("9", "Z", "b")),
    "byclass": ([0, 10, 36, 61], ("0", "A", "a", "z")),
    "digits": ([0, 9], ("0", "9")),
    "mnist": ([3, 7], ("3", "7")),
}


@pytest.mark.parametrize(("labels", "classes"), EMNIST.values(), ids=EMNIST.keys())
def test_that_the_kinds_of_emnist_are_known(labels, classes, request):
    kind = request.node.callspec.id.partition(" ")[0]
    of_each, named = classes_of([np.array(labels)], f"emnist-{kind}-train-images-idx3-ubyte")
    assert named == classes
    assert of_each.tolist() == list(range(len(classes)))


def test_that_qmnists_wide_labels_are_read(tmp_path):
    wide = np.zeros((20, 8), int)
    wide[:, 0], wide[:, 1] = np.arange(20) % 10, 4096
    files = {
        "qmnist-train-images-idx3-ubyte": idx(pictures(20)),
        "qmnist-train-labels-idx2-int": idx(wide, ">i4"),
    }
    files["qmnist-test-images-idx3-ubyte.gz"] = gzip.compress(idx(pictures(12)))
    files["qmnist-test-labels-idx2-int.gz"] = gzip.compress(idx(wide[:12], ">i4"))
    opened = open_data(str(lay(tmp_path / "QMNIST" / "raw", files)))
    assert (len(opened.train), len(opened.test)) == (20, 12)
    assert opened.everything.labels.tolist() == [n % 10 for n in numbers(opened.everything)]
    assert opened.everything.name == "QMNIST"


@pytest.mark.parametrize(("kind", "white"), [(">i2", 255), (">i4", 255), (">f4", 1), (">f8", 1), ("i1", 1)])
def test_that_other_types_of_idx_are_read(tmp_path, kind, white):
    levels = np.linspace(0, white, 2 * 81).reshape(2, 9, 9)
    levels = levels if "f" in kind else np.rint(levels)
    data = open_data(str(lay(tmp_path / "set", {"a-images-idx3-float": idx(levels, kind)}))).everything
    expected = np.sort(np.rint(levels * 255 / white).ravel())
    assert np.sort(data.images.numpy().ravel()).tolist() == expected.tolist()


def test_that_labels_for_one_part_alone_leave_the_other_without(tmp_path):
    files = {name: content for name, content in mnist().items() if name != "t10k-labels-idx1-ubyte"}
    opened = open_data(str(lay(tmp_path / "set", files)))
    assert opened.test.labels.tolist() == [-1] * 12
    assert opened.train.labels.tolist() == [n % 10 for n in range(20)]
    assert any("There is no label file beside t10k-images" in note for note in opened.report.notes)


def rows_of(images: np.ndarray, labels: list[str] | None, mark: str = ",") -> list[str]:
    rows = [mark.join(map(str, image.ravel())) for image in images]
    return (
        rows if labels is None else [f"{label}{mark}{row}" for label, row in zip(labels, rows, strict=True)]
    )


HEADERS = {
    "none": None,
    "Kaggle": ["label", *(f"pixel{n}" for n in range(81))],
    "by row and column": ["label", *(f"{1 + n // 9}x{1 + n % 9}" for n in range(81))],
    "pandas": [str(n) for n in range(82)],
    "quoted": ['"label"', *(f'"pixel{n}"' for n in range(81))],
}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_that_a_table_of_pixels_is_pictures(tmp_path, header, mark):
    labels = [str(n % 10) for n in range(20)]
    lines = [*([mark.join(header)] if header else []), *rows_of(TRAIN, labels, mark)]
    path = tmp_path / "digits.csv"
    path.write_text("\r\n".join(lines) + "\r\n")
    opened = open_data(str(path))
    assert sorted(map(bytes, opened.everything.images[:, 0].numpy())) == sorted(map(bytes, TRAIN))
    assert opened.everything.labels.tolist() == [n % 10 for n in numbers(opened.everything)]
    assert any(
        "digits.csv were read as the pixels of pictures of 9 x 9" in note for note in opened.report.notes
    )


def test_that_tables_of_pixels_are_parts(tmp_path):
    head = ",".join(HEADERS["Kaggle"])
    (tmp_path / "train.csv").write_text("\n".join([head, *rows_of(TRAIN, ["cat", "ant"] * 10)]))
    (tmp_path / "test.csv").write_text("\n".join([head.removeprefix("label,"), *rows_of(TEST, None)]))
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    opened = open_data(str(tmp_path))
    assert opened.everything.classes == ("ant", "cat")
    assert opened.train.labels.tolist() == [1, 0] * 10
    assert opened.test.labels.tolist() == [-1] * 12
    assert np.array_equal(opened.test.images[:, 0].numpy(), TEST)
    with zipfile.ZipFile(tmp_path / "digits.zip", "w") as archive:
        archive.write(tmp_path / "train.csv", "train.csv")
    assert len(open_data(str(tmp_path / "digits.zip")).everything) == 20


def test_that_a_line_of_another_length_costs_only_itself(tmp_path):
    rows = rows_of(TRAIN, ["1"] * 20)
    rows[4] = rows[4].rpartition(",")[0]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    report = open_data(str(tmp_path / "a.csv")).report
    assert (report.read, report.skipped) == (
        19,
        (("a.csv, line 5", "holds 81 values, unlike the other lines"),),
    )
    rows[4] = rows[3].rpartition(",")[0] + ",x"
    (tmp_path / "a.csv").write_text("\n".join(rows))
    with pytest.raises(LabError, match=r"a\.csv: holds a pixel that is not a number"):
        open_data(str(tmp_path / "a.csv"))


def test_that_other_tables_are_not_taken_for_pixels():
    assert layout_of(b"file,Hat\n1.png,1\n") is None
    assert layout_of(b"file," + b",".join(b"%d" % n for n in range(64)) + b"\n1.png" + b",1" * 64) is None
    assert layout_of(b"id,label\n1,2\n") is None
    assert layout_of(b"") is None
    wide = layout_of(b"\n".join([b",".join([b"0"] * 785)] * 2))
    assert (wide.header, wide.label, wide.shape) == (False, 0, (28, 28, 1))
    colour = layout_of(b"\n".join([b",".join([b"0"] * 3072)] * 2))
    assert (colour.label, colour.shape) == (None, (32, 32, 3))


def kmnist(folder: Path, **changed: np.ndarray) -> Path:
    """As it is given out in NumPy's format: a file for each array."""
    folder.mkdir()
    arrays = {
        "kmnist-train-imgs": pictures(20),
        "kmnist-train-labels": np.arange(20, dtype=np.uint8) % 10,
        "kmnist-test-imgs": pictures(10, seed=1),
        "kmnist-test-labels": np.arange(10, dtype=np.uint8),
        **changed,
    }
    for name, array in arrays.items():
        np.savez_compressed(folder / f"{name}.npz", array)
    return folder


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_that_kmnists_arrays_are_one_set(tmp_path, container):
    path = kmnist(tmp_path / "set")
    if container == "zip":
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
            for file in path.iterdir():
                archive.write(file, f"kmnist/{file.name}")
        path = tmp_path / "set.zip"
    opened = open_data(f"{path}::side=9")
    assert opened.everything.classes == ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    assert (len(opened.train), len(opened.test)) == (20, 10)
    of_each = {name: opened.test.class_of(i) for i, name in enumerate(opened.test.keys.names)}
    assert of_each["test/00003"] == "tsu"
    place = list(opened.test.keys.names).index("test/00003")
    assert np.array_equal(opened.test.images[place, 0].numpy(), pictures(10, seed=1)[3])


def test_that_labels_of_another_count_are_told(tmp_path):
    path = kmnist(tmp_path / "set", **{"kmnist-test-labels": np.arange(9, dtype=np.uint8)})
    with pytest.raises(LabError, match=r"holds 9 labels of type uint8, expected 10 whole numbers"):
        open_data(str(path))


def test_that_a_first_line_of_values_made_different_is_no_picture(tmp_path):
    """As pandas writes the first picture of a table that it took for the columns' names."""
    header = ["0", *(f"0.{n}" for n in range(1, 82))]
    (tmp_path / "A_Z.csv").write_text("\n".join([",".join(header), *rows_of(pictures(20), ["7", "8"] * 10)]))
    data = open_data(f"{tmp_path}::side=9").everything
    assert (len(data), data.classes) == (20, ("7", "8"))
    assert data.images.dtype.itemsize == 1
    assert not any("White" in note for note in open_data(f"{tmp_path}::side=9").report.notes)
