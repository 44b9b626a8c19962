"""Directions in files: what is written is read, and what is wrong is named before it costs anything."""

from __future__ import annotations

import io
import json
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load as parse
from safetensors.torch import save as serialise

from latentlab.engine.attributes import direction_files
from latentlab.engine.attributes.direction_files import SUFFIXES, load_directions, save_directions
from latentlab.engine.attributes.directions import Directions, Trust
from latentlab.engine.attributes.known_attributes import METHODS
from latentlab.errors import LabError
from tests.tiny import save_tiny_model

KEY = "latentlab-directions"
counts = st.integers(0, 2**53)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
figures = st.none() | st.floats(-1e300, 1e300)
trusts = st.builds(Trust, st.none() | st.floats(0, 1), figures, counts, counts)


@st.composite
def any_directions(draw: st.DrawFn) -> Directions:
    count, latents = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    vectors = draw(st.lists(numbers, min_size=count * latents, max_size=count * latents))
    several = {"min_size": count, "max_size": count}
    return Directions(
        names=tuple(draw(st.lists(texts, unique=True, **several))),
        vectors=np.array(vectors, np.float32).reshape(count, latents),
        method=draw(st.sampled_from(list(METHODS))),
        have=tuple(draw(st.lists(counts, **several))),
        lack=tuple(draw(st.lists(counts, **several))),
        trust=tuple(draw(st.lists(trusts, **several))),
        left_out=tuple(draw(st.lists(texts, max_size=3))),
        data=draw(texts),
        model=draw(texts),
        model_hash=draw(texts),
    )


SAMPLE = Directions(
    names=("Hat", "Größe"),
    vectors=np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], np.float32),
    method="regressed",
    have=(5, 6),
    lack=(7, 8),
    trust=(Trust(0.9, 2.5, 3, 4), Trust(None, None, 0, 7)),
    left_out=("Beard",),
    data="faces",
    model="tiny",
    model_hash="abc",
)


def same(first: Directions, second: Directions) -> None:
    for name in ("names", "method", "have", "lack", "trust", "left_out", "data", "model", "model_hash"):
        assert getattr(first, name) == getattr(second, name)
    assert np.array_equal(first.vectors, second.vectors)
    assert second.vectors.dtype == np.float32


def refused(path: Path, reason: str, **options: int) -> None:
    with pytest.raises(LabError, match=reason) as caught:
        load_directions(path, **options)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < 600


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(directions=any_directions())
def test_that_any_directions_come_back_as_they_were(tmp_path, suffix, directions):
    path = save_directions(tmp_path / f"some{suffix}", directions, overwrite=True)
    same(directions, load_directions(path, latents=directions.latents))


def test_that_an_npz_can_be_read_with_numpy_alone(tmp_path):
    path = save_directions(tmp_path / "d.npz", SAMPLE)
    with np.load(path, allow_pickle=False) as stored:
        assert stored["names"].tolist() == ["Hat", "Größe"]
        assert np.array_equal(stored["vectors"], SAMPLE.vectors)
        assert np.array_equal(stored["cosines"], SAMPLE.cosines)
        assert stored["auc"][0] == 0.9
        assert np.isnan(stored["auc"][1])
        assert str(stored["method"]) == "regressed"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_that_nothing_is_overwritten_unless_asked(tmp_path, suffix):
    path = save_directions(tmp_path / f"d{suffix}", SAMPLE)
    before = path.read_bytes()
    with pytest.raises(LabError, match="already exists"):
        save_directions(path, SAMPLE)
    assert path.read_bytes() == before
    save_directions(path, SAMPLE, overwrite=True)
    with pytest.raises(LabError, match=r"\.pt.*Known: \.safetensors, \.npz"):
        save_directions(tmp_path / "d.pt", SAMPLE)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_that_another_number_of_dimensions_is_told(tmp_path, suffix):
    path = save_directions(tmp_path / f"d{suffix}", SAMPLE)
    refused(path, "its directions have 3 dimensions, the model 32", latents=32)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_that_a_file_cut_anywhere_is_told(tmp_path, suffix):
    whole = save_directions(tmp_path / f"whole{suffix}", SAMPLE).read_bytes()
    cut = tmp_path / f"cut{suffix}"
    for length in range(0, len(whole), max(1, len(whole) // 80)):
        cut.write_bytes(whole[:length])
        refused(cut, "is empty|not a readable safetensors|is not a zip archive")


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=st.data())
def test_that_flipped_bytes_never_escape_as_anything_but_a_lab_error(tmp_path, suffix, data):
    content = bytearray(save_directions(tmp_path / f"whole{suffix}", SAMPLE, overwrite=True).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path / f"flipped{suffix}"
    path.write_bytes(bytes(content))
    try:
        load_directions(path)
    except LabError as error:
        if "\n" in str(error):
            raise


def test_that_folders_pipes_missing_and_unknown_files_are_told(tmp_path, monkeypatch):
    (tmp_path / "d.npz").mkdir()
    refused(tmp_path / "d.npz", "is a folder")
    refused(tmp_path / "none.safetensors", "No such file")
    refused(tmp_path / "d.pkl", r"the file extension '\.pkl' is unknown. Known: \.safetensors, \.npz")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.npz")
        refused(tmp_path / "pipe.npz", "not a regular file")
    path = save_directions(tmp_path / "e.npz", SAMPLE)
    monkeypatch.setattr(direction_files, "MAX_FILE_BYTES", 100)
    refused(path, "is larger than")


def test_that_a_model_is_not_taken_for_directions(tmp_path):
    refused(save_tiny_model(tmp_path / "tiny.safetensors"), "holds no directions|no LatentLab card")


def recarded(path: Path, **changes: object) -> Path:
    """The file with some fields of its card replaced."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    card = json.loads(json.loads(content[8 : 8 + length])["__metadata__"][KEY]) | changes
    path.write_bytes(serialise(parse(content), {KEY: json.dumps(card)}))
    return path


FIGURES = {"auc": 0.5, "cohens_d": 1.0, "have": 1, "lack": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2, "version": "9.1"}, r"newer LatentLab \(version 9\.1, format 2; this one reads 1"),
        ({"format": 0}, "format version is 0"),
        ({"names": "Hat"}, "no valid field 'names'"),
        ({"names": ["Hat"]}, "1, 1 to"),
        ({"names": ["Hat", "Hat"]}, "two attributes are called 'Hat'"),
        ({"names": ["Hat", 3]}, "name of an attribute is '3'"),
        ({"names": ["Hat", "\ud83d"]}, "cannot be stored in a file"),
        ({"names": ["x"] * 1001}, "more than 1,000"),
        ({"left_out": ["x" * 5000]}, "5,000 characters"),
        ({"data": 3}, "no valid field 'data'"),
        ({"model": "x" * 9999}, "9,999 characters"),
        ({"method": "magic\n" * 99}, "no method is called"),
        ({"have": [1]}, "one for each"),
        ({"have": [1, -1]}, "count of pictures is -1"),
        ({"have": [1, 10**400]}, "count of pictures is 1000"),
        ({"lack": [1, True]}, "count of pictures is True"),
        ({"trust": [FIGURES]}, "one for each"),
        ({"trust": [3, 4]}, "invalid figures"),
        ({"trust": [FIGURES, FIGURES | {"auc": 1.5}]}, "a figure is 1.5, expected 0 to 1"),
        ({"trust": [FIGURES, FIGURES | {"auc": float("nan")}]}, "a figure is nan"),
        ({"trust": [FIGURES, FIGURES | {"cohens_d": float("inf")}]}, "a figure is inf"),
        ({"trust": [FIGURES, FIGURES | {"cohens_d": "much"}]}, "a figure is 'much'"),
        ({"trust": [FIGURES, FIGURES | {"more": 1}]}, "invalid figures"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_that_a_wrong_card_is_told(tmp_path, changes, reason):
    refused(recarded(save_directions(tmp_path / "d.safetensors", SAMPLE), **changes), reason)


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({"vectors": torch.full((2, 3), torch.nan)}, "vectors holds NaN"),
        ({"vectors": torch.full((2, 3), -torch.inf)}, "vectors holds NaN or infinite"),
        ({"vectors": torch.zeros(2, 3).double()}, "vectors are torch.float64"),
        ({"vectors": torch.zeros(6)}, r"shape \(6,\)"),
        ({"vectors": torch.zeros(3, 3)}, r"shape \(3, 3\)"),
        ({"vectors": torch.zeros(2, 5000)}, r"1 to 4096"),
        ({"weights": torch.zeros(2, 3)}, "its tensors are weights; expected one called vectors"),
        ({}, "its tensors are none"),
    ],
    ids=str,
)
def test_that_wrong_tensors_are_told(tmp_path, tensors, reason):
    path = save_directions(tmp_path / "d.safetensors", SAMPLE)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    path.write_bytes(serialise(tensors, json.loads(content[8 : 8 + length])["__metadata__"]))
    refused(path, reason)


def test_that_a_member_whose_name_is_no_text_is_told(tmp_path):
    path = save_directions(tmp_path / "d.npz", SAMPLE)
    content = bytearray(path.read_bytes())
    first = content.index(b"format.npy")
    content[first] = 0xFF
    content[first - 30 + 7] |= 0x08  # the flag that says that names are UTF-8
    path.write_bytes(bytes(content))
    refused(path, "cannot be unpacked")


class Canary:
    """Sings if it is ever unpickled."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self):
        return (Path.touch, (self.sign,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": np.int64(2)}, r"newer LatentLab \(format 2"),
        ({"format": np.int64(-1)}, "format version is -1"),
        ({"format": None}, "holds no directions"),
        ({"names": None}, "has no array 'names'"),
        ({"names": np.array([1, 2])}, "'names' is int64 of shape .* expected text"),
        ({"names": np.array(["Hat"])}, "1, 1 to"),
        ({"names": np.array(["Hat", "Hat"])}, "two attributes"),
        ({"names": np.array([0x00110000, 65], "<u4").view("<U1")}, "invalid characters"),
        ({"method": np.array(["means"])}, "expected text in 0 dimensions"),
        ({"method": np.array("magic")}, "magic"),
        ({"vectors": np.zeros((2, 3))}, "float64"),
        ({"vectors": np.full((2, 3), np.inf, np.float32)}, "NaN or infinite"),
        ({"vectors": np.zeros((2, 3), np.int64)}, "expected numbers in 2 dimensions"),
        ({"auc": np.zeros(3)}, "different lengths"),
        ({"auc": np.full(2, 2.0)}, "a figure is 2.0"),
        ({"cohens_d": np.full(2, np.inf)}, "a figure is inf"),
        ({"have": np.array([-1, 2])}, "count of pictures is -1"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value[:30],
)
def test_that_wrong_arrays_are_told(tmp_path, changes, reason):
    with np.load(save_directions(tmp_path / "good.npz", SAMPLE)) as stored:
        found = {name: stored[name] for name in stored.files} | changes
    np.savez(tmp_path / "d.npz", **{name: array for name, array in found.items() if array is not None})
    refused(tmp_path / "d.npz", reason)


def test_that_nothing_is_ever_unpickled(tmp_path):
    with np.load(save_directions(tmp_path / "good.npz", SAMPLE)) as stored:
        found = {name: stored[name] for name in stored.files}
    sign = tmp_path / "sung"
    found["names"] = np.array([Canary(sign), Canary(sign)], dtype=object)
    np.savez(tmp_path / "d.npz", allow_pickle=True, **found)
    refused(tmp_path / "d.npz", "'names' holds Python objects, which are never unpickled")
    assert not sign.exists()
    with np.load(tmp_path / "d.npz", allow_pickle=True) as stored:
        _ = stored["names"]
    assert sign.exists()  # the canary could sing


def test_that_a_bomb_is_told_without_memory(tmp_path):
    with np.load(save_directions(tmp_path / "good.npz", SAMPLE)) as stored:
        found = {name: stored[name] for name in stored.files}
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, **found | {"left_out": np.zeros(20_000_000, "<U1")})
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        refused(path, "the array 'left_out' takes 80,000,000 bytes")
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_that_an_array_that_claims_more_than_there_is_is_told(tmp_path):
    with zipfile.ZipFile(save_directions(tmp_path / "good.npz", SAMPLE)) as good:
        members = {name: good.read(name) for name in good.namelist()}
    stream = io.BytesIO()
    claim = {"descr": "<f4", "fortran_order": False, "shape": (2, 3_000_000)}
    np.lib.format.write_array_header_1_0(stream, claim)
    members["vectors.npy"] = stream.getvalue() + struct.pack("<f", 1.0)
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as bad:
        for name, content in members.items():
            bad.writestr(name, content)
    refused(tmp_path / "d.npz", "'vectors' claims 24,000,000 bytes, and the file holds 4")
