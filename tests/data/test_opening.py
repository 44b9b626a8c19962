"""Opening people's own data: options, progress, memory, preview."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog, opening, reading, splits
from latentlab.data.folders import folder
from latentlab.data.opening import open_data, preview
from latentlab.errors import LabError
from tests.data.pictures import encoded, folder_of, noise, seeds_of, write


def test_that_options_decide_side_and_colour(tmp_path):
    folder = folder_of(tmp_path / "cats", 6, side=24)
    assert open_data(str(folder)).everything.shape == (3, 24, 24)
    assert open_data(f"{folder}::side=8").everything.shape == (3, 8, 8)
    assert open_data(f"{folder}::side=64,colour=grey").everything.shape == (1, 64, 64)


def test_that_grey_pictures_take_one_plane_unless_one_has_colours(tmp_path):
    for seed in range(150):
        write(tmp_path / f"{seed:03}.png", np.repeat(noise(seed, 12, 1)[..., None], 3, axis=2))
    assert open_data(str(tmp_path)).everything.shape == (1, 12, 12)
    # One that is not among those looked at first.
    late = next(n for n in range(150) if n not in reading.spread(150, 64))
    write(tmp_path / f"{late:03}.png", noise(late))
    os.utime(tmp_path, ns=(1, 1))
    data = open_data(str(tmp_path)).everything
    assert data.shape == (3, 12, 12)
    grey = (data.images[:, 0] == data.images[:, 1]).flatten(1).all(1)
    assert int((~grey).sum()) == 1
    assert seeds_of(data.images[~grey].numpy()) == [late]
    assert {a.tobytes() for a in data.images[grey][:, 0].numpy()} == {
        noise(n, 12, 1).tobytes() for n in range(150) if n != late
    }


def test_that_progress_is_told_and_can_be_cancelled(tmp_path):
    folder = str(folder_of(tmp_path, 120))
    told = []
    open_data(folder, tick=lambda done, total: told.append((done, total)))
    assert told == [(0, 120), (50, 120), (100, 120), (120, 120)]

    class Cancelled(Exception):  # noqa: N818
        pass

    def tick(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_data(f"{folder}::side=16", tick=tick)
    assert open_data(f"{folder}::side=16").report.read == 120


def test_that_the_splits_of_a_path_are_read_once(tmp_path, monkeypatch):
    folder = str(folder_of(tmp_path / "cats", 20))
    train = catalog.load(folder, "train")
    monkeypatch.setattr(opening, "find", lambda path: pytest.fail("read twice"))
    test, every = catalog.load(folder, "test"), catalog.load(folder, "all")
    assert catalog.load(folder + "/", "train") is train
    assert every.images.data_ptr() == test.images.data_ptr()
    assert torch.equal(every.images, torch.cat([test.images, train.images]))
    assert (len(train), len(test), len(every)) == (17, 3, 20)
    assert train.fingerprint != test.fingerprint


def test_that_a_change_is_noticed(tmp_path):
    folder = str(folder_of(tmp_path / "cats", 20))
    assert len(catalog.load(folder, "all")) == 20
    write(tmp_path / "cats" / "more.png", noise(50))
    os.utime(tmp_path / "cats", ns=(1, 1))
    assert len(catalog.load(folder, "all")) == 21


def edited(path: Path, seed: int) -> None:
    """Other pixels under the same name; the folder is not touched by that."""
    before = path.parent.stat()
    with path.open("r+b") as stream:
        stream.write(encoded(noise(seed)))
        stream.truncate()
    os.utime(path, ns=(2, 2))
    assert path.parent.stat().st_mtime_ns == before.st_mtime_ns


def test_that_a_picture_edited_in_place_is_noticed(tmp_path):
    folder = folder_of(tmp_path / "cats", 20)
    (folder / "sub").mkdir()
    write(folder / "sub" / "deep.png", noise(60))
    (folder / "torn.png").write_bytes(b"no")
    first = open_data(str(folder))
    assert open_data(str(folder)) is first
    for path, seed in (
        (folder / "007.png", 70),
        (folder / "sub" / "deep.png", 71),
        (folder / "torn.png", 72),
    ):
        edited(path, seed)
        again = open_data(str(folder))
        assert seed in seeds_of(again.everything.images.numpy())
        assert open_data(str(folder)) is again
    assert not {7, 60} & set(seeds_of(again.everything.images.numpy()))
    assert again.report.skipped_count == 0


def test_that_many_pictures_are_not_looked_through_again_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_MANY", 10)
    now = [100.0]
    monkeypatch.setattr(folder.time, "monotonic", lambda: now[0])
    path = folder_of(tmp_path / "cats", 20)
    first = open_data(str(path))
    edited(path / "007.png", 70)
    now[0] += 1.9
    assert open_data(str(path)) is first
    now[0] += 0.2
    assert 70 in seeds_of(open_data(str(path)).everything.images.numpy())


def test_that_another_file_in_a_picture_s_place_is_noticed(tmp_path):
    folder = folder_of(tmp_path / "cats", 20)
    about, folder_about = (folder / "007.png").stat(), folder.stat()
    open_data(str(folder))
    # Of the same size and time, as a copy that keeps them may be.
    (tmp_path / "other.png").write_bytes(encoded(noise(80)))
    os.utime(tmp_path / "other.png", ns=(about.st_atime_ns, about.st_mtime_ns))
    (tmp_path / "other.png").replace(folder / "007.png")
    os.utime(folder, ns=(folder_about.st_atime_ns, folder_about.st_mtime_ns))
    assert 80 in seeds_of(open_data(str(folder)).everything.images.numpy())


def test_that_a_picture_that_changes_while_it_is_read_is_noticed_afterwards(tmp_path):
    folder = folder_of(tmp_path / "cats", 120)

    def tick(done: int, total: int) -> None:
        if done == 100:
            edited(folder / "003.png", 150)

    assert 3 in seeds_of(open_data(str(folder), tick=tick).everything.images.numpy())
    assert 150 in seeds_of(open_data(str(folder)).everything.images.numpy())


def test_that_a_picture_that_is_gone_is_noticed(tmp_path):
    folder = folder_of(tmp_path / "cats", 20)
    open_data(str(folder))
    (folder / "007.png").unlink()
    assert len(open_data(str(folder)).everything) == 19


def test_that_the_old_one_is_let_go_before_the_new_one_is_read(tmp_path, monkeypatch):
    first, second = str(folder_of(tmp_path / "a", 5)), str(folder_of(tmp_path / "b", 5))
    open_data(first)
    find = opening.find

    def watched(*asked):
        assert opening._memory.opened is None
        return find(*asked)

    monkeypatch.setattr(opening, "find", watched)
    open_data(second)


def test_that_of_too_many_the_same_ones_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(splits, "MAX_PICTURES", 10)
    monkeypatch.setattr(reading, "MAX_PICTURES", 10)
    for seed in range(40):
        write(tmp_path / "x" / ("a", "b")[seed % 2] / f"{seed:03}.png", noise(seed))
    opened = open_data(str(tmp_path / "x"))
    seeds = seeds_of(opened.everything.images.numpy())
    assert len(set(seeds)) == 10
    assert opened.everything.labels.tolist() == [seed % 2 for seed in seeds]
    assert "Of its 40 pictures, 10 were drawn" in opened.report.in_words()


def test_that_a_preview_shows_what_will_be_read(tmp_path):
    for seed in range(30):
        write(tmp_path / f"{seed:03}.png", np.repeat(noise(seed, 40), 2, axis=1))
    (tmp_path / "zzz.png").write_text("no")
    spec = f"{tmp_path}::side=16,fit=pad"
    looked = preview(spec, 5)
    assert (looked.kind, looked.pictures, looked.whites) == ("folder of pictures", 31, ())
    prepared = {image.tobytes() for image in open_data(spec).everything.images.numpy()}
    assert len(looked.pairs) == 5
    for original, small in looked.pairs:
        assert (original.shape, original.dtype) == ((40, 80, 3), np.uint8)
        assert (small.shape, small.dtype) == ((3, 16, 16), np.uint8)
        assert small.tobytes() in prepared


def test_that_a_preview_of_large_pictures_is_small(tmp_path):
    for seed in range(3):
        (tmp_path / f"{seed}.jpg").write_bytes(encoded(np.full((900, 2000, 3), seed, np.uint8), "JPEG"))
    ((original, small), *_), *_ = preview(str(tmp_path))
    assert max(original.shape) == 512
    assert small.shape == (1, 64, 64)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("model.bin", b"\x81\2}q\0.", "is not a readable data set. Expected a folder"),
        ("model.pt", b"\x80\2}q\0.", "is not a readable data set: pickled Python objects are never loaded"),
        ("a.tar", b"anything", "of archives, only zip files are read. Unpack it, or pack it as a zip"),
        ("cat.png", encoded(noise(0)), "is a single picture. Choose the folder that contains it"),
        ("a.tar.gz", b"\x1f\x8b nothing", "is not a readable data set"),
        ("empty", b"", "is not a readable data set"),
    ],
)
def test_that_what_is_no_data_set_is_told(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LabError, match=reason) as caught:
        open_data(str(path))
    assert str(path) in str(caught.value)


def test_that_what_is_not_there_is_told(tmp_path):
    with pytest.raises(LabError, match=r"nowhere: there is no such file or folder"):
        catalog.load(str(tmp_path / "nowhere"))
    with pytest.raises(LabError, match=r"'nowhere'\. Known: mnist, faces, or the path"):
        catalog.load("nowhere")


def test_that_too_little_memory_is_told(tmp_path, monkeypatch):
    def exhausted(*args: object, **options: object) -> None:
        raise MemoryError

    folder_of(tmp_path, 3)
    monkeypatch.setattr(reading, "_Canvas", exhausted)
    with pytest.raises(LabError, match=r"needs more memory than is free\. Choose a smaller side"):
        open_data(str(tmp_path))


def test_that_a_folder_is_called_by_its_name_from_inside_too(tmp_path, monkeypatch):
    monkeypatch.chdir(folder_of(tmp_path / "cats", 3))
    assert open_data(".").everything.name == "cats"
    assert catalog.load("..", "all").name == tmp_path.name


def test_that_a_class_of_which_nothing_can_be_read_is_none(tmp_path):
    for number, name in enumerate(["ant/0", "ant/1", "bee/2", "bee/3", "cow/4", "cow/5"]):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        broken = name.startswith("bee")
        (tmp_path / f"{name}.png").write_bytes(b"no picture" if broken else encoded(noise(number)))
    opened = open_data(str(tmp_path))
    data = opened.everything
    assert data.classes == ("ant", "cow")
    assert {data.keys.names[index]: data.class_of(index) for index in range(len(data))} == {
        **{"ant/0.png": "ant", "ant/1.png": "ant", "cow/4.png": "cow", "cow/5.png": "cow"}
    }
    assert "The class has no picture that was read, and is none: bee" in opened.report.notes
