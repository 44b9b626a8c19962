"""What is passed over is told, in a folder and in a zip alike."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from latentlab.data.opening import open_data
from latentlab.errors import LabError
from tests.data.pictures import encoded, folder_of, noise

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def fill(root: Path) -> None:
    folder_of(root, 6)
    for number in range(12):
        (root / f"IMG_{number:02}.heic").write_bytes(HEIC)
    (root / "clip.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    (root / "scan").write_bytes(HEIC)
    (root / "img_001").write_bytes(encoded(noise(50), "JPEG"))
    (root / "photo.dat").write_bytes(encoded(noise(51)))
    (root / "notes.txt").write_text("not even tried")
    (root / "unknown").write_bytes(b"\1\2\3\4")
    (root / ".hidden").write_bytes(HEIC)
    (root / "._IMG_00.heic").write_bytes(HEIC)


def packed(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_that_other_pictures_are_told_with_reasons_and_counts(tmp_path, container):
    fill(tmp_path / "x")
    report = open_data(str(tmp_path / "x" if container == "folder" else packed(tmp_path / "x"))).report
    assert (report.read, report.skipped_count) == (8, 14)
    assert [(reason.words, reason.count) for reason in report.reasons] == [
        ("a HEIC picture, which LatentLab does not read; convert it to JPEG or PNG", 13),
        ("a video, which LatentLab does not read; save its frames as PNG or JPEG", 1),
    ]
    assert (
        "2 files were recognised as pictures by their content, not by their name: img_001, photo.dat"
        in report.notes
    )
    words = report.in_words()
    assert "13 files: a HEIC picture" in words
    assert "IMG_00.heic" in words
    assert "clip.mp4: a video" in words


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_that_what_holds_no_pictures_says_what_it_holds(tmp_path, container):
    folder = tmp_path / "x"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.HEIC").write_bytes(HEIC)
    (folder / "a.mp4").write_bytes(b"")
    (folder / "b.txt").write_text("")
    path = folder if container == "folder" else packed(folder)
    with pytest.raises(LabError) as caught:
        open_data(str(path))
    told = str(caught.value)
    assert told.startswith(
        f"{path}: holds no pictures, but 12 .heic, 1 .mp4, 1 .txt; 12 files: a HEIC picture"
    )
    assert "convert it to JPEG or PNG (00.HEIC, 01.HEIC and 10 more); a.mp4: a video" in told


def test_that_one_picture_and_many_others_say_why_there_is_only_one(tmp_path):
    folder_of(tmp_path, 1)
    for number in range(5):
        (tmp_path / f"{number}.cr2").write_bytes(b"II*\0\x10\0\0\0CR")
    with pytest.raises(LabError, match=r"only one readable picture; 5 files: a camera's raw .*develop it"):
        open_data(str(tmp_path))
