"""Zips of pictures: nothing is written, nothing grows without bound."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.folders import archive
from latentlab.data.opening import open_data
from latentlab.errors import LabError
from tests.data.pictures import encoded, noise, seeds_of


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def pictures(count: int, prefix: str = "") -> dict[str, bytes]:
    return {f"{prefix}{seed:03}.png": encoded(noise(seed)) for seed in range(count)}


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_that_every_picture_comes_back_pixel_for_pixel(tmp_path, method):
    opened = open_data(str(zipped(tmp_path / "my cats.zip", pictures(20, "inside/"), method)))
    assert sorted(seeds_of(opened.everything.images.numpy())) == list(range(20))
    assert opened.everything.name == "my cats"
    assert opened.report.kind == "zip of pictures"


def test_that_a_zip_reads_like_the_folder_in_it(tmp_path):
    members = {
        f"{('cats', 'dogs')[seed % 2]}/{name}": content
        for seed, (name, content) in enumerate(pictures(20).items())
    }
    for name, content in members.items():
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(content)
    first = open_data(str(zipped(tmp_path / "a.zip", members))).everything
    second = open_data(str(tmp_path / "folder")).everything
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.labels, second.labels)
    assert first.classes == second.classes == ("cats", "dogs")


def test_that_nothing_is_ever_written(tmp_path):
    inside = tmp_path / "deep" / "inside"
    inside.mkdir(parents=True)
    evil = {
        "../x.png": 0,
        "/tmp-latentlab-x.png": 1,
        "..\\..\\y.png": 2,
        "C:/z.png": 3,
        "a/../../../w.png": 4,
    }
    path = zipped(inside / "a.zip", {name: encoded(noise(seed)) for name, seed in evil.items()})
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    before = sorted(tmp_path.rglob("*"))
    report = open_data(str(path)).report
    assert (report.read, report.skipped_count) == (5, 1)
    assert report.skipped[0][0] == "link.png"
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp-latentlab-x.png").exists()


def test_that_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = zipped(tmp_path / "bomb.zip", {**pictures(3), "big.png": bytes(5 * 2**20)})
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 2**20)
    report = open_data(str(path)).report
    assert report.read == 3
    assert report.skipped == (("big.png", "would unpack to 5,242,880 bytes, over the limit of 1 MiB"),)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 2**20)
    path.touch()
    with pytest.raises(LabError, match=r"bomb.zip: would unpack to .* GiB, over the limit"):
        open_data(str(zipped(tmp_path / "bomb.zip", {**pictures(3), "big.png": bytes(6 * 2**20)})))


def test_that_a_member_unpacks_to_no_more_than_the_table_of_contents_says(tmp_path):
    path = zipped(tmp_path / "a.zip", {**pictures(3), "liar.png": encoded(noise(5)) + bytes(2**20)})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\1\2")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    report = open_data(str(path)).report
    assert report.read == 3
    assert [file for file, _ in report.skipped] == ["liar.png"]


def test_that_damaged_and_locked_members_are_skipped(tmp_path):
    path = zipped(tmp_path / "a.zip", pictures(6), zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(encoded(noise(2))) + 60] ^= 0xFF
    entry = content.rindex(b"003.png") - 46
    content[entry + 8] |= 1  # Encrypted, says the table of contents.
    header = content.index(b"003.png") - 30
    content[header + 6] |= 1
    path.write_bytes(content)
    report = open_data(str(path)).report
    assert report.read == 4
    reasons = dict(report.skipped)
    assert "damaged in the archive" in reasons["002.png"]
    assert "encrypted" in reasons["003.png"]


def test_that_what_is_no_zip_of_pictures_is_told(tmp_path):
    whole = zipped(tmp_path / "a.zip", pictures(3)).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:-30])
    with pytest.raises(LabError, match=r"a\.zip: is not a zip archive, or is truncated"):
        open_data(str(tmp_path / "a.zip"))
    with pytest.raises(LabError, match=r"b\.zip: holds no pictures"):
        open_data(str(zipped(tmp_path / "b.zip", {"a.txt": b"hello"})))


@given(st.binary(max_size=60), st.data())
def test_that_a_damaged_zip_gives_pictures_or_one_reason(tmp_path, junk, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in pictures(4).items():
            file.writestr(name, content)
    whole = buffer.getvalue()
    start = data.draw(st.integers(0, len(whole)))
    path = tmp_path / "a.zip"
    path.write_bytes(whole[:start] + junk + whole[start + data.draw(st.integers(0, 100)) :])
    try:
        opened = open_data(str(path))
    except LabError as error:
        reason = str(error)
    else:
        assert opened.report.read >= 2
        return
    assert reason.startswith(str(path))
