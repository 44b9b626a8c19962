"""Folders of pictures, opened."""

from __future__ import annotations

import os
import sys
import weakref
from pathlib import Path

import pytest
import torch

from latentlab.data.folders import folder as folder_module
from latentlab.data.folders.folder import FilePictures
from latentlab.data.opening import open_data, preview
from latentlab.errors import LabError
from tests.data.pictures import encoded, folder_of, noise, seeds_of, write

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and odd names")


def test_that_every_picture_comes_back_pixel_for_pixel(tmp_path):
    opened = open_data(str(folder_of(tmp_path / "cats", 25)))
    assert sorted(seeds_of(opened.everything.images.numpy())) == list(range(25))
    assert (len(opened.train), len(opened.test)) == (22, 3)
    assert torch.equal(torch.cat([opened.test.images, opened.train.images]), opened.everything.images)
    for data, split in ((opened.train, "train"), (opened.test, "test"), (opened.everything, "all")):
        assert (data.name, data.split, data.shape) == ("cats", split, (3, 12, 12))
        assert data.images.dtype == torch.uint8
        assert data.labels is None
        assert data.attributes is None
    assert opened.report.kind == "folder of pictures"
    assert (opened.report.read, opened.report.skipped_count) == (25, 0)


def test_that_the_same_pictures_are_held_out_every_time(tmp_path):
    first = open_data(str(folder_of(tmp_path / "a", 40)))
    again = open_data(str(folder_of(tmp_path / "b", 40)))
    assert torch.equal(first.test.images, again.test.images)


def test_that_folders_are_classes(tmp_path):
    for seed in range(12):
        write(tmp_path / ("cats", "dogs", "eels")[seed % 3] / "deep" / f"{seed}.png", noise(seed))
    write(tmp_path / "cover.png", noise(99))
    opened = open_data(str(tmp_path))
    data = opened.everything
    assert data.classes == ("cats", "dogs", "eels")
    assert data.labels.dtype == torch.int64
    assert data.labels.tolist() == [-1 if seed == 99 else seed % 3 for seed in seeds_of(data.images.numpy())]
    assert opened.report.skipped == ()
    assert "1 picture lies outside the class folders: the class is unknown" in opened.report.notes


def test_that_folders_of_splits_are_splits(tmp_path):
    for seed in range(12):
        split = "test" if seed % 4 == 0 else "train"
        write(
            tmp_path / "set" / split / ("cats", "dogs")[seed % 2 ^ seed // 4 % 2] / f"{seed}.png", noise(seed)
        )
    opened = open_data(str(tmp_path))
    assert sorted(seeds_of(opened.test.images.numpy())) == [0, 4, 8]
    assert opened.test.classes == ("cats", "dogs")
    for data in (opened.test, opened.train):
        seeds = seeds_of(data.images.numpy())
        assert data.labels.tolist() == [seed % 2 ^ seed // 4 % 2 for seed in seeds]


def test_that_a_single_class_is_none(tmp_path):
    folder_of(tmp_path / "cats", 4)
    opened = open_data(str(tmp_path))
    assert len(opened.everything) == 4
    assert opened.everything.labels is None
    assert "no classes" in opened.report.in_words()


def test_that_what_is_no_picture_is_skipped_and_counted(tmp_path):
    folder_of(tmp_path, 5)
    whole = encoded(noise(7))
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "poem.png").write_text("Shall I compare thee to a summer's day?")
    (tmp_path / "print.png").write_bytes(encoded(noise(0, 16), "EPS"))
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("not even tried")
    report = open_data(str(tmp_path)).report
    assert report.read == 5
    assert {file for file, _ in report.skipped} == {"cut.png", "poem.png", "print.png", "empty.jpg"}
    assert report.skipped_count == 4
    words = report.in_words()
    assert "5 pictures read" in words
    assert "4 left out" in words
    assert "poem.png: no picture in a known format" in words


def test_that_all_that_is_skipped_is_counted_and_a_hundred_told(tmp_path):
    folder_of(tmp_path, 3)
    for number in range(130):
        (tmp_path / f"x{number}.png").write_text("no")
    report = open_data(str(tmp_path)).report
    assert (report.read, report.skipped_count, len(report.skipped)) == (3, 130, 100)
    assert "and 125 more" in report.in_words()


def test_that_neither_part_is_empty_whatever_is_skipped(tmp_path):
    # Of twelve files the seventh is held out (tests/data/test_splits.py); it cannot be read.
    folder_of(tmp_path, 12)
    (tmp_path / "007.png").write_text("no")
    opened = open_data(str(tmp_path))
    assert (len(opened.train), len(opened.test)) == (9, 2)
    assert sorted(seeds_of(opened.everything.images.numpy())) == [n for n in range(12) if n != 7]


def test_that_a_folder_with_too_little_says_what_is_needed(tmp_path):
    with pytest.raises(LabError, match=r"holds no pictures\. Expected a folder or a zip"):
        open_data(str(tmp_path))
    write(tmp_path / "a.png", noise(0))
    with pytest.raises(LabError, match=r"only one readable picture.*At least 2 are needed"):
        open_data(str(tmp_path))
    (tmp_path / "b.png").write_text("no")
    with pytest.raises(LabError, match=r"only one readable picture; b\.png: no picture in"):
        open_data(str(tmp_path))
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(LabError, match=r"holds no readable picture; .*a\.png"):
        open_data(str(tmp_path))
    (tmp_path / "a.png").unlink()
    (tmp_path / "b.png").unlink()
    folder_of(tmp_path, 2)
    opened = open_data(str(tmp_path))
    assert (len(opened.train), len(opened.test)) == (1, 1)


@unix_only
def test_that_links_in_a_circle_come_to_an_end(tmp_path):
    folder_of(tmp_path / "a", 3)
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "me").symlink_to(tmp_path / "me")
    (tmp_path / "me.png").symlink_to(tmp_path / "me.png")
    report = open_data(str(tmp_path)).report
    assert report.read == 3
    assert [file for file, _ in report.skipped] == ["me.png"]


@unix_only
def test_that_pipes_are_not_waited_for(tmp_path):
    folder_of(tmp_path, 2)
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "pipe.png")
    assert open_data(str(tmp_path)).report.read == 2


@unix_only
def test_that_names_of_any_bytes_are_read(tmp_path):
    root = os.fsencode(tmp_path) + b"/caf\xe9"
    os.makedirs(root + b"/\xff\xfe")
    os.mkdir(root + b"/b")
    for seed in range(4):
        Path(os.fsdecode(root + (b"/\xff\xfe/%d.png", b"/b/%d.png")[seed % 2] % seed)).write_bytes(
            encoded(noise(seed))
        )
    Path(os.fsdecode(root + b"/b/\xe9.png")).write_text("no")
    opened = open_data(os.fsdecode(root))
    assert opened.report.read == 4
    texts = (opened.everything.name, *opened.everything.classes, opened.report.in_words())
    for text in texts:
        text.encode("utf-8")  # It can be printed.
    assert opened.everything.name == "caf?"


def test_that_a_file_that_vanishes_while_reading_is_skipped(tmp_path):
    folder_of(tmp_path, 120)

    def tick(done: int, total: int) -> None:
        if done == 50:
            (tmp_path / "100.png").unlink()

    report = open_data(str(tmp_path), tick=tick).report
    assert report.read == 119
    assert report.skipped == (("100.png", "disappeared while the folder was being read"),)


def forbid(monkeypatch: pytest.MonkeyPatch, module: object, function: str, part: str) -> None:
    """As if there were no permission: the tests may run as root, who has every permission."""
    allowed = getattr(module, function)

    def refuse(path: object, *args: object, **options: object) -> object:
        if part in os.fspath(path):
            raise PermissionError(13, os.strerror(13), path)
        return allowed(path, *args, **options)

    monkeypatch.setattr(module, function, refuse, raising=False)


def test_that_no_permission_is_told(tmp_path, monkeypatch):
    folder_of(tmp_path / "mine", 3)
    folder_of(tmp_path / "yours", 3)
    forbid(monkeypatch, os, "scandir", "yours")
    report = open_data(str(tmp_path)).report
    assert report.read == 3
    assert report.skipped == (("yours/", "the folder cannot be read (Permission denied)"),)
    with pytest.raises(LabError, match=r"yours: .*Permission denied"):
        open_data(str(tmp_path / "yours"))


def test_that_a_file_without_permission_is_skipped(tmp_path, monkeypatch):
    folder_of(tmp_path, 3)
    forbid(monkeypatch, folder_module, "open_listed", "001.png")
    assert open_data(str(tmp_path)).report.skipped == (("001.png", "Permission denied"),)


def test_that_only_one_picture_is_in_memory_at_full_size(tmp_path, monkeypatch):
    folder_of(tmp_path, 70, side=80)
    given: list[weakref.ref[object]] = []
    image = FilePictures.image

    def watched(*args: object) -> object:
        assert not any(ref() for ref in given)
        found = image(*args)
        given.append(weakref.ref(found))
        return found

    monkeypatch.setattr(FilePictures, "image", watched)
    assert len(open_data(f"{tmp_path}::side=32").everything) == 70
    assert len(preview(f"{tmp_path}::side=32").pairs) == 8
