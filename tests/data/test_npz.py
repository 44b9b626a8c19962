"""Data sets in one .npz: what is in it comes back; what is damaged or huge is told before it costs memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentlab.data import splits
from latentlab.data.arrays import npy, npz
from latentlab.data.arrays.npy import ArrayArchive
from latentlab.data.opening import open_data
from latentlab.errors import LabError


def saved(path: Path, **found: np.ndarray) -> str:
    np.savez_compressed(path, **found)
    return str(path)


DTYPES = st.sampled_from([np.uint8, np.bool_, np.int64, np.float32, ">u2", "<U3"])


@given(
    DTYPES.flatmap(lambda d: arrays.arrays(d, arrays.array_shapes(min_dims=0, min_side=0, max_dims=4))),
    st.booleans(),
)
def test_that_any_array_comes_back_as_it_was_written(tmp_path, array, fortran):
    path = saved(tmp_path / "a.npz", x=np.asfortranarray(array) if fortran and array.ndim else array)
    with ArrayArchive(Path(path)) as archive:
        found = archive.read("x", text=True)
        assert found.dtype == array.dtype
        assert np.array_equal(found, array, equal_nan=array.dtype.kind == "f")
        if array.ndim:
            rows = np.arange(0, len(array), 2)
            assert np.array_equal(
                archive.read("x", rows, text=True), array[rows], equal_nan=array.dtype.kind == "f"
            )


def digits(count: int, side: int = 10) -> np.ndarray:
    """Grey pictures, the first pixel of which is their number."""
    images = np.random.default_rng(0).integers(2, 256, (count, side, side), dtype=np.uint8)
    images[:, 0, 0] = np.arange(count)
    return images


def test_that_medmnist_is_read_with_its_splits(tmp_path):
    images = digits(30)
    parts = {"train": images[:20], "val": images[20:24], "test": images[24:]}
    found = {f"{split}_images": part for split, part in parts.items()}
    found |= {f"{split}_labels": part[:, 0, :1] % 3 for split, part in parts.items()}
    opened = open_data(saved(tmp_path / "bloodmnist.npz", **found))
    assert opened.test.images[:, 0, 0, 0].tolist() == list(range(24, 30))
    assert opened.train.images[:, 0, 0, 0].tolist() == list(range(24))
    assert opened.everything.labels.tolist() == [n % 3 for n in [*range(24, 30), *range(24)]]
    assert opened.everything.classes == ("0", "1", "2")
    assert opened.everything.name == "bloodmnist"
    assert opened.report.kind == "MedMNIST arrays"


def test_that_labels_of_several_columns_are_attributes(tmp_path):
    images, labels = digits(20), np.random.default_rng(1).integers(0, 2, (20, 4))
    data = open_data(saved(tmp_path / "chest.npz", images=images, labels=labels)).everything
    assert data.labels is None
    order = data.images[:, 0, 0, 0].tolist()
    assert data.attributes.tolist() == labels[order].astype(bool).tolist()


def test_that_dsprites_is_read_by_its_shapes_and_in_black_and_white(tmp_path):
    images = np.random.default_rng(0).integers(0, 2, (30, 16, 16), dtype=np.uint8)
    latents = np.zeros((30, 6), np.int64)
    latents[:, 1] = np.arange(30) // 10
    path = saved(
        tmp_path / "d.npz", imgs=images, latents_classes=latents, metadata=np.array({"a": 1}, dtype=object)
    )
    data = open_data(path).everything
    assert set(data.images.unique().tolist()) == {0, 255}
    assert data.classes == ("square", "ellipse", "heart")
    for image, label in zip(data.images[:, 0].numpy() // 255, data.labels.tolist(), strict=True):
        assert any(np.array_equal(image, other) for other in images[label * 10 : label * 10 + 10])


def test_that_plain_arrays_may_name_their_classes_and_attributes(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (20, 12, 12, 3), dtype=np.uint8)
    images[:, 0, 0] = np.arange(20)[:, None]
    path = saved(
        tmp_path / "a.npz",
        images=images,
        labels=np.arange(20) % 2 * 2,
        classes=np.array(["cat", "dog", "eel"]),
        attributes=np.arange(40).reshape(20, 2) % 3 == 0,
        attribute_names=np.array(["Hat", "Tail"]),
    )
    data = open_data(path).everything
    order = data.images[:, 0, 0, 0].tolist()
    assert np.array_equal(data.images.numpy(), images[order].transpose(0, 3, 1, 2))
    assert data.classes == ("cat", "dog", "eel")
    assert data.labels.tolist() == [n % 2 * 2 for n in order]
    assert data.attributes.tolist() == [[2 * n % 3 == 0, (2 * n + 1) % 3 == 0] for n in order]
    assert data.attribute_names == ("Hat", "Tail")


@pytest.mark.parametrize(
    ("dtype", "scale"), [(np.float32, 1.0), (np.float64, 255.0), (np.uint16, 65535), (np.int64, 255)]
)
def test_that_other_numbers_are_scaled_by_their_white(tmp_path, dtype, scale):
    images = np.linspace(0, scale, 2 * 64).reshape(2, 8, 8).astype(dtype)
    data = open_data(saved(tmp_path / "a.npz", images=images)).everything
    levels = np.sort(data.images.numpy().reshape(-1))
    assert np.abs(levels - np.linspace(0, 255, 128)).max() <= 1


def test_that_colours_may_come_first(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 9, 9), dtype=np.uint8)
    data = open_data(saved(tmp_path / "a.npz", images=images)).everything
    assert {a.tobytes() for a in data.images.numpy()} == {a.tobytes() for a in images}


def raw(path: Path, members: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return str(path)


def array_bytes(shape: tuple[int, ...], descr: str = "|u1", body: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": shape})
    return buffer.getvalue() + body


class Canary:
    """Sings if it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return pytest.fail, ("it was unpickled",)


def test_that_objects_are_never_unpickled(tmp_path):
    images = np.empty(2, dtype=object)
    images[:] = [Canary(), Canary()]
    with pytest.raises(LabError, match=r"a\.npz: the array 'images' holds Python objects"):
        open_data(saved(tmp_path / "a.npz", images=images))


CLAIMS = {
    "400 GB": (array_bytes((400_000, 1000, 1000)), "claims 400,000,000,000 bytes, and the file holds"),
    "overflow": (array_bytes((2**62, 2**62, 4)), "claims .* bytes"),
    "negative": (array_bytes((-1, 8, 8)), "claims a shape|invalid header"),
    "truncated": (array_bytes((4, 8, 8), body=bytes(200)), "claims 256 bytes, and the file holds 200"),
    "no header": (b"hello", "has an invalid header"),
    "wrong rank": (array_bytes((64,), body=bytes(64)), r"has shape \(64,\), expected pictures x rows"),
    "no pictures": (array_bytes((0, 8, 8)), "has shape"),
    "four colours": (array_bytes((2, 8, 8, 4), body=bytes(512)), "has 4 colours"),
    "text": (array_bytes((2, 8, 8), "<U1", bytes(512)), "has type|could not|expected numbers"),
    "nan": (array_bytes((1, 1, 2), "<f4", np.array([np.nan, 1], "<f4").tobytes()), "not numbers"),
    "negative levels": (array_bytes((1, 1, 2), "|i1", b"\xff\x01"), "goes from -1 to 1"),
    "evil header": (b"\x93NUMPY\1\0\x20\0" + b"(" * 31 + b"\n", "invalid header"),
}


@pytest.mark.parametrize(("content", "reason"), CLAIMS.values(), ids=CLAIMS.keys())
def test_that_a_damaged_array_is_named(tmp_path, content, reason):
    path = raw(tmp_path / "a.npz", {"images": content})
    tracemalloc.start()
    try:
        with pytest.raises(LabError, match=reason) as caught:
            open_data(path)
        assert tracemalloc.get_traced_memory()[1] < 5 * 2**20
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(path)
    assert "'images'" in str(caught.value)


def test_that_two_megabytes_do_not_unpack_to_two_gigabytes(tmp_path, monkeypatch):
    monkeypatch.setattr(npy, "MAX_ARRAY_BYTES", 2**20)
    path = raw(tmp_path / "a.npz", {"images": array_bytes((1000, 64, 64), body=bytes(1000 * 4096))})
    assert Path(path).stat().st_size < 2**16
    with pytest.raises(LabError, match="'images' takes the file to 4,096,000 bytes, over the limit"):
        open_data(path)


def test_that_missing_arrays_are_told_with_those_that_are_there(tmp_path):
    with pytest.raises(
        LabError, match=r"holds no array of pictures \(its arrays: weights\).*train_images|images"
    ):
        open_data(saved(tmp_path / "a.npz", weights=np.zeros(3)))
    (tmp_path / "b.npz").write_bytes(b"hello")
    with pytest.raises(LabError, match=r"b\.npz: is not a zip archive"):
        open_data(str(tmp_path / "b.npz"))


def test_that_labels_of_another_count_are_told(tmp_path):
    with pytest.raises(LabError, match=r"'labels' has shape \(3,\), expected 4 labels"):
        open_data(saved(tmp_path / "a.npz", images=digits(4), labels=np.zeros(3, int)))
    path = saved(tmp_path / "b.npz", images=digits(4), attributes=np.zeros((3, 2), bool))
    with pytest.raises(LabError, match="'attributes' has shape"):
        open_data(path)


def test_that_labels_may_be_words(tmp_path):
    words = np.array(["cat", "dog"] * 5)
    data = open_data(saved(tmp_path / "a.npz", images=digits(10), labels=words)).everything
    assert data.classes == ("cat", "dog")
    assert data.labels.tolist() == [n % 2 for n in data.images[:, 0, 0, 0].tolist()]


@pytest.mark.parametrize("order", ["<", ">"])
def test_that_words_of_impossible_letters_are_told(tmp_path, order):
    words = np.array([0x110000, 65, 66, 67], f"{order}u4").view(f"{order}U1")
    path = saved(tmp_path / "w.npz", images=np.zeros((4, 8, 8), np.uint8), labels=words)
    with pytest.raises(LabError, match=r"w\.npz.*labels.*invalid characters"):
        open_data(path)


def test_that_a_member_whose_own_name_is_no_text_is_told(tmp_path):
    path = Path(saved(tmp_path / "n.npz", images=np.zeros((4, 8, 8), np.uint8)))
    data = bytearray(path.read_bytes())
    data[6:8] = (0x800).to_bytes(2, "little")  # the local header's flag: the name is UTF-8
    data[30] = 0xFF
    path.write_bytes(data)
    with pytest.raises(LabError, match=r"n\.npz"):
        open_data(str(path))


def test_that_of_too_many_some_are_drawn_without_unpacking_all(tmp_path, monkeypatch):
    monkeypatch.setattr(splits, "MAX_PICTURES", 10)
    monkeypatch.setattr(npz, "MAX_PICTURES", 10)
    monkeypatch.setattr(npy, "_BLOCK_BYTES", 700)
    images = digits(40)
    opened = open_data(saved(tmp_path / "a.npz", images=images, labels=np.arange(40)))
    numbers = opened.everything.images[:, 0, 0, 0].tolist()
    assert len(set(numbers)) == 10
    assert [opened.everything.classes[n] for n in opened.everything.labels] == [str(n) for n in numbers]
    assert "Of its 40 pictures, 10 were drawn" in opened.report.in_words()
    for image, number in zip(opened.everything.images[:, 0].numpy(), numbers, strict=True):
        assert np.array_equal(image, images[number])


@pytest.mark.parametrize("kind", ["U", "S"])
def test_that_words_may_be_letters_or_bytes(tmp_path, kind):
    words = np.array(["bee 10", "ant", "bee 9", "", "ant"] * 2)
    words = np.char.encode(words, "utf-8") if kind == "S" else words
    data = open_data(saved(tmp_path / "a.npz", images=digits(10), labels=words)).everything
    assert data.classes == ("ant", "bee 9", "bee 10")
    expected = [2, 0, 1, -1, 0] * 2
    assert data.labels.tolist() == [expected[n] for n in data.images[:, 0, 0, 0].tolist()]


def objects(*values: object) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def test_that_labels_of_objects_cost_nothing_but_themselves(tmp_path):
    path = saved(
        tmp_path / "a.npz",
        images=digits(4),
        labels=objects(*[Canary()] * 4),
        attributes=np.eye(4, 2),
        attribute_names=objects(Canary(), Canary()),
    )
    opened = open_data(path)
    assert opened.everything.labels is None
    assert opened.everything.attribute_names == ("attribute 0", "attribute 1")
    order = opened.everything.images[:, 0, 0, 0].tolist()
    assert opened.everything.attributes.tolist() == [[n == 0, n == 1] for n in order]
    passed = "holds Python objects, which are never unpickled: it was skipped"
    assert [note for note in opened.report.notes if "objects" in note] == [
        f"The array 'labels' {passed}",
        f"The array 'attribute_names' {passed}",
    ]


def test_that_whole_numbers_of_any_type_are_classes_and_the_rest_unknown(tmp_path):
    labels = np.array([3.0, np.nan, 7.0, -1.0])
    data = open_data(saved(tmp_path / "a.npz", images=digits(4), labels=labels)).everything
    assert data.classes == ("3", "7")
    assert data.labels.tolist() == [[0, -1, 1, -1][n] for n in data.images[:, 0, 0, 0].tolist()]
    both = open_data(saved(tmp_path / "b.npz", images=digits(4), labels=np.array([-1, 1, 1, -1]))).everything
    assert both.classes == ("-1", "1")
    parts = open_data(saved(tmp_path / "c.npz", images=digits(4), labels=np.array([0.5, 1, 2, 3])))
    assert parts.everything.classes == ()
    assert "Its labels are not classes: they are not whole numbers" in parts.report.notes


def test_that_a_part_without_labels_leaves_the_others_theirs(tmp_path):
    path = saved(tmp_path / "a.npz", x_train=digits(10), y_train=np.arange(10) % 2, x_test=digits(3))
    opened = open_data(path)
    assert opened.train.labels.tolist() == [n % 2 for n in range(10)]
    assert opened.test.labels.tolist() == [-1] * 3
    assert any("'y_test'" in note for note in opened.report.notes)


def test_that_attributes_may_be_unknown(tmp_path):
    values = np.array([[1, np.nan], [0, 1], [-1, 0], [np.nan, 1]])
    data = open_data(saved(tmp_path / "a.npz", images=digits(4), attributes=values)).everything
    order = data.images[:, 0, 0, 0].tolist()
    assert data.attributes.tolist() == (values > 0)[order].tolist()
    assert data.attributes_known.tolist() == np.isfinite(values)[order].tolist()
    known = np.eye(4, 2, dtype=bool)
    path = saved(tmp_path / "b.npz", images=digits(4), attributes=np.ones((4, 2)), attributes_known=known)
    data = open_data(path).everything
    order = data.images[:, 0, 0, 0].tolist()
    assert data.attributes.tolist() == data.attributes_known.tolist() == known[order].tolist()


SPLITS = {
    "held_out": np.array([True, False, False, True]),
    "split": np.array(["test", "train", "val", "test"]),
}


@pytest.mark.parametrize(("name", "split"), SPLITS.items(), ids=SPLITS.keys())
def test_that_an_array_may_say_what_is_held_out(tmp_path, name, split):
    opened = open_data(saved(tmp_path / "a.npz", images=digits(4), **{name: split}))
    assert opened.test.images[:, 0, 0, 0].tolist() == [0, 3]


def test_that_an_array_of_seventy_dimensions_is_told(tmp_path):
    path = raw(tmp_path / "a.npz", {"images": array_bytes((1,) * 70, body=b"\1")})
    with pytest.raises(LabError, match=r"'images' (claims a shape|has an invalid header)"):
        open_data(path)
    path = raw(
        tmp_path / "b.npz",
        {"images": array_bytes((1, 8, 8), body=bytes(64)), "labels": array_bytes((0,) * 70)},
    )
    with pytest.raises(LabError, match=r"'labels' (claims a shape|has an invalid header)"):
        open_data(path)


def test_that_names_of_classes_which_do_not_fit_are_passed_over(tmp_path):
    path = saved(tmp_path / "a.npz", images=digits(4), labels=np.arange(4), classes=np.array(["a", "b"]))
    opened = open_data(path)
    assert opened.everything.classes == tuple("0123")
    assert any("2 class names do not match its labels" in note for note in opened.report.notes)


@pytest.mark.parametrize(
    ("images", "labels"),
    [("arr_0", "arr_1"), ("X", "y"), ("data", "target"), ("Images", "Labels"), ("images", "label")],
)
def test_that_images_and_labels_are_known_by_their_other_names(tmp_path, images, labels):
    path = saved(tmp_path / "a.npz", **{images: digits(12), labels: np.arange(12) % 3})
    data = open_data(path).everything
    assert sorted(data.images[:, 0, 0, 0].tolist()) == list(range(12))
    assert [data.class_of(i) for i in range(12)] == [str(n % 3) for n in data.images[:, 0, 0, 0].tolist()]


@pytest.mark.parametrize(
    "names", [("X_train", "Y_train", "X_test", "Y_test"), ("train_x", "train_y", "test_x", "test_y")]
)
def test_that_parts_are_known_by_their_other_names(tmp_path, names):
    numbers = np.arange(12)
    given = (digits(12)[:8], numbers[:8] % 3, digits(12)[8:], numbers[8:] % 3)
    opened = open_data(saved(tmp_path / "a.npz", **dict(zip(names, given, strict=True))))
    assert sorted(opened.test.images[:, 0, 0, 0].tolist()) == [8, 9, 10, 11]
    data = opened.everything
    assert [data.class_of(i) for i in range(12)] == [str(n % 3) for n in data.images[:, 0, 0, 0].tolist()]


def test_that_one_hot_labels_are_classes_and_others_attributes(tmp_path):
    one = open_data(
        saved(tmp_path / "a.npz", images=digits(12), labels=np.eye(3)[np.arange(12) % 3])
    ).everything
    assert (one.classes, one.attributes) == (("0", "1", "2"), None)
    assert [one.class_of(i) for i in range(12)] == [str(n % 3) for n in one.images[:, 0, 0, 0].tolist()]
    several = np.eye(3)[np.arange(12) % 3]
    several[0] = 1
    data = open_data(saved(tmp_path / "b.npz", images=digits(12), labels=several)).everything
    assert (data.classes, data.attribute_names) == ((), ("label 0", "label 1", "label 2"))


def test_that_rows_of_pixels_are_square_pictures(tmp_path):
    images = digits(12)
    rows = images.reshape(12, 100)
    data = open_data(f"{saved(tmp_path / 'a.npz', images=rows)}::side=10").everything
    assert data.shape == (1, 10, 10)
    order = data.images[:, 0, 0, 0].tolist()
    assert np.array_equal(data.images[:, 0].numpy(), images[order])
    with pytest.raises(LabError, match=r"has shape \(12, 99\), expected pictures x rows x columns"):
        open_data(saved(tmp_path / "b.npz", images=rows[:, :99]))


def test_that_other_arrays_of_a_value_for_each_picture_are_columns(tmp_path):
    rows = np.arange(12)
    opened = open_data(
        saved(
            tmp_path / "a.npz",
            images=digits(12),
            age=np.where(rows == 3, np.nan, 10.0 * rows),
            town=np.array(["Ulm", "Rome", ""] * 4),
            married=rows % 2 == 0,
            grid=np.zeros((12, 5)),
            of_others=np.arange(7),
        )
    )
    data = opened.everything
    number = data.images[:, 0, 0, 0].numpy()  # pictures are put in another order
    columns = {column.name: column for column in data.columns}
    assert set(columns) == {"age", "town", "married"}
    np.testing.assert_array_equal(columns["age"].values, np.where(number == 3, np.nan, 10.0 * number))
    assert columns["town"].words == ("Rome", "Ulm")
    assert columns["town"].codes.tolist() == [(1, 0, -1)[one % 3] for one in number]
    assert columns["married"].truth
    assert [len(column) for column in opened.test.columns] == [len(opened.test)] * 3
