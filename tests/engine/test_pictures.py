"""Single pictures as a model takes them, fitted exactly as a data set's are."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from latentlab.data.opening import open_data
from latentlab.data.report import Notebook
from latentlab.engine.rendering.picture_files import names_in, read_picture, read_some
from latentlab.errors import LabError
from tests.data.pictures import RED, folder_of, noise, write

SHAPE = (3, 12, 12)


def test_that_a_picture_of_the_right_size_comes_through_unchanged(tmp_path):
    path = write(tmp_path / "a.png", noise(1))
    one = read_picture(path, SHAPE)
    assert (len(one), one.shape, one.name) == (1, SHAPE, "a.png")
    assert np.array_equal(one.images[0].permute(1, 2, 0), noise(1))
    grey = read_picture(path, (1, 12, 12))
    assert np.array_equal(grey.images[0, 0], np.asarray(Image.fromarray(noise(1)).convert("L")))


@pytest.mark.parametrize("size", [(40, 25), (9, 31), (100, 100), (5, 5)])
def test_that_other_sizes_are_fitted_as_the_data_sets_reader_fits_them(tmp_path, size):
    picture = Image.fromarray(noise(2, 12)).resize(size, Image.Resampling.BICUBIC)
    for name in ("a.png", "b.png"):
        write(tmp_path / "folder" / name, np.asarray(picture))
    read = open_data(f"{tmp_path / 'folder'}::side=16,colour=rgb").everything
    alone = read_picture(tmp_path / "folder" / "a.png", (3, 16, 16))
    assert np.array_equal(alone.images[0], read.images[0])


def test_that_a_picture_that_is_turned_and_transparent_is_seen_as_its_maker_sees_it(tmp_path):
    layer = np.zeros((12, 12, 4), np.uint8)
    layer[:6] = (*RED, 255)
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(layer).save(tmp_path / "a.png", exif=exif)
    seen = read_picture(tmp_path / "a.png", SHAPE).images[0]
    assert seen[:, -1, 0].tolist() == list(RED)
    assert seen[:, 0, 0].tolist() == [255, 255, 255]


def test_that_models_that_are_not_square_take_pictures_of_their_own_size_only(tmp_path):
    path = write(tmp_path / "a.png", noise(1)[:8])
    assert read_picture(path, (3, 8, 12)).shape == (3, 8, 12)
    with pytest.raises(LabError, match=r"a\.png: cannot be read: 12 x 8 pixels; the model takes 8 x 12"):
        read_picture(path, (3, 12, 8))
    with pytest.raises(LabError, match="2 channels"):
        read_picture(path, (2, 8, 12))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no picture in a known format"),
        (b"%!PS-Adobe", "an EPS or PostScript file, which LatentLab does not read"),
        (b"\x89PNG\r\n\x1a\n", "cannot be"),
    ],
    ids=["empty", "postscript", "cut"],
)
def test_that_a_picture_that_cannot_be_read_is_named_with_the_reason(tmp_path, content, reason):
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(LabError, match=rf"bad\.png: .*{reason}"):
        read_picture(tmp_path / "bad.png", SHAPE)


def test_that_folders_pipes_and_missing_files_are_told(tmp_path):
    with pytest.raises(LabError, match="is a folder; a picture was expected"):
        read_picture(tmp_path, SHAPE)
    with pytest.raises(LabError, match=r"none\.png: there is no such file"):
        read_picture(tmp_path / "none.png", SHAPE)
    with pytest.raises(LabError, match="cannot be read"):
        read_picture(tmp_path / ("x" * 400), SHAPE)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(LabError, match="not a regular file"):
            read_picture(tmp_path / "pipe.png", SHAPE)


def test_that_a_folder_is_read_in_chunks_and_what_is_damaged_is_noted(tmp_path):
    folder_of(tmp_path, 7)
    (tmp_path / "003.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture either")
    write(tmp_path / "more" / "x.png", noise(9))
    names, book = names_in(tmp_path), Notebook()
    assert names == [*(f"{seed:03}.png" for seed in range(7)), "more/x.png"]
    parts = list(read_some(tmp_path, names, SHAPE, book, chunk=3))
    assert [some for some, _ in parts] == [names[:3], ["004.png", "005.png"], names[6:]]
    assert [len(data) for _, data in parts] == [3, 2, 2]
    assert np.array_equal(parts[2][1].images[1].permute(1, 2, 0), noise(9))
    assert book.skipped[0][0] == "003.png"
    assert list(read_some(tmp_path, ["003.png"], SHAPE, book)) == []


def test_that_a_folder_without_pictures_is_told(tmp_path):
    with pytest.raises(LabError, match="holds no pictures"):
        names_in(tmp_path)
    with pytest.raises(LabError, match="cannot be read"):
        names_in(tmp_path / "none")
    (tmp_path / "a.heic").write_bytes(b"")
    with pytest.raises(LabError, match=r"holds no pictures; a\.heic: a HEIC picture"):
        names_in(tmp_path)
