"""Exported pictures have exactly their pixels, and files are written whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from latentlab.engine.files import atomic, destination
from latentlab.engine.files.export import (
    PICTURE_FORMATS,
    Origins,
    enlarge,
    save_encodings,
    save_picture,
    sheet,
    strip,
)
from latentlab.engine.files.provenance import Provenance
from latentlab.errors import LabError

MADE = Provenance("probe", "tiny", "0123456789ab", z=(0.0, 0.0))
GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOUR = np.stack([GREY, GREY[::-1], 255 - GREY], axis=-1)

sides = st.integers(1, 9)
pictures = st.one_of(
    arrays.arrays(np.uint8, st.tuples(sides, sides)),
    arrays.arrays(np.uint8, st.tuples(sides, sides, st.just(3))),
)


def _read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize("ending", [".png", ".webp"])
@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("scale", [1, 3])
def test_that_every_pixel_is_exact_and_unblurred(tmp_path: Path, ending: str, picture, scale: int):
    path = save_picture(tmp_path / f"a{ending}", picture, provenance=MADE, scale=scale)
    expected = np.kron(picture, np.ones((scale, scale, 1)[: picture.ndim], dtype=np.uint8))
    found = _read(path)
    if found.ndim > picture.ndim:  # WebP has no grey
        assert np.array_equal(found, np.repeat(expected[..., None], 3, axis=-1))
    else:
        assert np.array_equal(found, expected)


def test_that_a_jpeg_is_close(tmp_path: Path):
    smooth = np.linspace(0, 255, 64, dtype=np.uint8).reshape(8, 8)
    for ending in (".jpg", ".jpeg", ".JPG"):
        path = save_picture(tmp_path / f"a{ending}", smooth, provenance=MADE, scale=4)
        assert np.abs(_read(path).astype(int) - enlarge(smooth, 4)).mean() < 3.0


@settings(max_examples=60, deadline=None)
@given(picture=pictures, scale=st.integers(1, 5))
def test_that_enlarging_repeats_pixels(picture, scale: int):
    large = enlarge(picture, scale)
    assert large.shape[:2] == (picture.shape[0] * scale, picture.shape[1] * scale)
    for row in range(scale):
        for column in range(scale):
            assert np.array_equal(large[row::scale, column::scale], picture)


@settings(max_examples=60, deadline=None)
@given(
    picture=pictures,
    count=st.integers(1, 7),
    columns=st.integers(1, 5),
    gap=st.integers(0, 3),
    background=st.integers(0, 255),
)
def test_that_a_sheet_holds_each_picture_and_background_elsewhere(picture, count, columns, gap, background):
    many = [picture + np.uint8(number) for number in range(count)]
    page = sheet(many, columns, gap, background)
    height, width = picture.shape[:2]
    covered = np.zeros(page.shape[:2], dtype=bool)
    for number, one in enumerate(many):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        assert np.array_equal(page[top : top + height, left : left + width], one)
        covered[top : top + height, left : left + width] = True
    assert (page[~covered] == background).all()
    rows = -(-count // columns)
    assert page.shape[:2] == (rows * (height + gap) - gap, columns * (width + gap) - gap)


def test_that_a_strip_is_one_row():
    assert strip([GREY, GREY, GREY], gap=2).shape == (6, 3 * 8 + 2 * 2)


@pytest.mark.parametrize(
    "fault",
    [
        lambda: sheet([], 3),
        lambda: sheet([GREY, COLOUR], 3),
        lambda: sheet([GREY], 0),
        lambda: sheet([GREY], 1, gap=-1),
        lambda: sheet([GREY], 1, background=256),
        lambda: sheet([GREY], 10**9),
        lambda: strip([]),
        lambda: enlarge(GREY, 0),
        lambda: enlarge(GREY, 65),
        lambda: enlarge(GREY, 1.5),
        lambda: enlarge(GREY.astype(float), 1),
        lambda: enlarge(GREY[0], 1),
        lambda: enlarge(GREY[:0], 1),
        lambda: enlarge(np.zeros((4, 4, 4), np.uint8), 1),
        lambda: enlarge(np.zeros((2000, 2000), np.uint8), 64),
    ],
    ids=range(15),
)
def test_that_what_makes_no_picture_is_refused(fault):
    with pytest.raises(LabError):
        fault()


def test_that_an_unknown_ending_is_refused_listing_the_known(tmp_path: Path):
    for name in ("a.tiff", "a", ".png"):
        with pytest.raises(LabError, match=r"Known: \.png") as caught:
            save_picture(tmp_path / name, GREY, provenance=MADE)
        assert name in str(caught.value)
    with pytest.raises(LabError, match=r"Known: \.npz, \.csv"):
        save_encodings(tmp_path / "z.pkl", np.zeros((1, 2)), np.zeros((1, 2)), np.zeros(1))


def test_that_a_side_too_long_for_webp_is_refused(tmp_path: Path):
    with pytest.raises(LabError, match="WEBP"):
        save_picture(tmp_path / "a.webp", np.zeros((1, 20_000), np.uint8), provenance=MADE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", PICTURE_FORMATS)
def test_that_nothing_is_overwritten_unasked(tmp_path: Path, ending: str):
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"precious")
    with pytest.raises(LabError, match="already exists"):
        save_picture(path, GREY, provenance=MADE)
    assert path.read_bytes() == b"precious"
    save_picture(path, GREY, provenance=MADE, overwrite=True)
    assert path.read_bytes() != b"precious"


def _full_disk(*args: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _FillsUp(io.FileIO):
    """A file on a disk that is full after eight bytes."""

    def write(self, content: bytes) -> int:
        super().write(bytes(content[:8]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def fail_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From the call on, the named step of writing a file fails, whoever takes it."""

    def fail(what: str) -> None:
        if what == "write":
            monkeypatch.setattr(atomic, "open", _FillsUp, raising=False)
        elif what == "create":
            real = os.open

            def read_only(path: str, flags: int, *rest: object, **options: object) -> int:
                if flags & os.O_CREAT:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS))
                return real(path, flags, *rest, **options)

            monkeypatch.setattr("os.open", read_only)
        else:
            monkeypatch.setattr(f"os.{what}", _full_disk)

    return fail


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("create", "Read-only file system"),
        ("write", "No space left"),
        ("fsync", "No space left"),
        ("replace", "No space left"),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.npz"])
def test_that_a_failed_write_leaves_the_old_file_and_no_temporary(
    tmp_path: Path, fail_to: Callable[[str], None], name: str, step: str, reason: str
):
    path, pairs = tmp_path / name, np.zeros((1, 2))
    path.write_bytes(b"precious")
    save = {
        "a.png": lambda: save_picture(path, GREY, provenance=MADE, overwrite=True),
        "a.npz": lambda: save_encodings(path, pairs, pairs, np.zeros(1), overwrite=True),
    }[name]
    fail_to(step)
    with pytest.raises(LabError, match=reason) as caught:
        save()
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_forbidden_missing_or_wrong_folder_is_told_before_any_work(tmp_path: Path, monkeypatch):
    (tmp_path / "folder.png").mkdir()
    for name, reason in (
        ("folder.png", "is a folder"),
        ("missing/a.png", "does not exist"),
        ("x" * 300 + ".png", "could not be written"),
    ):
        with pytest.raises(LabError, match=reason):
            save_picture(tmp_path / name, GREY, provenance=MADE)
    monkeypatch.setattr(destination.os, "access", lambda *args: False)
    with pytest.raises(LabError, match="its folder is not writable"):
        save_picture(tmp_path / "a.png", GREY, provenance=MADE)


Z = np.array([[0.1, -1e-9], [3e8, 1 / 3], [-0.0, 7.0]], dtype=np.float32)
SIGMA = np.abs(Z) + np.float32(1e-3)
LABEL = np.array([3, -1, 9])


def test_that_npz_encodings_read_back_exactly_and_need_no_pickle(tmp_path: Path):
    path = save_encodings(tmp_path / "z.npz", Z, SIGMA, LABEL)
    with np.load(path, allow_pickle=False) as stored:
        assert set(stored) == {"z", "sigma", "label", "index"}
        assert stored["z"].dtype == stored["sigma"].dtype == np.float32
        assert np.array_equal(stored["z"], Z)
        assert np.array_equal(stored["sigma"], SIGMA)
        assert stored["label"].tolist() == [3, -1, 9]
        assert stored["index"].tolist() == [0, 1, 2]


@settings(max_examples=40, deadline=None)
@given(z=arrays.arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(1, 4))))
def test_that_csv_encodings_read_back_exactly(tmp_path_factory, z):
    path = tmp_path_factory.mktemp("csv") / "z.csv"
    save_encodings(path, z, np.ones_like(z), np.arange(len(z)) % 3)
    header, *rows = path.read_text().splitlines()
    dimensions = range(z.shape[1])
    assert header.split(",") == [
        "index",
        "label",
        *(f"z{d}" for d in dimensions),
        *(f"sigma{d}" for d in dimensions),
    ]
    assert [int(row.split(",")[0]) for row in rows] == list(range(len(z)))
    found = np.array([row.split(",")[2 : 2 + z.shape[1]] for row in rows], dtype=np.float32).reshape(z.shape)
    assert np.array_equal(found, z, equal_nan=True)


def test_that_encodings_that_do_not_fit_together_are_refused(tmp_path: Path):
    for mean, sigma, label in ((Z, SIGMA[:2], LABEL), (Z, SIGMA, LABEL[:2]), (Z[0], SIGMA[0], LABEL)):
        with pytest.raises(LabError, match="do not fit"):
            save_encodings(tmp_path / "z.npz", mean, sigma, label)
    assert list(tmp_path.iterdir()) == []


def test_that_the_same_encodings_make_the_same_bytes(tmp_path: Path):
    first, second = (save_encodings(tmp_path / name, Z, SIGMA, LABEL) for name in ("a.npz", "b.npz"))
    assert first.read_bytes() == second.read_bytes()


def test_that_no_name_in_a_csv_is_a_formula_and_only_such_are_changed(tmp_path):
    names = ["=1+1.png", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "+A1(", "-1.png", "+3 b!", " =2", "a=b\x1b\nc"]
    zero = np.zeros((len(names), 1), np.float32)
    label = np.zeros(len(names), np.int64)
    origins = Origins(file=names)
    path = save_encodings(tmp_path / "z.csv", zero, zero, label, origins)
    with path.open(newline="", encoding="utf-8") as file:
        found = [row["file"] for row in csv.DictReader(file)]
    assert found == [
        "'=1+1.png", "'@SUM(A1)", "'-2+3+cmd|' /C calc'!A0", "'+A1(", "-1.png", "'+3 b!", "' =2",
        "a=b\\x1b\\nc",
    ]  # fmt: skip
    with np.load(save_encodings(tmp_path / "z.npz", zero, zero, label, origins)) as arrays:
        assert arrays["files"].tolist()[:7] == names[:7]
