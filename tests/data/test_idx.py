"""The IDX reader: what is written comes back; what is damaged is told, and costs no memory."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentlab.data.arrays import idx
from latentlab.data.arrays.idx import read_idx, read_pair
from latentlab.errors import LabError


def idx_bytes(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


DIGITS = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@given(
    array=arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6)),
    zipped=st.booleans(),
)
def test_that_any_array_comes_back_as_it_was_written(tmp_path, array, zipped):
    content = idx_bytes(array)
    found = read_idx(write(tmp_path / "a", gzip.compress(content) if zipped else content))
    assert found.dtype == np.uint8
    assert found.shape == array.shape
    assert np.array_equal(found, array)
    found[...] = 0  # it is the caller's own


DAMAGED = {
    "bad magic": (b"PK\3\4" + b"\0" * 20, "begins with b'PK.*expected two zero bytes"),
    "empty": (b"", "begins with b'', expected two zero bytes"),
    "signed bytes": (b"\0\0\x09\1" + b"\0\0\0\0", "type is 0x09, expected 0x08"),
    "no dimensions": (b"\0\0\x08\0", "0 dimensions, expected 1 to 4"),
    "too many dimensions": (b"\0\0\x08\xff" + b"\0" * 2000, "255 dimensions, expected 1 to 4"),
    "header truncated": (idx_bytes(DIGITS)[:10], "12 bytes of sizes expected, 6 found"),
    "body truncated": (idx_bytes(DIGITS)[:-5], "24 bytes expected, 19 found"),
    "no body": (idx_bytes(DIGITS)[:16], "24 bytes expected, 0 found"),
    "trailing bytes": (idx_bytes(DIGITS) + b"x", "longer than its header says: 24 bytes expected"),
    "dimensions that overflow": (
        b"\0\0\x08\4" + b"\xff" * 16 + b"\0" * 100,
        "claims 4294967295 x 4294967295 x .*over the limit",
    ),
    "overflow hidden by a zero": (b"\0\0\x08\4" + b"\xff" * 12 + b"\0" * 4, "over the limit"),
    "a little more than memory": (
        b"\0\0\x08\1" + struct.pack(">I", 2**32 - 1),
        "4,294,967,295 bytes expected, 0",
    ),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("content", "reason"), DAMAGED.values(), ids=DAMAGED.keys())
def test_that_a_damaged_file_is_named_with_what_was_expected_and_found(tmp_path, content, reason, zipped):
    path = write(tmp_path / "digits.idx", gzip.compress(content) if zipped else content)
    with pytest.raises(LabError, match=reason) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
def test_that_a_gzip_cut_short_anywhere_is_told(tmp_path, share):
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    whole = gzip.compress(idx_bytes(noise))
    path = write(tmp_path / "a.gz", whole[: int(len(whole) * share)])
    with pytest.raises(LabError, match="gzip data is truncated") as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("at", [0.3, 0.7, -6], ids=["early", "late", "checksum"])
def test_that_a_gzip_with_wrong_bytes_is_told(tmp_path, at):
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    content = bytearray(gzip.compress(idx_bytes(noise)))
    place = at if at < 0 else int(len(content) * at)
    content[place] ^= 0xFF
    with pytest.raises(LabError, match=r"a\.gz"):
        read_idx(write(tmp_path / "a.gz", bytes(content)))


def peak_bytes(path: Path, reason: str) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(LabError, match=reason):
            read_idx(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_that_a_gzip_bomb_is_left_packed_past_its_headers_size(tmp_path):
    bomb = gzip.compress(idx_bytes(DIGITS) + bytes(200 * 2**20), compresslevel=1)
    assert len(bomb) < 2 * 2**20
    assert peak_bytes(write(tmp_path / "bomb.gz", bomb), "longer than its header says") < 5 * 2**20


def test_that_a_header_claiming_gigabytes_costs_no_more_than_the_file(tmp_path):
    path = write(tmp_path / "liar", b"\0\0\x08\1" + struct.pack(">I", 2**32 - 1) + bytes(1000))
    assert peak_bytes(path, "1,000 found") < 5 * 2**20


def test_that_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(LabError, match=r"nowhere.*no such file"):
        read_idx(tmp_path / "nowhere")
    with pytest.raises(LabError, match="is a folder"):
        read_idx(tmp_path)


def test_that_a_file_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    path = write(tmp_path / "a", idx_bytes(DIGITS))

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(idx, "open_to_read", refuse)
    with pytest.raises(LabError, match="Permission denied"):
        read_idx(path)


def pair(tmp_path: Path, images: np.ndarray, labels: np.ndarray) -> tuple[Path, Path]:
    return write(tmp_path / "images", idx_bytes(images)), write(tmp_path / "labels", idx_bytes(labels))


def test_that_a_pair_belongs_together(tmp_path):
    images, labels = read_pair(*pair(tmp_path, DIGITS, np.array([7, 9])))
    assert np.array_equal(images, DIGITS)
    assert labels.tolist() == [7, 9]


@pytest.mark.parametrize(
    ("images", "labels", "culprit", "reason"),
    [
        (DIGITS, np.zeros(3), "labels", "3 labels for the 2 pictures of images"),
        (DIGITS[0], np.zeros(3), "images", "2 dimensions, expected 3"),
        (DIGITS, DIGITS, "labels", "3 dimensions, expected 1"),
        (DIGITS[:0], np.zeros(0), "images", "holds no pictures"),
        (DIGITS[:, :0], np.zeros(2), "images", "holds no pictures"),
    ],
    ids=["counts", "images-rank", "labels-rank", "no-pictures", "no-pixels"],
)
def test_that_a_pair_that_does_not_fit_is_told(tmp_path, images, labels, culprit, reason):
    with pytest.raises(LabError, match=reason) as caught:
        read_pair(*pair(tmp_path, images, labels))
    assert str(tmp_path / culprit) in str(caught.value)
